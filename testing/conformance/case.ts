import type { Backend, Family } from 'chainmail'

/** What one backend of iptables made of an input. */
export interface Answer {
  readonly accepted: boolean
  /** What its save printed. */
  readonly saved: string
  /** What it said where it refused; empty if the corpus does not tell. */
  readonly words: string
}

/** A rule as it follows `-A CHAIN`, and what each backend made of it. */
export interface RuleCase {
  readonly kind: 'rule'
  readonly source: string
  readonly family: Family
  readonly table: string
  readonly chain: string
  readonly rule: string
  readonly answers: Readonly<Record<Backend, Answer>>
}

/** An input of restore, or the arguments behind `-A`, and what one backend made of it. */
export interface InputCase {
  readonly kind: 'restore' | 'argv'
  readonly source: string
  readonly family: Family
  readonly table: string
  readonly input: string
  readonly backend: Backend
  readonly answer: Answer
}

/** A whole ruleset as iptables-restore reads it. */
export interface DumpCase {
  readonly kind: 'dump'
  readonly source: string
  readonly family: Family
  readonly text: string
}

export type Case = RuleCase | InputCase | DumpCase

/**
 * Takes a case from a line of a corpus.
 *
 * @param place where the line stands; the source of a case that names none
 * @throws Error when the line is no case
 */
export function parseCase(line: string, place: string): RuleCase | InputCase {
  const members = membersOf(JSON.parse(line), place)
  const family = members.family
  if (family !== 'ipv4' && family !== 'ipv6') throw new Error(`${place}: family is neither ipv4 nor ipv6`)
  const table = text(members, 'table', place)
  const source = typeof members.source === 'string' ? members.source : place
  if ('rule' in members) {
    const chain = text(members, 'chain', place)
    const rule = text(members, 'rule', place)
    const answers = {
      nft: backendAnswer(members.nft, chain, place),
      legacy: backendAnswer(members.legacy, chain, place),
    }
    return { kind: 'rule', source, family, table, chain, rule, answers }
  }
  const { kind, backend } = members
  if ((kind !== 'restore' && kind !== 'argv') || (backend !== 'nft' && backend !== 'legacy'))
    throw new Error(`${place}: neither a rule nor an input of restore or of a command`)
  const { rc, saved, error } = members
  const answer = { accepted: rc === 0, saved: textOrNothing(saved), words: textOrNothing(error) }
  return { kind, source, family, table, input: text(members, 'input', place), backend, answer }
}

function membersOf(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value))
  throw new Error(`${place}: not an object`)
}

function textOrNothing(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function text(members: Readonly<Record<string, unknown>>, name: string, place: string): string {
  const value = members[name]
  if (typeof value === 'string') return value
  throw new Error(`${place}: ${name} is not a text`)
}

/** What save printed without `-A CHAIN`. */
function backendAnswer(value: unknown, chain: string, place: string): Answer {
  const { ok, saved, error } = membersOf(value, place)
  const line = textOrNothing(saved)
  return {
    accepted: ok === true,
    saved: line.startsWith(`-A ${chain}`) ? line.slice(chain.length + 4) : line,
    words: textOrNothing(error),
  }
}
