/** What the daemon takes on at a time. Members that may change while it runs are read whenever they are needed. */
export interface LoadLimits {
  /** Connections that each door has open. */
  readonly connections: number
  /** Of these, connections of HTTPS from one address, or from one /64 of IPv6. */
  readonly connectionsPerAddress: number
  /** Changes under way, those that wait for the kernel included. */
  readonly changes: number
  /** Seconds that the oldest of many changes may have been under way. */
  readonly wait: number
}

export const defaultLimits: LoadLimits = {
  connections: 1_024,
  connectionsPerAddress: 256,
  changes: 2_000,
  wait: 10,
}
