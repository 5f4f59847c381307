/** Milliseconds between two looks at the clock; a hold is told that much too short at most. */
const RESOLUTION = 1
/** Looks at the clock between two looks at the memory. */
const MEMORY_EVERY = 20

/** What some work asked of the process. */
export interface Strain {
  /** The longest time, in milliseconds, that the event loop was held, by whatever: other programs too. */
  readonly longestHold: number
  /** The most of such a time that the processor has spent on the thread of the event loop. */
  readonly longestWork: number
  /** The most memory that the process had, in bytes (RSS), and how much of it came while the work was done. */
  readonly peakMemory: number
  readonly addedMemory: number
}

/** Does some work and tells what it asked of the process. */
export async function strainOf(work: () => Promise<void>): Promise<Strain> {
  const before = process.memoryUsage.rss()
  let peakMemory = before
  let longestHold = 0
  let longestWork = 0
  let looks = 0
  let seen = performance.now()
  let used = threadTime()
  const look = (): void => {
    const [now, spent] = [performance.now(), threadTime()]
    const hold = now - seen - RESOLUTION
    longestHold = Math.max(longestHold, hold)
    longestWork = Math.max(longestWork, Math.min(hold, spent - used))
    seen = now
    used = spent
    if (looks++ % MEMORY_EVERY === 0) peakMemory = Math.max(peakMemory, process.memoryUsage.rss())
  }
  const looking = setInterval(look, RESOLUTION)
  try {
    await work()
  } finally {
    clearInterval(looking)
    look()
    peakMemory = Math.max(peakMemory, process.memoryUsage.rss())
  }
  return { longestHold, longestWork, peakMemory, addedMemory: peakMemory - before }
}

/** Milliseconds that the processor has spent on this thread, in the kernel too. */
function threadTime(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/** `event loop held for 6.2 ms at most, 4.1 ms of work; 214 MB of memory at the peak, 61 MB of it for this` */
export function strainText({ longestHold, longestWork, peakMemory, addedMemory }: Strain): string {
  return `event loop held for ${longestHold.toFixed(1)} ms at most, by ${longestWork.toFixed(1)} ms of work at most; ${megabytes(peakMemory)} of memory at the peak, ${megabytes(addedMemory)} of it for this`
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`
}
