/** Whether a door lets everybody do everything who gets through it, or asks who it is. */
export const doorIdentities = ['trusted', 'required'] as const

export type DoorIdentity = (typeof doorIdentities)[number]
