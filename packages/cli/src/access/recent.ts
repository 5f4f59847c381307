import type { Reading } from './access.ts'

/** An address that a list of the match `recent` holds. */
export interface RecentSighting {
  readonly address: string
  /** Of the packet seen last; 0 where a program put the address in. */
  readonly ttl: number
  readonly lastSeen: Date
  /** How often it was seen, as far as the list remembers. */
  readonly times: number
}

export interface RecentNames {
  readonly names: readonly string[]
  /** How many addresses a list can hold; absent where the kernel does not tell. */
  readonly limit?: number | undefined
}

/** What the commands need of these lists. Each throws a Refusal with the code of the library or the daemon. */
export interface RecentAccess {
  list(): Promise<Reading<RecentNames>>
  entries(name: string): Promise<Reading<readonly RecentSighting[]>>
  add(name: string, address: string): Promise<void>
  delete(name: string, address: string): Promise<void>
  flush(name: string): Promise<void>
}
