/**
 * Measures, in the process that imports it first, for how long the event loop is held: on SIGUSR2 it writes the longest
 * time since the last signal, in milliseconds, into the file that CHAINMAIL_BENCH_HOLDS names.
 */
import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Milliseconds between two looks at the clock. */
const RESOLUTION = 1

const file = process.env.CHAINMAIL_BENCH_HOLDS ?? ''
const holds = monitorEventLoopDelay({ resolution: RESOLUTION })
holds.enable()
process.on('SIGUSR2', () => {
  writeFileSync(file, String(Math.max(0, holds.max / 1e6 - RESOLUTION)))
  holds.reset()
})
