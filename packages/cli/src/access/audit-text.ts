import type { AuditRecord } from './audit.ts'
import { type Members, members, numberOf, optional, textOf } from './document.ts'

/** A record of the audit log in a line. A daemon of another version may have kinds that are not known here. */
export function auditText(document: unknown, path: string): AuditRecord {
  const record = members(document, path)
  if (record.unreadable !== undefined)
    return { number: 0, time: new Date(Number.NaN), text: 'a line that is no record', isBad: true }
  const kind = textOf(record.kind, `${path}.kind`)
  const { text, isBad } = (texts[kind] ?? unknown)(record)
  return {
    number: numberOf(record.number, `${path}.number`),
    time: new Date(textOf(record.time, `${path}.time`)),
    text,
    isBad,
  }
}

type Told = Pick<AuditRecord, 'text' | 'isBad'>

const texts: Readonly<Record<string, (record: Members) => Told>> = {
  request: (record) => {
    const status = optional(record.status, 'status', numberOf) ?? 0
    const outcome = [word(record.status), word(record.code)].filter((part) => part !== '').join(' ')
    const more = [
      record.revision === undefined ? '' : `revision ${word(record.revision)}`,
      linesText(record.lines),
      record.replayed === true ? 'answered as before' : '',
      record.unrecorded === undefined ? '' : `${word(record.unrecorded)} more before it`,
    ].filter((part) => part !== '')
    const words = [callerText(record), word(record.method), word(record.path), '→', outcome].join(' ')
    return { text: more.length === 0 ? words : `${words} (${more.join(', ')})`, isBad: status >= 400 }
  },
  change: (record) => {
    const counts = Object.entries(optional(record.summary, 'summary', members) ?? {})
    const summary = counts.map(([name, count]) => `${name} ${word(count)}`).join(', ')
    const why = record.why === undefined ? '' : ` (${word(record.why)})`
    const words = `${callerText(record)} revision ${word(record.revision)}, ${word(record.what)}`
    return { text: `${words}${summary === '' ? '' : `: ${summary}`}${why}`, isBad: false }
  },
  'broken-off': (record) => ({
    text: `${callerText(record)} ${word(record.method)} ${word(record.path)} was under way when the daemon ended`,
    isBad: true,
  }),
  start: (record) => ({ text: `the daemon was started, version ${word(record.version)}`, isBad: false }),
  stop: () => ({ text: 'the daemon was stopped', isBad: false }),
  dropped: (record) => ({ text: `${rangeText(record)} had no room any more`, isBad: false }),
  missing: (record) => ({ text: `${rangeText(record)} were missing`, isBad: true }),
  unnoted: (record) => ({ text: `${rangeText(record)} stood behind the noted end`, isBad: true }),
}

function unknown({ kind }: Members): Told {
  return { text: word(kind), isBad: false }
}

function callerText({ who, door, address, peer }: Members): string {
  const { process, user } = optional(peer, 'peer', members) ?? {}
  const from = [
    who === door ? '' : word(door),
    word(address),
    user === undefined ? '' : `user ${word(user)}`,
    process === undefined || process === 0 ? '' : `process ${word(process)}`,
  ].filter((part) => part !== '')
  return from.length === 0 ? word(who) : `${word(who)} (${from.join(', ')})`
}

function linesText(value: unknown): string {
  const { lines, refused, complete } = optional(value, 'lines', members) ?? {}
  if (lines === undefined) return ''
  const broken = complete === false ? ', broken off' : ''
  return `${word(lines)} lines, ${word(refused)} refused${broken}`
}

function rangeText({ from, to }: Members): string {
  return `records ${word(from)} to ${word(to)}`
}

function word(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
