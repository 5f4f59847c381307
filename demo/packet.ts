/** A datagram of a client on its way to the victim. Times are milliseconds as `performance.now()` gives them. */
export interface Packet {
  readonly sent: number
  /** What became of it, and when that was known; absent as long as it is under way. */
  fate?: { readonly arrived: boolean; readonly known: number }
}

/** The packets of one client, in the order in which they were sent. */
export interface Lane {
  readonly name: string
  readonly address: string
  readonly packets: readonly Packet[]
}
