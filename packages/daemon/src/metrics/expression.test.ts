import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { metricDefinitions } from './definitions.ts'
import { wrongNames } from './expression.ts'

const packaging = join(import.meta.dirname, '../../../../packaging')
const dashboardText = readFileSync(join(packaging, 'grafana-dashboard.json'), 'utf8')
const alertsText = readFileSync(join(packaging, 'prometheus-alerts.yaml'), 'utf8')

/** Every `expr` of a document, whatever it stands in. */
function expressionsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) =>
    name === 'expr' && typeof member === 'string' ? [member] : expressionsIn(member),
  )
}

const panels = expressionsIn(JSON.parse(dashboardText))
const alerts = Array.from(alertsText.matchAll(/^ {8}expr: (.+)$/gm), ([, expression = '']) => expression)

describe('the dashboard and the alerts', () => {
  it('are all looked at', () => {
    expect(panels.length).toBe(dashboardText.split('"expr"').length - 1)
    expect(alerts.length).toBe(alertsText.split('- alert:').length - 1)
    expect(Math.min(panels.length, alerts.length)).toBeGreaterThan(5)
  })

  it.each([...panels, ...alerts])('%s names metrics and labels that exist', (expression) => {
    expect(wrongNames(expression)).toEqual([])
  })

  it('show every metric somewhere', () => {
    const unshown = ['chainmail_sets', 'chainmail_rules', 'process_start_time_seconds', 'process_open_fds']
    const shown = [...panels, ...alerts].join('\n')
    const hidden = Object.keys(metricDefinitions).filter((name) => !shown.includes(name))
    expect(hidden.toSorted()).toEqual(unshown.toSorted())
  })

  it('tell what each alert is about', () => {
    expect(alertsText.split('summary: ').length).toBe(alerts.length + 1)
    for (const wanted of ['EntriesMissing', 'DriftNotRepaired', 'SetNearlyFull', 'CertificateExpires'])
      expect(alertsText).toContain(`alert: Chainmail${wanted}\n`)
  })
})

describe('an expression', () => {
  it.each([
    ['rate(chainmail_ban_total[5m])', 'chainmail_ban_total is no metric'],
    ['chainmail_bans{color="red"}', 'chainmail_bans has no label color'],
    ['sum by (color) (chainmail_bans)', 'no metric has the label color'],
    ['chainmail_store_commit_size', 'chainmail_store_commit_size is no metric'],
    ['chainmail_bans_bucket', 'chainmail_bans_bucket is no metric'],
    ['up == 0', 'no metric is named'],
  ])('%s is found out: %s', (expression, wrong) => {
    expect(wrongNames(expression)).toEqual([wrong])
  })
})
