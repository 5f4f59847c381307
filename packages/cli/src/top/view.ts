import type { ShownRevision } from '../access/history.ts'
import { headText } from '../commands/revision.ts'
import { bytes } from '../terminal/quantity.ts'
import { type Column, type TableLayout, table } from '../terminal/table.ts'
import { ellipsize, printable } from '../terminal/text.ts'
import type { Busy, Figures, Latency } from './figures.ts'

/** All that is shown at one time. */
export interface TopView {
  readonly figures: Figures
  readonly rules: readonly Busy[]
  readonly sets: readonly Busy[]
  readonly newest: readonly ShownRevision[]
}

interface Row {
  readonly name: string
  readonly rate: number
  readonly latency?: Latency
}

const rowColumns: readonly Column<Row>[] = [
  { heading: 'A SECOND', cell: ({ name }) => name, leaves: 0 },
  { heading: '', cell: ({ rate }) => perSecond(rate), align: 'right', leaves: 0 },
  { heading: 'MEDIAN', cell: ({ latency }) => time(latency?.median), align: 'right', leaves: 1 },
  { heading: '99 %', cell: ({ latency }) => time(latency?.most), align: 'right', leaves: 2 },
]

function busyColumns(heading: string): readonly Column<Busy>[] {
  return [
    { heading: 'PACKETS/S', cell: ({ packets }) => perSecond(packets), align: 'right', leaves: 0 },
    { heading: 'BYTES/S', cell: (busy) => bytes(Math.round(busy.bytes)), align: 'right', leaves: 1 },
    { heading, cell: ({ name }) => name, shrinksTo: 12, leaves: 0 },
  ]
}

/** Lines of which none is wider than the terminal. */
export function topLines(view: TopView, layout: TableLayout): readonly string[] {
  const { figures, rules, sets, newest } = view
  const { rates, latencies } = figures
  const rows: readonly Row[] = [
    { name: 'requests', rate: rates.requests, latency: latencies.requests },
    { name: 'refused', rate: rates.refused },
    { name: 'bans', rate: rates.bans },
    { name: 'unbans', rate: rates.unbans },
    { name: 'commits of rules', rate: rates.ruleCommits, latency: latencies.ruleCommits },
    { name: 'commits of bans', rate: rates.banCommits, latency: latencies.banCommits },
    { name: 'commits of the store', rate: rates.storeCommits, latency: latencies.storeCommits },
  ]
  return [
    ...headLines(figures, layout),
    '',
    ...table(rowColumns, rows, layout),
    ...(rules.length === 0 ? [] : ['', ...table(busyColumns('BUSIEST RULES'), rules, layout)]),
    ...(sets.length === 0 ? [] : ['', ...table(busyColumns('BUSIEST SETS'), sets, layout)]),
    ...(newest.length === 0 ? [] : ['', ...newestLines(newest, layout)]),
  ]
}

function headLines(figures: Figures, { columns, style }: TableLayout): readonly string[] {
  const { version, backend, bans, probations, loop, memory, problems } = figures
  const words = [
    `chainmail ${version}`,
    `${backend} backend`,
    `${bans} ${bans === 1 ? 'ban' : 'bans'}`,
    ...(probations === 0 ? [] : [`${probations} on probation`]),
    `loop ${Math.round(loop.busy * 100)} % busy, late by ${time(loop.lag.most) || '0 ms'}`,
    `memory ${bytes(Math.round(memory))}`,
  ].join('   ')
  const wrong = problems.length === 0 ? [] : [`PROBLEM: ${problems.join(', ')}; chainmail status says more`]
  return [
    style.bold(ellipsize(printable(words), columns)),
    ...wrong.map((line) => style.bad(ellipsize(printable(line), columns))),
  ]
}

function newestLines(newest: readonly ShownRevision[], { columns, style }: TableLayout): readonly string[] {
  return [
    style.bold('NEWEST BANS'),
    ...newest
      .map((revision) => {
        const bans = revision.changes.flatMap(({ lines }) => lines.filter((line) => line.startsWith('+')))
        const words = bans.map((line) => line.slice(1)).join(', ')
        return words === '' ? headText(revision) : `${headText(revision)}: ${printable(words)}`
      })
      .map((line) => ellipsize(line, columns)),
  ]
}

function perSecond(rate: number): string {
  if (rate >= 100) return Math.round(rate).toString()
  return rate === 0 ? '0' : rate.toFixed(1)
}

/** Of seconds: `0.4 ms`, `12 ms`, `1.5 s`; nothing where there was nothing. */
export function time(seconds: number | undefined): string {
  if (seconds === undefined) return ''
  if (seconds >= 1) return `${seconds.toFixed(1)} s`
  const milliseconds = seconds * 1_000
  return milliseconds >= 10 ? `${Math.round(milliseconds)} ms` : `${milliseconds.toFixed(2)} ms`
}
