import type { Family } from '@chainmail/kernel'
import type { ListedRule, RuleInput } from 'chainmail'
import type { Scope } from './entries.ts'
import { type Action, actions, type Chain, type Entry, keyOf } from './entry.ts'
import { type Network, readNetwork } from './network.ts'

/** The kernel's chain. */
export function builtInChain(chain: Chain): string {
  return chain.toUpperCase()
}

/** The chain that the built-in one jumps to, for the entries of all actions. */
export function ownedChain(chain: Chain): string {
  return `chainmail-${chain}`
}

/** The set of the entries that say nothing but a network. */
export function setName({ chain, family }: Scope, action: Action): string {
  return `chainmail-${chain}-${action}${family === 'ipv4' ? 4 : 6}`
}

/** A rule as this protocol sees it; `rule` is what the library takes for it. */
export type Line =
  | { readonly is: 'entry'; readonly entry: Entry; readonly rule: RuleInput | string }
  /** Refers to the set of an action. */
  | { readonly is: 'set'; readonly action: Action; readonly rule: RuleInput | string }
  /** Leads to the owned chain. */
  | { readonly is: 'jump'; readonly rule: RuleInput | string }
  /** Anything else: none of this protocol's business. */
  | { readonly is: 'general'; readonly rule: string }

/** Equal for lines that do the same; undefined for a general one. */
export function lineKey(line: Line): string | undefined {
  if (line.is === 'entry') return keyOf(line.entry)
  if (line.is === 'set') return `set ${line.action}`
  return line.is === 'jump' ? 'jump' : undefined
}

export function entryLine(entry: Entry): Line {
  const { inInterface, outInterface, source, destination, action } = entry
  const rule: RuleInput = {
    ...(inInterface === undefined ? {} : { inInterface }),
    ...(outInterface === undefined ? {} : { outInterface }),
    ...(source === undefined ? {} : { source: source.text }),
    ...(destination === undefined ? {} : { destination: destination.text }),
    target: action.toUpperCase(),
  }
  return { is: 'entry', entry, rule }
}

export function setLine(scope: Scope, action: Action): Line {
  const matchSet = [setName(scope, action), direction(scope)] as const
  return { is: 'set', action, rule: { matches: { set: { matchSet } }, target: action.toUpperCase() } }
}

/** A rule of chainmail's own in a chain that is not its own carries this comment. */
export function jumpLine(chain: Chain): Line {
  return { is: 'jump', rule: { matches: { comment: { comment: OWNED_COMMENT } }, target: ownedChain(chain) } }
}

const OWNED_COMMENT = 'chainmail'

function direction({ chain }: Scope): string {
  return chain === 'output' ? 'dst' : 'src'
}

/**
 * Recognises a rule. Simple ones, as rfw calls them, have no protocol and nothing extra, and in input neither a
 * destination nor an outward interface, in output neither a source nor an inward interface.
 */
export function readLine(rule: ListedRule, scope: Scope): Line {
  const words = rule.text
  if (rule.goto !== undefined || rule.fragment !== undefined || rule.protocol !== undefined)
    return { is: 'general', rule: words }
  if (isJump(rule, scope)) return { is: 'jump', rule: words }
  const action = readAction(rule, scope.family)
  if (action === undefined) return { is: 'general', rule: words }
  if (isSetRule(rule, scope, action)) return { is: 'set', action, rule: words }
  const entry = rule.matches === undefined ? readEntry(rule, scope, action) : undefined
  return entry === undefined ? { is: 'general', rule: words } : { is: 'entry', entry, rule: words }
}

function isJump(rule: ListedRule, { chain }: Scope): boolean {
  const { matches = {} } = rule
  return (
    rule.target === ownedChain(chain) &&
    isBare(rule) &&
    Object.keys(matches).every((name) => name === 'comment')
  )
}

function isSetRule(rule: ListedRule, scope: Scope, action: Action): boolean {
  const { matches } = rule
  if (matches === undefined || !isBare(rule) || !('set' in matches) || Object.keys(matches).length !== 1)
    return false
  const { matchSet, ...more } = matches.set ?? {}
  const reference = Array.isArray(matchSet) ? matchSet : []
  return (
    reference[0] === setName(scope, action) &&
    reference[1] === direction(scope) &&
    Object.keys(more).length === 0
  )
}

function isBare({ inInterface, outInterface, source, destination }: ListedRule): boolean {
  return [inInterface, outInterface, source, destination].every((value) => value === undefined)
}

function readEntry(rule: ListedRule, { chain, family }: Scope, action: Action): Entry | undefined {
  const { inInterface, outInterface } = rule
  const [source, destination] = [readSide(rule.source, family), readSide(rule.destination, family)]
  if (isNegated(inInterface) || isNegated(outInterface) || source === null || destination === null)
    return undefined
  if (chain === 'input' && (destination !== undefined || outInterface !== undefined)) return undefined
  if (chain === 'output' && (source !== undefined || inInterface !== undefined)) return undefined
  return {
    action,
    chain,
    family,
    ...(inInterface === undefined ? {} : { inInterface }),
    ...(outInterface === undefined ? {} : { outInterface }),
    ...(source === undefined ? {} : { source }),
    ...(destination === undefined ? {} : { destination }),
  }
}

/** The answer that REJECT gives when nothing else is said. iptables-extensions(8), REJECT */
const usualAnswer: Readonly<Record<Family, string>> = {
  ipv4: 'icmp-port-unreachable',
  ipv6: 'icmp6-port-unreachable',
}

function readAction({ target }: ListedRule, family: Family): Action | undefined {
  if (typeof target === 'string') return actions.find((action) => action.toUpperCase() === target)
  const { rejectWith } = target?.REJECT ?? {}
  return rejectWith === usualAnswer[family] ? 'reject' : undefined
}

/** undefined for any; null for what no entry can say: a negation, or a mask with holes. */
function readSide(value: ListedRule['source'], family: Family): Network | undefined | null {
  if (value === undefined) return undefined
  if (isNegated(value)) return null
  try {
    const network = readNetwork(value)
    return network.family === family ? network : null
  } catch {
    return null
  }
}

function isNegated<Value>(
  value: Value | { readonly not: Value } | undefined,
): value is { readonly not: Value } {
  return typeof value === 'object' && value !== null && 'not' in value
}
