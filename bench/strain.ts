import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Milliseconds between two looks at the clock; a hold is told that much too short at most. */
const RESOLUTION = 1
/** Milliseconds between two looks at the memory. */
const MEMORY_EVERY = 20

/** What some work asked of the process. */
export interface Strain {
  /** The longest time, in milliseconds, that the event loop was held. */
  readonly longestHold: number
  /** The most memory that the process had, in bytes (RSS), and how much of it came while the work was done. */
  readonly peakMemory: number
  readonly addedMemory: number
}

/** Does some work and tells what it asked of the process. */
export async function strainOf(work: () => Promise<void>): Promise<Strain> {
  const holds = monitorEventLoopDelay({ resolution: RESOLUTION })
  const before = process.memoryUsage.rss()
  let peakMemory = before
  const look = (): void => {
    peakMemory = Math.max(peakMemory, process.memoryUsage.rss())
  }
  const looking = setInterval(look, MEMORY_EVERY)
  holds.enable()
  try {
    await work()
  } finally {
    holds.disable()
    clearInterval(looking)
    look()
  }
  return {
    longestHold: Math.max(0, holds.max / 1e6 - RESOLUTION),
    peakMemory,
    addedMemory: peakMemory - before,
  }
}

/** `event loop held for 6.2 ms at most, 214 MB of memory at the peak, 61 MB of it for this` */
export function strainText({ longestHold, peakMemory, addedMemory }: Strain): string {
  return `event loop held for ${longestHold.toFixed(1)} ms at most, ${megabytes(peakMemory)} of memory at the peak, ${megabytes(addedMemory)} of it for this`
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`
}
