import type { Histogram, MetricSamples, Sample } from '../access/seeing.ts'

/** What was read at one time. */
export interface Reading {
  /** Milliseconds, of any beginning. */
  readonly at: number
  readonly metrics: MetricSamples
}

/** How long something took, in seconds; undefined where there was nothing of it. */
export interface Latency {
  readonly median: number | undefined
  /** Of a hundred, ninety-nine took no longer. */
  readonly most: number | undefined
}

/** Something that packets meet, a second. */
export interface Busy {
  readonly name: string
  readonly packets: number
  readonly bytes: number
}

/** What goes on, between two readings; rates are a second. */
export interface Figures {
  readonly problems: readonly string[]
  readonly version: string
  readonly backend: string
  readonly bans: number
  readonly probations: number
  readonly rates: Readonly<
    Record<'bans' | 'unbans' | 'requests' | 'refused' | 'ruleCommits' | 'banCommits' | 'storeCommits', number>
  >
  readonly latencies: Readonly<Record<'requests' | 'ruleCommits' | 'banCommits' | 'storeCommits', Latency>>
  readonly loop: {
    /** 0 to 1. */
    readonly busy: number
    readonly lag: Latency
  }
  /** Bytes. */
  readonly memory: number
}

/** Streams last as long as somebody listens, which is no latency. */
const STREAM = '/v1/events'

export function figuresOf(before: Reading, after: Reading): Figures {
  const seconds = Math.max(0.001, (after.at - before.at) / 1_000)
  const grown = (name: string, wanted: (sample: Sample) => boolean = () => true): number =>
    Math.max(0, sum(after, name, wanted) - sum(before, name, wanted))
  const rate = (name: string, wanted?: (sample: Sample) => boolean): number => grown(name, wanted) / seconds
  const seen = (name: string, wanted: (sample: Sample) => boolean = () => true): Histogram =>
    difference(histogram(before, name, wanted), histogram(after, name, wanted))
  const kernel = (kind: string): Histogram =>
    seen('chainmail_kernel_commit_duration_seconds', ({ labels }) => labels.kind === kind)
  const requests = seen('chainmail_http_request_duration_seconds', ({ labels }) => labels.route !== STREAM)
  const [rules, bans, store] = [
    kernel('rules'),
    kernel('bans'),
    seen('chainmail_store_commit_duration_seconds'),
  ]
  const perSecond = ({ counts }: Histogram): number => (counts.at(-1) ?? 0) / seconds
  const build = samplesOf(after, 'chainmail_build_info')[0]?.labels
  return {
    problems: samplesOf(after, 'chainmail_check_ok')
      .filter(({ value }) => value === 0)
      .map(({ labels }) => labels.check ?? ''),
    version: build?.version ?? '',
    backend: build?.backend ?? '',
    bans: sum(after, 'chainmail_bans'),
    probations: sum(after, 'chainmail_probations'),
    rates: {
      bans: rate('chainmail_bans_total'),
      unbans: rate('chainmail_unbans_total'),
      requests: rate('chainmail_http_requests_total'),
      refused: rate('chainmail_http_requests_total', ({ labels }) => Number(labels.status) >= 400),
      ruleCommits: perSecond(rules),
      banCommits: perSecond(bans),
      storeCommits: perSecond(store),
    },
    latencies: {
      requests: latency(requests),
      ruleCommits: latency(rules),
      banCommits: latency(bans),
      storeCommits: latency(store),
    },
    loop: {
      busy: Math.min(1, rate('chainmail_event_loop_busy_seconds_total')),
      lag: latency(seen('chainmail_event_loop_lag_seconds')),
    },
    memory: sum(after, 'process_resident_memory_bytes'),
  }
}

/** The rules that met packets between two readings, the busiest first. */
export function busiestRules(before: Reading, after: Reading, most: number): readonly Busy[] {
  return busiest(before, after, most, 'chainmail_rule', ({ family, table, chain, rule }) =>
    [family === 'ipv6' ? 'ip6tables' : 'iptables', '-t', table, '-A', chain, rule].join(' '),
  )
}

/** The sets whose entries met packets between two readings, the busiest first. */
export function busiestSets(before: Reading, after: Reading, most: number): readonly Busy[] {
  return busiest(before, after, most, 'chainmail_set', ({ set }) => set ?? '')
}

function busiest(
  before: Reading,
  after: Reading,
  most: number,
  prefix: 'chainmail_rule' | 'chainmail_set',
  nameOf: (labels: Sample['labels']) => string,
): readonly Busy[] {
  const suffix = prefix === 'chainmail_rule' ? '_total' : ''
  const seconds = Math.max(0.001, (after.at - before.at) / 1_000)
  const grown = (unit: 'packets' | 'bytes'): Map<string, number> => {
    const metric = `${prefix}_${unit}${suffix}`
    const old = new Map(samplesOf(before, metric).map(({ labels, value }) => [nameOf(labels), value]))
    return new Map(
      samplesOf(after, metric).map(({ labels, value }) => {
        const name = nameOf(labels)
        // What was not there before has met all of its packets since, but for those that it was made with.
        return [name, Math.max(0, value - (old.get(name) ?? value)) / seconds]
      }),
    )
  }
  const bytes = grown('bytes')
  return Array.from(grown('packets'), ([name, packets]) => ({ name, packets, bytes: bytes.get(name) ?? 0 }))
    .filter(({ packets }) => packets > 0)
    .toSorted((one, other) => other.packets - one.packets)
    .slice(0, most)
}

function samplesOf({ metrics }: Reading, name: string): readonly Sample[] {
  return metrics.get(name) ?? []
}

function sum(reading: Reading, name: string, wanted: (sample: Sample) => boolean = () => true): number {
  return samplesOf(reading, name).reduce((total, one) => (wanted(one) ? total + one.value : total), 0)
}

/** All of a metric's histograms together; they have the same bounds. */
function histogram(reading: Reading, name: string, wanted: (sample: Sample) => boolean): Histogram {
  let bounds: readonly number[] = []
  let counts: readonly number[] = []
  for (const sample of samplesOf(reading, name)) {
    if (sample.histogram === undefined || !wanted(sample)) continue
    const own = sample.histogram
    bounds = own.bounds
    counts = own.counts.map((count, index) => count + (counts[index] ?? 0))
  }
  return { bounds, counts }
}

/** A daemon that was started anew has counted less than before: then what it has counted is all there is. */
function difference(before: Histogram, after: Histogram): Histogram {
  const isNew = (after.counts.at(-1) ?? 0) < (before.counts.at(-1) ?? 0)
  if (isNew) return after
  return { ...after, counts: after.counts.map((count, index) => count - (before.counts[index] ?? 0)) }
}

function latency(seen: Histogram): Latency {
  return { median: quantile(seen, 0.5), most: quantile(seen, 0.99) }
}

/** As Prometheus's histogram_quantile(): between two bounds values are taken to lie evenly. */
export function quantile({ bounds, counts }: Histogram, share: number): number | undefined {
  const all = counts.at(-1) ?? 0
  if (all <= 0) return undefined
  const rank = share * all
  const index = counts.findIndex((count) => count >= rank)
  const upper = bounds[index]
  if (upper === undefined) return bounds.at(-1)
  const lower = index === 0 ? 0 : (bounds[index - 1] ?? 0)
  const below = index === 0 ? 0 : (counts[index - 1] ?? 0)
  const inside = (counts[index] ?? 0) - below
  return inside === 0 ? upper : lower + ((upper - lower) * (rank - below)) / inside
}
