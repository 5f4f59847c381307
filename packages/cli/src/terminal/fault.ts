import type { RuleText } from '../rule-text.ts'
import type { TableLayout } from './table.ts'
import { printable, width } from './text.ts'

/** What is wrong at a place of a text; both count from 1. */
export interface Fault {
  readonly code: string
  readonly message: string
  readonly line: number
  readonly column: number
}

/** What is not shown of a long line leaves a mark. */
const CUT = '…'

/**
 * What is wrong with a text: a line for each fault, as compilers write them, and on a terminal the line at fault
 * with a caret under the place.
 */
export function faultLines(
  { name, text }: RuleText,
  problems: readonly Fault[],
  { columns, style }: TableLayout,
): readonly string[] {
  const lines = Number.isFinite(columns) ? text.split('\n') : []
  return problems.flatMap(({ code, message, line, column }) => {
    const sentence = message.replace(/^line \d+: /, '')
    const head = printable(`${name}:${line}:${column}: ${sentence} [${code}]`)
    if (lines.length === 0) return [head]
    const { shown, caret } = window(lines[line - 1] ?? '', column - 1, columns - 4)
    return [style.bad(head), `  ${shown}`, `  ${' '.repeat(caret)}${style.bold('^')}`]
  })
}

/** As much of the line around the place as fits, and where the place is in it. */
function window(line: string, at: number, columns: number): { shown: string; caret: number } {
  const room = Math.max(columns, 20)
  const cut = width(printable(line.slice(0, at))) > room / 2
  const begin = cut ? Math.max(0, at - Math.floor(room / 2)) : 0
  const before = (begin > 0 ? CUT : '') + printable(line.slice(begin, at))
  let shown = before
  for (const letter of line.slice(at, at + room)) {
    const next = printable(letter)
    if (width(shown) + width(next) >= room) return { shown: shown + CUT, caret: width(before) }
    shown += next
  }
  return { shown, caret: width(before) }
}
