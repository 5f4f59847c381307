/**
 * What a key may do, as data: what `POST /v1/keys` takes, the store keeps, and `chainmail keys create --permissions FILE`
 * reads. What is not said is not allowed.
 *
 * ```json
 * {
 *   "read": true,
 *   "ban": { "longest": "1d", "widest": { "ipv4": 24, "ipv6": 48 }, "scopes": ["everything", "tcp:22"], "sets": ["blocklist"], "perMinute": 60, "unban": true },
 *   "edit": { "chains": ["filter/app-*", "ipv6/raw/PREROUTING"], "sets": ["customers"] }
 * }
 * ```
 *
 * `{ "everything": true }` stands alone, but for `"secondFactor": true`, which all of them may have. `"ban": {}` is any ban, without taking any back.
 */
import { addressBits, type Family } from '@chainmail/kernel'
import { ChainmailError, elementScopes, parseDuration, parseScope, readScope } from 'chainmail'

export type Permissions = Everything | SomePermissions

/** What is no permission, but a condition of those beside it. */
interface Conditions {
  /**
   * Whatever changes more than bans takes a one-time password. It holds for everybody who has these, said or not; who
   * has none yet, and has to, can do nothing of that kind.
   */
  readonly secondFactor?: true
}

export interface Everything extends Conditions {
  readonly everything: true
  readonly ban?: undefined
}

export interface SomePermissions extends Conditions {
  readonly everything?: undefined
  /** Everything that changes nothing: rules, sets, bans, the history, events, what would change, metrics. */
  readonly read?: true
  readonly ban?: BanPermission
  readonly edit?: EditPermission
}

export interface BanPermission {
  /** Seconds; absent for any time, and for ever. */
  readonly longest?: number
  /** The shortest prefix for each family; absent for any. A range counts as the network of as many addresses. */
  readonly widest?: Readonly<Partial<Record<Family, number>>>
  /** Scopes in one word, one port each; absent for any, empty for none: then only `sets` are left. */
  readonly scopes?: readonly string[]
  /** Sets, as patterns, to which entries may be added within the same limits. One that is there is renewed with `unban` alone. */
  readonly sets?: readonly string[]
  /** How many bans and entries are made in a minute at most. */
  readonly perMinute?: number
  /** Whether bans and entries may be taken back, and made shorter, whoever has made them. */
  readonly unban?: true
}

/** Patterns: a `*` at the end stands for any rest. */
export interface EditPermission {
  /** `table/chain` for both families, or `ipv4/table/chain`. */
  readonly chains: readonly string[]
  /** Sets by their names, and lists of the match recent as `recent:name`. */
  readonly sets: readonly string[]
}

export const mayEverything: Everything = { everything: true }

/** No caller needs more, and each list is looked through at each request. */
const MOST_PATTERNS = 256
const LONGEST_PATTERN = 100
const MOST_A_MINUTE = 1_000_000

type Members = Readonly<Record<string, unknown>>

/**
 * Reads permissions.
 * @throws ChainmailError `bad-request`, with the path of the member at fault
 */
export function readPermissions(value: unknown, path = 'permissions'): Permissions {
  const names = ['everything', 'read', 'ban', 'edit', 'secondFactor'] as const
  const { everything, read, ban, edit, secondFactor } = membersOf(value, path, names)
  const isEverything = readTrue(everything, `${path}.everything`)
  const rest: SomePermissions = {
    ...(readTrue(read, `${path}.read`) && { read: true }),
    ...(ban === undefined ? {} : { ban: readBanPermission(ban, `${path}.ban`) }),
    ...(edit === undefined ? {} : { edit: readEditPermission(edit, `${path}.edit`) }),
  }
  const isSome = Object.keys(rest).length > 0
  if (isEverything && isSome) throw wrong(path, 'everything stands alone: leave the other members out')
  if (!isEverything && !isSome) throw wrong(path, 'it allows nothing; it has read, ban, edit or everything')
  const granted: Permissions = isEverything ? mayEverything : rest
  return readTrue(secondFactor, `${path}.secondFactor`) ? { ...granted, secondFactor: true } : granted
}

