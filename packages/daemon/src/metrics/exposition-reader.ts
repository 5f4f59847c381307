/** One sample of the text format. */
export interface ReadSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface ReadMetric {
  readonly type: string
  readonly help: string
  readonly samples: readonly ReadSample[]
}

/**
 * Reads the text format of Prometheus as strictly as it is written down, for tests.
 *
 * @throws Error on what a scraper may stumble over: a sample before its TYPE, one that comes twice, a histogram that is
 *   not cumulative or lacks a part
 */
export function readExposition(text: string): ReadonlyMap<string, ReadMetric> {
  const metrics = new Map<string, { type: string; help: string; samples: ReadSample[] }>()
  const seen = new Set<string>()
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  let current: string | undefined
  for (const line of text.slice(0, -1).split('\n')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line) ?? []
    if (kind === 'HELP') {
      if (metrics.has(name)) throw new Error(`${name} comes twice`)
      metrics.set(name, { type: '', help: rest, samples: [] })
      current = name
      continue
    }
    const metric = metrics.get(current ?? '')
    if (metric === undefined || current === undefined) throw new Error(`no metric was begun: ${line}`)
    if (kind === 'TYPE') {
      if (name !== current || !['counter', 'gauge', 'histogram'].includes(rest)) throw new Error(line)
      metric.type = rest
      continue
    }
    const sample = readSample(line)
    const own = metric.type === 'histogram' ? sample.name.replace(/_(bucket|sum|count)$/, '') : sample.name
    if (own !== current || metric.type === '') throw new Error(`${line} stands below ${current}`)
    const key = line.slice(0, line.lastIndexOf(' '))
    if (seen.has(key)) throw new Error(`${key} comes twice`)
    seen.add(key)
    metric.samples.push(sample)
  }
  for (const [name, { type, samples }] of metrics) if (type === 'histogram') checkHistograms(name, samples)
  return metrics
}

const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y

function readSample(line: string): ReadSample {
  const [, name, braced, value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
  if (name === undefined || value === undefined) throw new Error(`no sample: ${line}`)
  const labels: Record<string, string> = {}
  for (let from = 0; braced !== undefined && from < braced.length; from = LABEL.lastIndex) {
    LABEL.lastIndex = from
    const [, label, text] = LABEL.exec(braced) ?? []
    if (label === undefined || text === undefined || label in labels) throw new Error(`no labels: ${line}`)
    labels[label] = text.replace(/\\(.)/g, (_, sign) => (sign === 'n' ? '\n' : sign))
  }
  const number = value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value)
  if (Number.isNaN(number)) throw new Error(`no number: ${line}`)
  return { name, labels, value: number }
}

function checkHistograms(name: string, samples: readonly ReadSample[]): void {
  const series = Map.groupBy(samples, ({ labels: { le: _, ...rest } }) => JSON.stringify(rest))
  for (const own of series.values()) {
    const buckets = own.filter((sample) => sample.name === `${name}_bucket`)
    const count = own.find((sample) => sample.name === `${name}_count`)?.value
    const sum = own.find((sample) => sample.name === `${name}_sum`)?.value
    const last = buckets.at(-1)
    if (last?.labels.le !== '+Inf' || last.value !== count || sum === undefined)
      throw new Error(`${name} is no whole histogram`)
    const grows = buckets.every(({ value }, index) => value >= (buckets[index - 1]?.value ?? 0))
    if (!grows) throw new Error(`${name} is not cumulative`)
  }
}
