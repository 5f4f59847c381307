import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { metricsPage } from './reference.ts'

const page = join(import.meta.dirname, '../../../../docs/metrics.md')

it('the page of the metrics is the one that is kept; UPDATE_GOLDEN=1 writes it anew', () => {
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(page, metricsPage())
  expect(metricsPage()).toBe(readFileSync(page, 'utf8'))
})
