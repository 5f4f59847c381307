import { isMetricName, type MetricName, metricDefinitions } from './definitions.ts'

/** Labels that Prometheus adds, and those of histograms. */
const added: readonly string[] = ['instance', 'job', 'le', '__name__']

/** A metric that an expression of PromQL names, with the labels that are asked of it between braces. */
interface Named {
  readonly name: string
  readonly labels: readonly string[]
}

/**
 * What is wrong with an expression's names: metrics that do not exist, and labels that none of its metrics has.
 * It looks at the names alone; whether the rest is PromQL, promtool tells.
 */
export function wrongNames(expression: string): string[] {
  const named = namesIn(expression)
  if (named.length === 0) return ['no metric is named']
  const wrong: string[] = []
  const known = new Set(added)
  for (const { name, labels } of named) {
    const metric = metricOf(name)
    if (metric === undefined) {
      wrong.push(`${name} is no metric`)
      continue
    }
    const own: readonly string[] = metricDefinitions[metric].labels
    for (const label of own) known.add(label)
    for (const label of labels)
      if (!own.includes(label) && !added.includes(label)) wrong.push(`${name} has no label ${label}`)
  }
  const grouped = Array.from(
    expression.matchAll(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g),
    ([, words = '']) => words.split(',').map((word) => word.trim()),
  ).flat()
  for (const label of grouped) if (!known.has(label)) wrong.push(`no metric has the label ${label}`)
  return wrong
}

/** The metric that a name of the text format belongs to. */
function metricOf(name: string): MetricName | undefined {
  if (isMetricName(name)) return metricDefinitions[name].type === 'histogram' ? undefined : name
  const whole = name.replace(/_(bucket|sum|count)$/, '')
  return isMetricName(whole) && metricDefinitions[whole].type === 'histogram' ? whole : undefined
}

function namesIn(expression: string): Named[] {
  return Array.from(
    expression.matchAll(/\b((?:chainmail|process|nodejs)_\w+)(?:\{([^}]*)\})?/g),
    ([, name = '', selectors = '']) => ({
      name,
      labels: Array.from(selectors.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g), ([, label = '']) => label),
    }),
  )
}
