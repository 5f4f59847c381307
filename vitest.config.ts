import { defineConfig } from 'vitest/config'
import { onKernel } from './testing/kernel.ts'
import { namespacePool } from './testing/namespace-pool.ts'
import { SummaryReporter } from './testing/summary-reporter.ts'

export default defineConfig({
  test: {
    include: ['{packages,testing,bench,demo}/**/*.test.ts', 'scripts/**/*.test.mjs'],
    pool: onKernel ? namespacePool : 'forks',
    isolate: true,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    reporters: ['default', new SummaryReporter()],
    // Without a memory of earlier runs, files run in the same order every time.
    cache: false,
  },
})
