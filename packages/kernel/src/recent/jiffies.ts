/** The kernel's tick counter, in which it dates the entries of recent lists. */
import { CLOCK_MONOTONIC_COARSE, clockResolution } from '../syscalls.ts'

/**
 * How many ticks a second has: CONFIG_HZ, 100 to 1000. The kernel tells it as the resolution of its coarse clocks,
 * which advance with the tick (clock_getres(2)).
 */
export function ticksPerSecond(): number {
  return Math.round(1e9 / clockResolution(CLOCK_MONOTONIC_COARSE))
}

/** Two clocks read at the same moment, in milliseconds. */
export interface Now {
  /** Since 1970. */
  readonly wall: number
  /** Of CLOCK_MONOTONIC. */
  readonly monotonic: number
}

export function now(): Now {
  return { wall: Date.now(), monotonic: Number(process.hrtime.bigint()) / 1e6 }
}

/**
 * When a 64-bit kernel's counter had this value.
 *
 * The counter begins at INITIAL_JIFFIES (linux/jiffies.h), five minutes before 32 bits overflow, and advances with
 * CLOCK_MONOTONIC: both stand still while the machine is suspended. It begins to advance a little after the clock
 * does, and the kernel does not tell how much (0.24 s on one machine), so that the time may lie that much too early.
 */
export function jiffiesTime(jiffies: number, hertz: number, { wall, monotonic }: Now): Date {
  const sinceBoot = ((jiffies - (2 ** 32 - 300 * hertz)) / hertz) * 1000
  return new Date(Math.round(wall - Math.max(0, monotonic - sinceBoot)))
}
