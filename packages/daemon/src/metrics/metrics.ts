import { readdirSync, statSync } from 'node:fs'
import { release } from 'node:os'
import type { BookedBans, DriftWatch, Firewall, FirewallEvents } from 'chainmail'
import type { AllowBook } from '../bans/allow-book.ts'
import type { BanBook } from '../bans/ban-book.ts'
import type { History } from '../history/history.ts'
import type { Store } from '../store.ts'
import { banFigures } from './ban-figures.ts'
import type { CertificateEnd } from './certificate-ends.ts'
import { Samples } from './exposition.ts'
import { LoopLag } from './loop-lag.ts'
import {
  type CountingFirewall,
  collectRules,
  collectSetPackets,
  type PacketCounters,
} from './packet-counters.ts'
import { Readiness } from './readiness.ts'
import { RequestCounts } from './request-counts.ts'

export interface MetricSources {
  readonly firewall: CountingFirewall &
    Pick<Firewall, 'host' | 'backend' | 'setNames' | 'sets' | 'probations' | 'commits'> & {
      readonly bookedBans: Pick<BookedBans, 'figures'>
      readonly events: Pick<FirewallEvents, 'listen'>
    }
  readonly book: BanBook
  readonly allowlist: Pick<AllowBook, 'missing'>
  readonly history: Pick<History, 'published' | 'tally'>
  readonly store: Pick<Store, 'database' | 'groups' | 'path'>
  /** Absent where nothing is watched. */
  readonly drift?: Pick<DriftWatch, 'counts' | 'unrepaired'>
  /** Absent where there are none. */
  readonly certificates?: () => readonly CertificateEnd[]
  /** The daemon's. */
  readonly version: string
  /** Milliseconds since 1970. */
  readonly started: number
}

/** Sets that are shown one by one: chainmail's own first, then in the order of their names. */
const MOST_SETS = 200

/**
 * What is to be seen of the daemon.
 *
 * 1. What is counted on the way of a request or a commit is a plain number; everything else is asked for when somebody
 *    wants to know. Nobody watches: nothing is spent.
 * 2. What is asked for while the same is being collected is answered with that.
 * 3. No amount of rules, sets or names makes the answer longer than some hundred kilobytes.
 */
export class Metrics implements Disposable {
  readonly requests = new RequestCounts()
  readonly readiness: Readiness
  readonly #sources: MetricSources
  readonly #loop = new LoopLag()
  readonly #stop: () => void
  readonly #collecting = new Map<string, Promise<Samples>>()
  #repairFailures = 0

