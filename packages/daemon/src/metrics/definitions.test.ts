import { expect, it } from 'vitest'
import { metricDefinitions } from './definitions.ts'

// https://prometheus.io/docs/practices/naming/
it.each(Object.entries(metricDefinitions))(
  '%s is named by the conventions',
  (name, { type, help, labels }) => {
    expect(name).toMatch(/^(chainmail|process|nodejs)_[a-z_]+$/)
    expect(name.endsWith('_total')).toBe(type === 'counter')
    if (name.includes('duration') || name.includes('lag')) expect(name).toMatch(/_seconds$/)
    expect(help).toMatch(/^[A-Z].+\.$/)
    for (const label of labels) expect(label).toMatch(/^[a-z]+$/)
  },
)
