import { chooseStyle, plain, type Style } from '../packages/cli/src/terminal/style.ts'
import { type Column, table } from '../packages/cli/src/terminal/table.ts'
import type { Figure, Measurement, Unit } from './harness.ts'

const columns: readonly Column<Measurement>[] = [
  { heading: 'WHAT', cell: ({ what }) => what, leaves: 0 },
  { heading: 'OURS', cell: ({ ours, unit }) => amount(ours.median, unit), align: 'right', leaves: 0 },
  { heading: 'BESIDE IT', cell: ({ beside }) => beside.name, leaves: 0 },
  { heading: '', cell: ({ beside, unit }) => amount(beside.median, unit), align: 'right', leaves: 0 },
  { heading: 'RATIO', cell: ({ ratio }) => times(ratio.median), align: 'right', leaves: 0 },
  { heading: 'HALF OF THE ROUNDS', cell: ({ ratio }) => spread(ratio), leaves: 1 },
  { heading: 'BAR', cell: barOf, align: 'right', leaves: 0 },
  { heading: 'MET', cell: ({ met }) => (met === undefined ? '' : met ? 'yes' : 'no'), leaves: 0 },
]

/** The table for people; whole lines where the output is no terminal. */
export function reportLines(
  measurements: readonly Measurement[],
  layout: { readonly columns: number; readonly style: Style },
): string[] {
  return table(columns, measurements, layout)
}

export function layoutOf(stdout: NodeJS.WriteStream): { columns: number; style: Style } {
  const style = stdout.isTTY ? chooseStyle(true, process.env) : plain
  return { columns: stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY, style }
}

/** `12.3 µs`, `1.85 ms`, `13,400/s`, `71.3 MB`. */
export function amount(value: number, unit: Unit): string {
  if (unit === 'memory') return `${figures(value / 1_000_000)} MB`
  if (unit === 'rate') return `${Math.round(1000 / value).toLocaleString('en-US')}/s`
  return value < 1 ? `${figures(value * 1000)} µs` : `${figures(value)} ms`
}

function barOf({ bar, unit }: Measurement): string {
  if (bar === undefined) return ''
  return unit === 'memory' ? amount(bar, unit) : times(bar)
}

function times(ratio: number): string {
  return `${figures(ratio)}×`
}

function spread({ low, high }: Figure): string {
  return `${times(low)} to ${times(high)}`
}

/** Three figures, but every figure before the point. */
function figures(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3)
}
