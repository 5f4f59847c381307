import type { Client } from '@chainmail/daemon/client'
import type { EntryRequest, SetEntry } from 'chainmail'
import { refusal } from '../refusal.ts'
import { told, toldEach } from './daemon-told.ts'
import { amountOf, flagOf, list, type Members, members, numberOf, optional, textOf } from './document.ts'
import {
  type BulkOutcome,
  EXAMPLES,
  type RefusedEntry,
  type SetFacts,
  type SetOptionValues,
  type SetsAccess,
} from './sets.ts'

/** The sets by way of a daemon. */
export function daemonSets(client: Client): SetsAccess {
  const ask = (method: string, path: string, body?: unknown): Promise<unknown> =>
    told(() => client.request(method, path, body))
  const bulk = (method: 'POST' | 'DELETE', path: string, entries: AsyncIterable<EntryRequest>) =>
    told(() => outcomeOf(client.stream(method, path, linesOf(entries))))
  return {
    async list() {
      const document = await ask('GET', '/v1/sets')
      return { document, value: list(members(document, 'the answer').sets, 'sets', readFacts) }
    },
    async describe(name) {
      const document = await ask('GET', setPath(name))
      return { document, value: readFacts(document, 'set') }
    },
    async *entries(name) {
      for await (const line of toldEach(() => client.stream('GET', entriesPath(name)))) yield readEntry(line)
    },
    async create(name, type, options) {
      await ask('POST', '/v1/sets', { ...options, name, type })
    },
    async destroy(name) {
      await ask('DELETE', setPath(name))
    },
    async flush(name) {
      await ask('POST', `${setPath(name)}/flush`)
    },
    async swap(name, other) {
      await ask('POST', `${setPath(name)}/swap`, { name: other })
    },
    async rename(name, newName) {
      await ask('POST', `${setPath(name)}/rename`, { name: newName })
    },
    add: (name, entries, { expected } = {}) =>
      bulk('POST', entriesPath(name, { results: 'refused', expected }), entries),
    delete: (name, entries) => bulk('DELETE', entriesPath(name, { results: 'refused' }), entries),
    replace: (name, entries, { expected } = {}) =>
      told(async () => {
        for await (const answer of client.stream('PUT', entriesPath(name, { expected }), linesOf(entries))) {
          const { added, kept, removed } = members(answer, 'the answer')
          return {
            added: numberOf(added, 'added'),
            kept: numberOf(kept, 'kept'),
            removed: numberOf(removed, 'removed'),
          }
        }
        throw cutOff()
      }),
    async test(name, element) {
      const answer = await ask('GET', `${setPath(name)}/test?element=${encodeURIComponent(element)}`)
      return flagOf(members(answer, 'the answer').matches, 'matches')
    },
  }
}

function setPath(name: string): string {
  return `/v1/sets/${encodeURIComponent(name)}`
}

function entriesPath(
  name: string,
  query: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const words = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${value}`],
  )
  return `${setPath(name)}/entries${words.length === 0 ? '' : `?${words.join('&')}`}`
}

async function* linesOf(entries: AsyncIterable<EntryRequest>): AsyncGenerator<string, void> {
  for await (const entry of entries)
    yield JSON.stringify(entry, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
}

/** Reads the refused entries and the summary behind them. */
async function outcomeOf(answers: AsyncIterable<unknown>): Promise<BulkOutcome> {
  const examples: RefusedEntry[] = []
  let summary: Members | undefined
  for await (const answer of answers) {
    const line = members(answer, 'a line of the answer')
    if (line.summary !== undefined) summary = members(line.summary, 'summary')
    else if (examples.length < EXAMPLES) examples.push(readRefused(line))
  }
  if (summary === undefined) throw cutOff()
  const accepted = numberOf(summary.accepted, 'summary.accepted')
  if (summary.error !== undefined) {
    const { code, detail } = readError(summary.error, 'summary.error')
    throw refusal(code, code.replaceAll('-', ' '), `${detail} Before that, ${accepted} entries were taken.`)
  }
  return { accepted, refused: numberOf(summary.refused, 'summary.refused'), examples }
}

function readRefused({ line, error }: Members): RefusedEntry {
  const { code, detail } = readError(error, 'error')
  return { index: numberOf(line, 'line') - 1, code, message: detail }
}

function readError(value: unknown, path: string): { readonly code: string; readonly detail: string } {
  const { code, detail } = members(value, path)
  return { code: textOf(code, `${path}.code`), detail: textOf(detail, `${path}.detail`) }
}

function cutOff(): Error {
  return refusal(
    'unexpected-answer',
    'Unexpected answer',
    "The daemon's answer was cut off: it has no summary.",
  )
}

function readFacts(value: unknown, path: string): SetFacts {
  const set = members(value, path)
  return {
    name: textOf(set.name, `${path}.name`),
    type: textOf(set.type, `${path}.type`),
    options: readOptions(set.options, `${path}.options`),
    entries: numberOf(set.entries, `${path}.entries`),
    references: numberOf(set.references, `${path}.references`),
    memory: numberOf(set.memory, `${path}.memory`),
  }
}

function readOptions(value: unknown, path: string): SetOptionValues {
  const options: Record<string, string | number | boolean> = {}
  for (const [name, option] of Object.entries(members(value, path))) {
    if (typeof option === 'string' || typeof option === 'number' || typeof option === 'boolean')
      options[name] = option
  }
  return options
}

/** Counters above 2^53 - 1 come as decimal texts. */
function counterOf(value: unknown, path: string): bigint {
  return BigInt(amountOf(value, path))
}

function readEntry(value: unknown): SetEntry {
  const { element, ...options } = members(value, 'entry')
  const read = <T>(name: string, reader: (value: unknown, path: string) => T): T | undefined =>
    optional(options[name], `entry.${name}`, reader)
  const entry: SetEntry = { element: textOf(element, 'entry.element') }
  const values = {
    timeout: read('timeout', numberOf),
    packets: read('packets', counterOf),
    bytes: read('bytes', counterOf),
    comment: read('comment', textOf),
    skbmark: read('skbmark', textOf),
    skbprio: read('skbprio', textOf),
    skbqueue: read('skbqueue', numberOf),
    nomatch: read('nomatch', flagOf),
    wildcard: read('wildcard', flagOf),
  }
  for (const [name, option] of Object.entries(values))
    if (option !== undefined) Object.assign(entry, { [name]: option })
  return entry
}