  constructor(sources: MetricSources) {
    this.#sources = sources
    this.readiness = new Readiness(sources)
    this.#stop = sources.firewall.events.listen((event) => {
      if (event.kind === 'repair' && event.outcome === 'failed') this.#repairFailures++
    })
  }

  /** @param counters whose packets and bytes are wanted too */
  collect(counters: readonly PacketCounters[] = []): Promise<Samples> {
    const key = counters.toSorted().join()
    const under = this.#collecting.get(key)
    if (under !== undefined) return under
    const collecting = this.#collect(counters).finally(() => this.#collecting.delete(key))
    this.#collecting.set(key, collecting)
    return collecting
  }

  /** Of the store, on the disk. */
  get storeBytes(): number {
    return storeFiles(this.#sources.store.path).reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Those that the daemon uses. */
  get certificates(): readonly CertificateEnd[] {
    return this.#sources.certificates?.() ?? []
  }

  [Symbol.dispose](): void {
    this.#stop()
    this.#loop[Symbol.dispose]()
  }

  async #collect(counters: readonly PacketCounters[]): Promise<Samples> {
    const samples = new Samples()
    const { firewall } = this.#sources
    this.#collectHost(samples)
    for (const { name, ok } of await this.readiness.checks())
      samples.add('chainmail_check_ok', ok ? 1 : 0, name)
    this.#collectCommits(samples)
    this.requests.collect(samples)
    this.#collectHistory(samples)
    this.#collectDrift(samples)
    const sets = await this.#collectSets(samples)
    this.#collectStore(samples)
    this.#collectProcess(samples)
    if (counters.includes('rules')) await collectRules(firewall, samples)
    if (counters.includes('sets')) await collectSetPackets(firewall, sets, samples)
    return samples
  }

  #collectHost(samples: Samples): void {
    const { version, firewall } = this.#sources
    const { backend, host } = firewall
    const iptables = host.states.find((state) => state.backend === backend)?.version ?? ''
    samples.add('chainmail_build_info', 1, version, process.version, release(), backend, iptables)
    samples.add('chainmail_probations', firewall.probations().length)
  }

  #collectCommits(samples: Samples): void {
    const { firewall, store } = this.#sources
    for (const [kind, { duration, size }] of [
      ['rules', firewall.commits],
      ['bans', firewall.bookedBans.figures],
    ] as const) {
      samples.add('chainmail_kernel_commit_duration_seconds', duration, kind)
      samples.add('chainmail_kernel_commit_size', size, kind)
    }
    const { duration, size } = store.groups.figures
    samples.add('chainmail_store_commit_duration_seconds', duration)
    samples.add('chainmail_store_commit_size', size)
  }

  #collectHistory(samples: Samples): void {
    const { published, tally } = this.#sources.history
    samples.add('chainmail_revision', published)
    for (const { what, door, revisions } of tally.revisions())
      samples.add('chainmail_revisions_total', revisions, what, door)
    for (const { who, door, banned, unbanned } of tally.bans()) {
      samples.add('chainmail_bans_total', banned, who, door)
      samples.add('chainmail_unbans_total', unbanned, who, door)
    }
  }

  #collectDrift(samples: Samples): void {
    const { drift, allowlist } = this.#sources
    samples.add('chainmail_allowlist_missing_entries', allowlist.missing().length)
    if (drift === undefined) return
    const { changes, drifts, repairs } = drift.counts
    samples.add('chainmail_foreign_changes_total', changes)
    samples.add('chainmail_drifts_total', drifts)
    samples.add('chainmail_repairs_total', repairs)
    samples.add('chainmail_repair_failures_total', this.#repairFailures)
    for (const part of drift.unrepaired) samples.add('chainmail_drift_unrepaired', 1, part)
  }

  /** @returns the names of the sets that are shown */
  async #collectSets(samples: Samples): Promise<string[]> {
    const { book, firewall } = this.#sources
    const { bans, entries: desired } = await banFigures(book, Date.now())
    samples.add('chainmail_bans', bans.ipv4, 'ipv4')
    samples.add('chainmail_bans', bans.ipv6, 'ipv6')
    // A kernel without ipset is told of by the check.
    const sets = await firewall.sets().catch(() => [])
    const rank = (name: string): string => `${name.startsWith('chainmail-') ? 0 : 1}${name}`
    const sorted = sets.toSorted((one, other) => (rank(one.name) < rank(other.name) ? -1 : 1))
    const shown = sorted.slice(0, MOST_SETS)
    for (const { name, entries, memory, options } of shown) {
      samples.add('chainmail_set_entries', entries, name)
      if (options.maxelem !== undefined) samples.add('chainmail_set_entries_limit', options.maxelem, name)
      samples.add('chainmail_set_memory_bytes', memory, name)
    }
    samples.add('chainmail_sets', shown.length, 'yes')
    samples.add('chainmail_sets', sets.length - shown.length, 'no')
    for (const [set, count] of desired) {
      samples.add('chainmail_set_entries_desired', count, set)
      // A set that is gone has none.
      if (!sets.some(({ name }) => name === set)) samples.add('chainmail_set_entries', 0, set)
    }
    return shown.map(({ name }) => name)
  }

  #collectStore(samples: Samples): void {
    for (const { file, bytes } of storeFiles(this.#sources.store.path))
      samples.add('chainmail_store_size_bytes', bytes, file)
    for (const { name, until } of this.certificates)
      samples.add('chainmail_certificate_expiry_timestamp_seconds', until / 1_000, name)
  }

  #collectProcess(samples: Samples): void {
    const { user, system } = process.cpuUsage()
    const { rss, heapUsed } = process.memoryUsage()
    samples.add('chainmail_event_loop_lag_seconds', this.#loop.lag)
    samples.add('chainmail_event_loop_busy_seconds_total', this.#loop.busy)
    samples.add('process_cpu_seconds_total', (user + system) / 1_000_000)
    samples.add('process_resident_memory_bytes', rss)
    samples.add('process_start_time_seconds', (Date.now() - process.uptime() * 1_000) / 1_000)
    samples.add('process_open_fds', readdirSync('/proc/self/fd').length)
    samples.add('nodejs_heap_size_used_bytes', heapUsed)
  }
}

/** The files of a store with their sizes. */
function storeFiles(path: string): { readonly file: 'database' | 'log'; readonly bytes: number }[] {
  const files = [
    ['database', path],
    ['log', `${path}-wal`],
  ] as const
  return files.map(([file, place]) => ({
    file,
    bytes: statSync(place, { throwIfNoEntry: false })?.size ?? 0,
  }))
}
