import type { Style } from './style.ts'
import { ellipsize, printable, width } from './text.ts'

/** A column of a table of `Row`s. */
export interface Column<Row> {
  readonly heading: string
  readonly cell: (row: Row) => string
  /** Numbers stand on the right; text, unless told otherwise, on the left. */
  readonly align?: 'left' | 'right'
  /** The number of terminal columns that it may shrink to; without one, it keeps its natural width. */
  readonly shrinksTo?: number
  /** Where the table can't shrink enough, columns leave by this number, the greatest first. 0 stays longest. */
  readonly leaves: number
}

export interface TableLayout {
  /** Terminal columns, at least 1; Infinity where the output is no terminal. */
  readonly columns: number
  readonly style: Style
}

const GAP = '  '

/** One column with its cells made printable, and how wide it is. */
interface Measured {
  readonly heading: string
  readonly cells: readonly string[]
  readonly right: boolean
  readonly leaves: number
  readonly least: number
  width: number
}

/**
 * The lines of a table, none wider than the terminal: columns shrink, cells end in `…`, and as a last resort
 * the least important columns are left out. Nothing that a cell holds reaches the terminal unprintable.
 */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  layout: TableLayout,
): string[] {
  const shown = fitColumns(
    columns.map((column) => measure(column, rows)),
    layout.columns,
  )
  const heading = line(shown, ({ heading }) => heading)
  return [
    layout.style.bold(heading),
    ...rows.map((_, index) => line(shown, ({ cells }) => cells[index] ?? '')),
  ]
}

function measure<Row>(column: Column<Row>, rows: readonly Row[]): Measured {
  const cells = rows.map((row) => printable(column.cell(row)))
  const natural = cells.reduce((widest, cell) => Math.max(widest, width(cell)), width(column.heading))
  return {
    heading: column.heading,
    cells,
    right: column.align === 'right',
    leaves: column.leaves,
    least: Math.min(natural, column.shrinksTo ?? natural),
    width: natural,
  }
}

function fitColumns(columns: readonly Measured[], available: number): readonly Measured[] {
  let fitted = columns
  while (fitted.length > 1 && total(fitted, ({ least }) => least) > available) {
    const [leaving] = fitted.toSorted((one, other) => other.leaves - one.leaves)
    fitted = fitted.filter((column) => column !== leaving)
  }
  const floor = ({ least }: Measured): number => (fitted.length === 1 ? 1 : least)
  let excess = total(fitted, ({ width }) => width) - available
  while (excess > 0) {
    // The widest gives first, down to the next one: what is short in every row stays whole.
    const shrinkable = fitted.filter((column) => column.width > floor(column))
    const [widest, next] = shrinkable.toSorted((one, other) => other.width - one.width)
    if (widest === undefined) break
    const target = Math.max(floor(widest), Math.min(next?.width ?? 0, widest.width - 1))
    const given = Math.min(excess, widest.width - target)
    widest.width -= given
    excess -= given
  }
  return fitted
}

function total(columns: readonly Measured[], widthOf: (column: Measured) => number): number {
  return columns.reduce((sum, column) => sum + widthOf(column), GAP.length * (columns.length - 1))
}

function line(columns: readonly Measured[], text: (column: Measured) => string): string {
  const cells = columns.map((column) => {
    const cell = ellipsize(text(column), column.width)
    const blanks = ' '.repeat(column.width - width(cell))
    return column.right ? blanks + cell : cell + blanks
  })
  return cells.join(GAP).trimEnd()
}
