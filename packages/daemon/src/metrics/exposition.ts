import type { Distribution } from 'chainmail'
import { isMetricName, type MetricName, metricDefinitions } from './definitions.ts'

/** The text format of Prometheus, which it asks for by this type. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** The values of the labels, in the order of the definition. */
type LabelValues = readonly string[]

interface Sample {
  readonly labels: LabelValues
  readonly value: number | Distribution
}

/** What was collected of the metrics. A value of a metric with the same labels comes once. */
export class Samples {
  readonly #samples = new Map<MetricName, Sample[]>()

  /** @param labels in the order of the metric's definition */
  add(name: MetricName, value: number | Distribution, ...labels: LabelValues): void {
    const own = this.#samples.get(name)
    if (own === undefined) this.#samples.set(name, [{ labels, value }])
    else own.push({ labels, value })
  }

  of(name: MetricName): readonly Sample[] {
    return this.#samples.get(name) ?? []
  }
}

/** What an answer in JSON tells of one metric. */
export interface MetricDocument {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly samples: readonly SampleDocument[]
}

export type SampleDocument = { readonly labels: Readonly<Record<string, string>> } & (
  | { readonly value: number }
  | {
      /** Upper bounds, ascending, each with how many values were not above it. */
      readonly buckets: readonly { readonly upTo: number; readonly count: number }[]
      readonly sum: number
      readonly count: number
    }
)

/**
 * The samples in the text format,
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function exposition(samples: Samples): string {
  const lines: string[] = []
  for (const name of Object.keys(metricDefinitions).filter(isMetricName)) {
    const { type, help, labels } = metricDefinitions[name]
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
    for (const { labels: values, value } of samples.of(name)) {
      const pairs = labels.map((label, index) => `${label}="${escaped(values[index] ?? '')}"`)
      if (typeof value === 'number') lines.push(`${name}${braced(pairs)} ${numeral(value)}`)
      else lines.push(...histogramLines(name, pairs, value))
    }
  }
  return `${lines.join('\n')}\n`
}

/** The same for JSON. */
export function metricDocuments(samples: Samples): MetricDocument[] {
  return Object.keys(metricDefinitions)
    .filter(isMetricName)
    .map((name) => {
      const { type, help, labels } = metricDefinitions[name]
      const documents = samples.of(name).map(({ labels: values, value }): SampleDocument => {
        const named = Object.fromEntries(labels.map((label, index) => [label, values[index] ?? '']))
        return { labels: named, ...(typeof value === 'number' ? { value } : histogramDocument(value)) }
      })
      return { name, type, help, samples: documents }
    })
}

function histogramLines(name: string, pairs: readonly string[], seen: Distribution): string[] {
  const counts = seen.cumulative()
  const all = counts.at(-1) ?? 0
  return [
    ...seen.bounds.map(
      (bound, index) =>
        `${name}_bucket${braced([...pairs, `le="${numeral(bound)}"`])} ${counts[index] ?? all}`,
    ),
    `${name}_bucket${braced([...pairs, 'le="+Inf"'])} ${all}`,
    `${name}_sum${braced(pairs)} ${numeral(seen.sum)}`,
    `${name}_count${braced(pairs)} ${all}`,
  ]
}

function histogramDocument(
  seen: Distribution,
): Pick<Extract<SampleDocument, { sum: number }>, 'buckets' | 'sum' | 'count'> {
  const counts = seen.cumulative()
  return {
    buckets: seen.bounds.map((upTo, index) => ({ upTo, count: counts[index] ?? 0 })),
    sum: seen.sum,
    count: counts.at(-1) ?? 0,
  }
}

function braced(pairs: readonly string[]): string {
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function numeral(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}