function readBanPermission(value: unknown, path: string): BanPermission {
  const names = ['longest', 'widest', 'scopes', 'sets', 'perMinute', 'unban'] as const
  const { longest, widest, scopes, sets, perMinute, unban } = membersOf(value, path, names)
  return {
    ...(longest === undefined ? {} : { longest: readLongest(longest, `${path}.longest`) }),
    ...(widest === undefined ? {} : { widest: readWidest(widest, `${path}.widest`) }),
    ...(scopes === undefined ? {} : { scopes: readScopes(scopes, `${path}.scopes`) }),
    ...(sets === undefined ? {} : { sets: textsOf(sets, `${path}.sets`).map(patternAt(`${path}.sets`)) }),
    ...(perMinute === undefined
      ? {}
      : { perMinute: readNumber(perMinute, 1, MOST_A_MINUTE, `${path}.perMinute`) }),
    ...(readTrue(unban, `${path}.unban`) && { unban: true }),
  }
}

function readEditPermission(value: unknown, path: string): EditPermission {
  const { chains = [], sets = [] } = membersOf(value, path, ['chains', 'sets'])
  return {
    chains: textsOf(chains, `${path}.chains`).map((text, index) =>
      readChainPattern(text, `${path}.chains[${index}]`),
    ),
    sets: textsOf(sets, `${path}.sets`).map(patternAt(`${path}.sets`)),
  }
}

const CHAIN = /^(?:(?:ipv4|ipv6)\/)?(?:filter|nat|mangle|raw|security)\/.+$/

function readChainPattern(text: string, path: string): string {
  if (text !== '*' && !CHAIN.test(text))
    throw wrong(
      path,
      `${shown(text)} is not table/chain, such as filter/INPUT, ipv6/filter/app-* or nat/*, nor *`,
    )
  return readPattern(text, path)
}

function patternAt(path: string): (text: string, index: number) => string {
  return (text, index) => readPattern(text, `${path}[${index}]`)
}

function readPattern(text: string, path: string): string {
  if (text === '' || text.length > LONGEST_PATTERN)
    throw wrong(path, `a pattern has 1 to ${LONGEST_PATTERN} characters`)
  if (text.slice(0, -1).includes('*')) throw wrong(path, `${shown(text)} has a * that is not at its end`)
  return text
}

function readLongest(value: unknown, path: string): number {
  try {
    return parseDuration(value)
  } catch (error) {
    throw wrong(path, error instanceof Error ? error.message.replace(/\.$/, '') : 'it is no duration')
  }
}

function readWidest(value: unknown, path: string): NonNullable<BanPermission['widest']> {
  const { ipv4, ipv6 } = membersOf(value, path, ['ipv4', 'ipv6'])
  const prefix = (given: unknown, family: Family) =>
    given === undefined ? {} : { [family]: readNumber(given, 0, addressBits(family), `${path}.${family}`) }
  return { ...prefix(ipv4, 'ipv4'), ...prefix(ipv6, 'ipv6') }
}

function readScopes(value: unknown, path: string): string[] {
  return textsOf(value, path).flatMap((word, index) => {
    try {
      return elementScopes(parseScope(readScope(word)))
    } catch (error) {
      const words = error instanceof Error ? error.message.replace(/\.$/, '') : 'it is no scope'
      throw wrong(`${path}[${index}]`, words)
    }
  })
}

function membersOf<Name extends string>(
  value: unknown,
  path: string,
  names: readonly Name[],
): Readonly<Partial<Record<Name, unknown>>> {
  if (!isMembers(value)) throw wrong(path, `it has to be an object with ${names.join(', ')}`)
  const surplus = Object.keys(value).find((name) => !names.some((known) => known === name))
  if (surplus !== undefined)
    throw wrong(path, `${shown(surplus)} is not a member of it; ${names.join(', ')} are`)
  const found: Partial<Record<Name, unknown>> = {}
  for (const name of names) if (Object.hasOwn(value, name)) found[name] = value[name]
  return found
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readTrue(value: unknown, path: string): boolean {
  if (value === undefined || value === false) return false
  if (value === true) return true
  throw wrong(path, 'it has to be true or false')
}

function readNumber(value: unknown, from: number, to: number, path: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) return value
  throw wrong(path, `it has to be a whole number from ${from} to ${to}`)
}

function textsOf(value: unknown, path: string): readonly string[] {
  if (
    Array.isArray(value) &&
    value.length <= MOST_PATTERNS &&
    value.every((item) => typeof item === 'string')
  )
    return value
  throw wrong(path, `it has to be a list of at most ${MOST_PATTERNS} texts`)
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 60))
}

function wrong(path: string, what: string): ChainmailError {
  return new ChainmailError('bad-request', `${path}: ${what}.`, { path })
}
