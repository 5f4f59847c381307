/** Nanoseconds of CLOCK_MONOTONIC: the same in every process, and not to be set by anybody. It stands while the machine sleeps. */
export function monotonicNow(): bigint {
  return process.hrtime.bigint()
}

const NANOSECONDS = 1_000_000_000n

export function nanoseconds(seconds: number): bigint {
  return BigInt(Math.round(seconds)) * NANOSECONDS
}

/** Whole seconds, rounded down. */
export function wholeSeconds(span: bigint): number {
  return Number(span / NANOSECONDS)
}

/** Milliseconds, rounded up, 0 or more. */
export function milliseconds(span: bigint): number {
  return Math.max(0, Math.ceil(Number(span) / 1e6))
}
