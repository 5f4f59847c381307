import type { Fact, Reading } from './access.ts'
import type { ShownRevision } from './history.ts'

/** What a daemon says of itself and of the kernel. */
export interface ShownStatus {
  /** The problems first. */
  readonly facts: readonly Fact[]
  readonly healthy: boolean
}

/** How often values were not above each bound, since the daemon started; ascending, the last one is all of them. */
export interface Histogram {
  readonly bounds: readonly number[]
  readonly counts: readonly number[]
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  /** Of a counter or gauge. */
  readonly value: number
  readonly histogram?: Histogram | undefined
}

/** The daemon's metrics, by their names. */
export type MetricSamples = ReadonlyMap<string, readonly Sample[]>

/** What is to be seen of a daemon. */
export interface SeeingAccess {
  status(): Promise<Reading<ShownStatus>>
  /** @param counters whether the packets and bytes of rules and sets are wanted, which takes longer where there are many */
  metrics(counters: boolean): Promise<MetricSamples>
  /** The newest changes of bans, the newest first, with what they have banned as far as it is not too much. */
  newestBans(most: number): Promise<readonly ShownRevision[]>
}
