import type { BookedBans } from 'chainmail'

/** What the book of bans needs of the kernel. */
export type KernelBans = Pick<
  BookedBans,
  'families' | 'carve' | 'inPlace' | 'slots' | 'addNow' | 'takeOut' | 'deleteNow' | 'restore' | 'batches'
>
