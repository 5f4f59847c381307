import { type Backend, backends, type EntryRequest, parseRestoreLine } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { count } from '../../model/kinds/count.ts'
import type { Counters } from '../../model/rule.ts'
import type { ListedChain, ListedText } from '../plan/listing.ts'
import type { ForeseenRule } from './foresee.ts'
import type { TouchedChain, TouchedTable } from './way-back.ts'

/**
 * What a change on probation has to be taken back to, as a document: written before the kernel is touched, and all
 * that a guard needs. Rules stand in it as iptables-save prints them and sets as ipset does, so that a person can
 * read it too.
 */
export interface Journal {
  /** Six letters and digits, to be typed. */
  readonly id: string
  readonly backend: Backend
  /** Nanoseconds of CLOCK_MONOTONIC, which all processes share and nobody can set: when it was written. */
  readonly armed: bigint
  /** Nanoseconds within which the change has to be confirmed, from when a guard stands by. */
  readonly within: bigint
  /** The same clock as `armed`: when the change is taken back at the latest, should no guard ever have stood by. */
  readonly latest: bigint
  readonly tables: readonly TouchedTable[]
  readonly sets: readonly TouchedSet[]
}

/** How a set becomes what it was. */
export type TouchedSet = TouchedWholeSet | TouchedEntries

/** A set of which the change had all to itself. */
export type TouchedWholeSet =
  | { readonly name: string; readonly do: 'destroy' }
  | {
      readonly name: string
      /** `create`: it was destroyed. `rebuild`: it was made anew with other options. `change`: only entries. */
      readonly do: 'create' | 'rebuild' | 'change'
      /** The line of ipset(8) that makes it. */
      readonly create: string
      /** Elements that have come. */
      readonly take: readonly string[]
      /** Lines of ipset(8) for the entries that have gone; a timeout is what was left of it. */
      readonly put: readonly string[]
    }

/** Entries that come and go one by one, in a set in which others change other entries at the same time. */
export interface TouchedEntries {
  readonly name: string
  readonly do: 'entries'
  /** Lines of ipset(8) that add what has come; of it only what names the entry counts. */
  readonly take: readonly string[]
  /** Lines of ipset(8) for what stood there before; a timeout is what was left of it. */
  readonly put: readonly string[]
}

/** The entry of a line of {@link TouchedSet}. @throws InputError `bad-restore-line`; ChainmailError `journal-broken` */
export function entryOfLine(line: string): EntryRequest {
  const operation = parseRestoreLine(line, 1)
  if (operation?.command === 'add') return operation.entry
  throw broken('put', 'holds another command than add')
}

export function renderJournal({ armed, within, latest, tables, ...rest }: Journal): string {
  const document = {
    version: 1,
    ...rest,
    armed: String(armed),
    within: String(within),
    latest: String(latest),
    tables: tables.map(({ place, chains }) => ({ ...place, chains: chains.map(renderChain) })),
  }
  return `${JSON.stringify(document, undefined, 1)}\n`
}

function renderChain({ name, before, after }: TouchedChain): unknown {
  return {
    name,
    before: before === undefined ? null : { policy: before.policy, rules: before.rules.map(renderRule) },
    after:
      after === undefined
        ? null
        : { policy: after.policy, rules: after.rules.map(({ from, text }) => from ?? text) },
  }
}

function renderRule({ text, counters }: ListedText): string {
  return counters === undefined ? text : `[${counters.packets}:${counters.bytes}] ${text}`
}

/** @throws ChainmailError `journal-broken` */
export function parseJournal(text: string): Journal {
  const document = parseJson(text)
  if (document.version !== 1) throw broken('version', 'is not 1')
  const { id, armed, within, latest } = document
  const backend = backends.find((known) => known === document.backend)
  if (typeof id !== 'string' || backend === undefined) throw broken('id or backend', 'is missing')
  return {
    id,
    backend,
    armed: instant(armed, 'armed'),
    within: instant(within, 'within'),
    latest: instant(latest, 'latest'),
    tables: list(document.tables, 'tables').map(readTable),
    sets: list(document.sets, 'sets').map(readSet),
  }
}

function readTable(value: unknown): TouchedTable {
  const { table, family, chains } = members(value, 'tables')
  if (family !== 'ipv4' && family !== 'ipv6') throw broken('family', 'is none')
  return {
    place: { table: word(table, 'table'), family },
    chains: list(chains, 'chains').map((value) => {
      const { name, before, after } = members(value, 'chains')
      const named = word(name, 'name')
      const chain = before === null ? undefined : readBefore(named, before)
      return { name: named, before: chain, after: after === null ? undefined : readAfter(after, chain) }
    }),
  }
}

function readBefore(name: string, value: unknown): ListedChain {
  const { policy, rules } = members(value, 'before')
  return { name, ...policyOf(policy), rules: list(rules, 'rules').map(readRule) }
}

function readAfter(
  value: unknown,
  before: ListedChain | undefined,
): { readonly policy?: string; readonly rules: readonly ForeseenRule[] } {
  const { policy, rules } = members(value, 'after')
  return {
    ...policyOf(policy),
    rules: list(rules, 'rules').map((rule): ForeseenRule => {
      if (typeof rule !== 'number') return { text: word(rule, 'rules') }
      const stays = before?.rules[rule]
      if (stays === undefined) throw broken('rules', 'names a rule that was not there')
      return { ...stays, from: rule }
    }),
  }
}

function policyOf(policy: unknown): { readonly policy?: string } {
  return policy === undefined ? {} : { policy: word(policy, 'policy') }
}

const COUNTED = /^\[(\d+):(\d+)\] ?/

function readRule(value: unknown): ListedText {
  const line = word(value, 'rules')
  const [head, packets, bytes] = COUNTED.exec(line) ?? []
  if (head === undefined || packets === undefined || bytes === undefined) return { text: line }
  const counters: Counters = { packets: count(packets), bytes: count(bytes) }
  return { text: line.slice(head.length), counters }
}

function readSet(value: unknown): TouchedSet {
  const { name, do: verb, create, take, put } = members(value, 'sets')
  const named = word(name, 'name')
  if (verb === 'destroy') return { name: named, do: verb }
  if (verb === 'entries')
    return {
      name: named,
      do: verb,
      take: list(take, 'take').map((line) => word(line, 'take')),
      put: list(put, 'put').map((line) => word(line, 'put')),
    }
  if (verb !== 'create' && verb !== 'rebuild' && verb !== 'change') throw broken('do', 'is none')
  return {
    name: named,
    do: verb,
    create: word(create, 'create'),
    take: list(take, 'take').map((element) => word(element, 'take')),
    put: list(put, 'put').map((line) => word(line, 'put')),
  }
}

function parseJson(text: string): Readonly<Record<string, unknown>> {
  try {
    return members(JSON.parse(text), 'document')
  } catch (error) {
    if (error instanceof SyntaxError) throw broken('document', 'is not JSON')
    throw error
  }
}

function members(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw broken(path, 'is no object')
}

function list(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw broken(path, 'is no list')
}

function word(value: unknown, path: string): string {
  if (typeof value === 'string') return value
  throw broken(path, 'is no text')
}

function instant(value: unknown, path: string): bigint {
  if (typeof value === 'string' && /^\d{1,19}$/.test(value)) return BigInt(value)
  throw broken(path, 'is no number of nanoseconds')
}

function broken(path: string, what: string): ChainmailError {
  return new ChainmailError(
    'journal-broken',
    `The journal of a probation cannot be read: its ${path} ${what}. Compare the rules and sets with what they should be.`,
    { path },
  )
}
