import type { AuditReading } from '../access/audit.ts'
import {
  type Answer,
  type Argument,
  accessOptions,
  type Command,
  type Input,
  type Session,
} from '../command.ts'
import { flag, text } from '../option.ts'
import { quoted, wrongUsage } from '../refusal.ts'
import { moment } from '../terminal/moment.ts'
import { plural } from '../terminal/quantity.ts'
import { printable } from '../terminal/text.ts'
import { countOf, countOption } from './count.ts'

const action: Argument = {
  name: 'ACTION',
  about:
    'verify: tell whether a record was changed, removed, moved, inserted or cut off; export: print all records as JSON lines; else the latest are listed',
  required: false,
  completes: ['verify', 'export'],
}

const sinceOption = text({
  name: 'since',
  placeholder: 'TIME',
  about: 'list all records since then: a time such as 2030-01-31T12:00, or how long ago, such as 90m or 7d',
})

const followOption = flag({ name: 'follow', about: 'go on with the records that come' })

const headOption = text({
  name: 'head',
  placeholder: 'HASH',
  about: 'for verify: a hash that was noted before, which one of the records has to have',
})

export const auditCommand: Command = {
  name: 'audit',
  about: 'tell who has changed what, and who was refused; verify that nobody has touched the record',
  description: [
    'Lists the records of the audit log, the oldest first: each request that changed something or was refused, each change, and when the daemon was started and stopped.',
    'Each record carries the SHA-256 of the one before, and where the log begins and ends is noted beside it. Whoever can write into the folder of the log can make all of it anew: note the hash that verify prints elsewhere, and hold the log against it with --head.',
  ],
  arguments: [action],
  options: [countOption, sinceOption, followOption, headOption, ...accessOptions],
  examples: [
    { command: 'chainmail audit', about: 'the latest records' },
    { command: 'chainmail audit --since 1h --follow', about: 'the last hour, and on until Ctrl-C' },
    { command: 'chainmail audit verify', about: 'whether it is whole; prints the hash to note' },
    {
      command: 'chainmail audit export | gzip > audit.gz',
      about: 'each line with the SHA-256 of the one before',
    },
  ],
  exits: {
    done: 'done; for verify, nothing is wrong',
    refused: 'verify found something, or the daemon refused',
  },
  run: async (input, session) => {
    const wanted = input.argument(action)
    const isListed = [sinceOption, countOption].some((option) => input.value(option) !== undefined)
    if (wanted !== undefined && (isListed || input.has(followOption)))
      throw wrongUsage(`--since, --count and --follow are for the list, not for ${wanted}.`)
    if (wanted === 'verify') return verify(input, session)
    if (input.value(headOption) !== undefined) throw wrongUsage('--head is for chainmail audit verify.')
    if (wanted === 'export') return exported(session)
    if (wanted === undefined) return listed(input, session)
    throw wrongUsage(`${quoted(wanted)} is neither verify nor export.`)
  },
}

async function listed(input: Input, session: Session): Promise<Answer> {
  const count = countOf(input)
  const since = await timeOf(input.value(sinceOption))
  const { audit } = await session.access()
  const records = audit.records({ since, count, follow: input.has(followOption) })
  return {
    document: undefined,
    lines: () => [],
    text: () => each(records, lineOf),
    documents: () => each(records, ({ document }) => document),
  }
}

async function verify(input: Input, session: Session): Promise<Answer> {
  const { audit } = await session.access()
  const { document, value } = await audit.verify(input.value(headOption))
  const { holds, records, findings, head } = value
  return {
    document,
    ends: holds ? 'done' : 'refused',
    lines: ({ style }) => [
      ...findings.map((finding) => style.bad(printable(finding))),
      ...(holds ? [`${plural(records, 'record')}, nothing is wrong.`] : []),
      ...(head === undefined ? [] : [printable(`Record ${head.number} has the hash ${head.hash}`)]),
    ],
  }
}

async function exported(session: Session): Promise<Answer> {
  const { audit } = await session.access()
  const lines = (): AsyncGenerator<string, void> =>
    each(audit.export(), (document) => `${JSON.stringify(document)}\n`)
  return { document: undefined, lines: () => [], text: lines, documents: () => audit.export() }
}

async function* each<Item, Result>(
  items: AsyncIterable<Item>,
  tell: (item: Item) => Result,
): AsyncGenerator<Result, void> {
  for await (const item of items) yield tell(item)
}

function lineOf({ value: { number, time, text } }: AuditReading): string {
  const when = Number.isNaN(time.getTime()) ? '?' : moment(time)
  return `${printable(`${number}  ${when}  ${text}`)}\n`
}

/** @throws Refusal `usage` */
async function timeOf(word: string | undefined): Promise<Date | undefined> {
  if (word === undefined) return undefined
  const time = new Date(word)
  if (/^\d{4}-/.test(word) && !Number.isNaN(time.getTime())) return time
  const { parseDuration } = await import('chainmail')
  try {
    return new Date(Date.now() - parseDuration(word) * 1_000)
  } catch {
    throw wrongUsage(
      `--since: ${quoted(word)} is neither a time such as 2030-01-31T12:00 nor a span such as 90m.`,
    )
  }
}
