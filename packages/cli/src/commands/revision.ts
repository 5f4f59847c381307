import type { RevisionHead, ShownChange } from '../access/history.ts'
import type { Argument, Input } from '../command.ts'
import { text } from '../option.ts'
import { quoted, wrongUsage } from '../refusal.ts'
import { moment } from '../terminal/moment.ts'
import type { TableLayout } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'

export const revisionArgument: Argument = {
  name: 'REVISION',
  about: 'the number of a revision, as chainmail log shows it',
  required: true,
}

export const whyOption = text({
  name: 'why',
  placeholder: 'TEXT',
  about: 'why the change is made; the history keeps it',
})

/** @throws Refusal `usage` */
export function revisionOf(input: Input, argument: Argument): number {
  return readRevision(input.required(argument))
}

/** @throws Refusal `usage` */
export function readRevision(word: string): number {
  if (/^\d{1,15}$/.test(word)) return Number(word)
  throw wrongUsage(`${quoted(word)} is not the number of a revision.`)
}

/** What each count of a summary is of: one, and several. */
const countWords: Readonly<Record<string, readonly [one: string, several: string]>> = {
  rulesAdded: ['rule added', 'rules added'],
  rulesRemoved: ['rule removed', 'rules removed'],
  chainsCreated: ['chain created', 'chains created'],
  chainsRemoved: ['chain removed', 'chains removed'],
  policies: ['policy changed', 'policies changed'],
  setsCreated: ['set created', 'sets created'],
  setsDestroyed: ['set destroyed', 'sets destroyed'],
  setsChanged: ['set changed', 'sets changed'],
  entriesAdded: ['entry added', 'entries added'],
  entriesRemoved: ['entry removed', 'entries removed'],
  banned: ['banned', 'banned'],
  renewed: ['ban renewed', 'bans renewed'],
  unbanned: ['unbanned', 'unbanned'],
  allowed: ['allowed', 'allowed'],
  disallowed: ['no longer allowed', 'no longer allowed'],
  rfwPut: ['entry of rfw put', 'entries of rfw put'],
  rfwDeleted: ['entry of rfw deleted', 'entries of rfw deleted'],
}

/** Such as `2 rules added, 1 chain created`. */
export function summaryText({ summary }: RevisionHead): string {
  const parts = Object.entries(summary).map(([name, count]) => {
    const [one, several] = countWords[name] ?? [name, name]
    return `${count} ${count === 1 ? one : several}`
  })
  return parts.length === 0 ? 'nothing' : parts.join(', ')
}

/** A revision in a line. */
export function headText(head: RevisionHead): string {
  const { number, time, what, who, door, why } = head
  const by = who === door ? who : `${who} by ${door}`
  const words = `${number}  ${moment(time)}  ${by}  ${what}: ${summaryText(head)}`
  return printable(why === undefined ? words : `${words}  (${why})`)
}

/** Changes as a diff, with colours where the layout has them. */
export function changeLines(changes: readonly ShownChange[], { style }: TableLayout): readonly string[] {
  return changes.flatMap(({ heading, lines }, index) => [
    ...(index === 0 ? [] : ['']),
    style.bold(printable(heading)),
    ...lines.map((line) => {
      const shown = printable(`${line.slice(0, 1)} ${line.slice(1)}`)
      if (line.startsWith('+')) return style.good(shown)
      return line.startsWith('-') ? style.bad(shown) : shown
    }),
  ])
}
