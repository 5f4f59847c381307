import { writeSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/** How a test run ended. A file that can't be loaded, or an error outside of every test, counts as one failure. */
export interface Summary {
  passed: number
  failed: number
  skipped: number
}

/** Counts the tests of a run. */
export function summarize(
  modules: readonly Pick<TestModule, 'children' | 'errors'>[],
  unhandledErrors: readonly SerializedError[],
): Summary {
  const summary: Summary = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
  for (const module of modules) {
    summary.failed += module.errors().length
    for (const suite of module.children.allSuites()) summary.failed += suite.errors().length
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed' || state === 'failed' || state === 'skipped') summary[state] += 1
      else summary.failed += 1
    }
  }
  return summary
}

/** `12 passed, 0 failed`, and `, 3 skipped` if any were. */
export function summaryLine({ passed, failed, skipped }: Summary): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** Prints the count of a run as the very last line, for people and for continuous integration. */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const line = summaryLine(summarize(modules, unhandledErrors))
    // Other reporters, and Vitest as it closes, may still print: this comes after all of them.
    process.once('exit', () => writeSync(1, `${line}\n`))
  }
}
