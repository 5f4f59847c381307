/**
 * How two ways to do the same are compared.
 *
 * 1. Both are measured in the same run, in rounds by turns, so that what else the machine does meets both.
 * 2. The ratio is taken in each round, and told as the median of the rounds with its spread: a slow moment
 *    spoils a round and not the figure.
 * 3. Which of the two begins alternates, so that neither always finds the other's traces.
 */

/** One of two ways. */
export interface Side {
  /** A command, a call or a route. */
  readonly name: string
  /** Runs one round. Milliseconds that one operation takes, or took on average; of memory bytes. */
  readonly round: () => Promise<number>
}

/** Whether an operation's time is told, or how many there are in a second, or the memory that is taken. */
export type Unit = 'time' | 'rate' | 'memory'

export interface Comparison {
  readonly what: string
  readonly ours: Side
  readonly beside: Side
  readonly unit: Unit
  /** What the ratio should be at least; of memory what ours should be at most, in bytes. */
  readonly bar?: number
}

/** Of the rounds' figures. Half of them lie from `low` to `high`. */
export interface Figure {
  readonly median: number
  readonly low: number
  readonly high: number
}

export interface Measurement {
  readonly what: string
  readonly unit: Unit
  /** Milliseconds for one operation, or bytes. */
  readonly ours: Figure & { readonly name: string }
  /** As ours. */
  readonly beside: Figure & { readonly name: string }
  /** How many times as fast ours is, or how many times ours the memory beside it is. */
  readonly ratio: Figure
  readonly bar?: number
  readonly met?: boolean
}

/** How much is done: enough for figures that hold, or just enough to see that everything works. */
export interface Effort {
  readonly rounds: number
  /** Operations in a round, scaled from a whole round's number. */
  readonly operations: (whole: number) => number
  /** Milliseconds of a round that goes by time. */
  readonly duration: number
}

export const wholeEffort: Effort = { rounds: 15, operations: (whole) => whole, duration: 1_000 }
export const quickEffort: Effort = {
  rounds: 2,
  operations: (whole) => Math.max(1, Math.ceil(whole / 20)),
  duration: 100,
}

/** Measures both sides by turns, after one round of each that does not count. */
export async function compare(comparison: Comparison, rounds: number): Promise<Measurement> {
  const { what, ours, beside, unit, bar } = comparison
  const seen: { ours: number; beside: number }[] = []
  await ours.round()
  await beside.round()
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      const first = await ours.round()
      seen.push({ ours: first, beside: await beside.round() })
    } else {
      const first = await beside.round()
      seen.push({ ours: await ours.round(), beside: first })
    }
  }
  const mine = figure(seen.map((one) => one.ours))
  const ratio = figure(seen.map((one) => one.beside / one.ours))
  return {
    what,
    unit,
    ours: { name: ours.name, ...mine },
    beside: { name: beside.name, ...figure(seen.map((one) => one.beside)) },
    ratio,
    ...(bar === undefined ? {} : { bar, met: unit === 'memory' ? mine.median <= bar : ratio.median >= bar }),
  }
}

/** Milliseconds that one of so many operations takes. */
export async function timePerOperation(operations: number, work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / operations
}

/** @param values at least one */
export function figure(values: readonly number[]): Figure {
  const sorted = values.toSorted((one, other) => one - other)
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) }
}

/** Between two values, in proportion. */
function quantile(sorted: readonly number[], part: number): number {
  const place = part * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}
