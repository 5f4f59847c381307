import { expect, it } from 'vitest'
import { summaryLine } from './summary-reporter.ts'

it('says how many tests passed and failed', () => {
  expect(summaryLine({ passed: 412, failed: 0, skipped: 0 })).toBe('412 passed, 0 failed')
})

it('names skipped tests only when there are any', () => {
  expect(summaryLine({ passed: 1, failed: 2, skipped: 3 })).toBe('1 passed, 2 failed, 3 skipped')
})
