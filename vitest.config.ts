import { defineConfig } from 'vitest/config'
import { onKernel } from './testing/kernel.ts'
import { namespacePool } from './testing/namespace-pool.ts'
import { SummaryReporter } from './testing/summary-reporter.ts'

export default defineConfig({
  test: {
    include: ['{packages,testing,bench,demo}/**/*.test.ts', 'scripts/**/*.test.mjs'],
    pool: onKernel ? namespacePool : 'forks',
    isolate: true,
    // Most of the time a test waits for the kernel, a disk or a process: every core has a file.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', new SummaryReporter()],
    // Without a memory of earlier runs, files run in the same order every time.
    cache: false,
    // Every answer of every daemon is held against its schema.
    setupFiles: ['testing/answers.ts'],
  },
})
