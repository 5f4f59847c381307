import { ChainmailError } from '../errors.ts'
import type { Negatable } from './extension.ts'
import { type Context, shown } from './kind.ts'
import { isEverything } from './kinds/address.ts'
import { isChainName } from './names/chain.ts'
import { complete, type Given, noneGiven } from './options.ts'
import { refuseTable } from './placement.ts'
import { type Compiled, existsElsewhere, findMatch, findTarget } from './registry.ts'
import type { RepeatedOptions } from './repeated-options.ts'
import type { Counters, Matches, Opaque, Rule, TargetOptions } from './rule.ts'

/** A match as it is being read. */
export type DraftMatch = { readonly path: string } & (
  | { readonly extension: Compiled; readonly given: Given }
  | { readonly opaque: Opaque }
)

/** A rule as it is being read, from data or from text; {@link finish} makes a rule of it. */
export interface Draft {
  protocol: Negatable<string> | undefined
  source: Negatable<string> | undefined
  destination: Negatable<string> | undefined
  inInterface: Negatable<string> | undefined
  outInterface: Negatable<string> | undefined
  fragment: Negatable<true> | undefined
  readonly matches: DraftMatch[]
  target:
    | {
        readonly name: string
        readonly given?: Given
        readonly extension?: Compiled
        readonly opaque?: Opaque
      }
    | undefined
  goto: string | undefined
  counters: Counters | undefined
}

export function emptyDraft(): Draft {
  return {
    protocol: undefined,
    source: undefined,
    destination: undefined,
    inInterface: undefined,
    outInterface: undefined,
    fragment: undefined,
    matches: [],
    target: undefined,
    goto: undefined,
    counters: undefined,
  }
}

/** The match of this name for the family; undefined if the model does not know it at all. */
export function knownMatch(name: string, context: Context, path?: string): Compiled | undefined {
  return findMatch(name, context.family) ?? refuseElsewhere('match', name, context, path ?? `matches.${name}`)
}

/** The target of this name for the family; undefined if the model does not know it at all. */
export function knownTarget(name: string, context: Context, path = 'target'): Compiled | undefined {
  return findTarget(name, context.family) ?? refuseElsewhere('target', name, context, path)
}

function refuseElsewhere(
  role: 'match' | 'target',
  name: string,
  { family }: Context,
  path: string,
): undefined {
  if (!existsElsewhere(role, name)) return
  throw new ChainmailError('bad-rule', `${path}: the ${role} ${name} does not exist for ${family}.`, { path })
}

/**
 * The finished rule: canonical, and checked as a whole.
 *
 * @param repeated what the rules of the same text said before it
 */
export function finish(draft: Draft, context: Context, repeated?: RepeatedOptions): Rule {
  const rule: { -readonly [K in keyof Rule]: Rule[K] } = {}
  const { protocol } = draft
  if (protocol !== undefined && protocol !== 'all') {
    if (typeof protocol === 'object' && protocol.not === 'all') {
      throw new ChainmailError('bad-rule', 'protocol: no packet has a protocol other than all.', {
        path: 'protocol',
      })
    }
    rule.protocol = protocol
  }
  if (draft.source !== undefined && !isAnyAddress(draft.source)) rule.source = draft.source
  if (draft.destination !== undefined && !isAnyAddress(draft.destination))
    rule.destination = draft.destination
  if (draft.inInterface !== undefined && draft.inInterface !== '+') rule.inInterface = draft.inInterface
  if (draft.outInterface !== undefined && draft.outInterface !== '+') rule.outInterface = draft.outInterface
  if (draft.fragment !== undefined) {
    if (context.family === 'ipv6') {
      throw new ChainmailError('bad-rule', 'fragment: IPv6 rules have no -f; use the frag match.', {
        path: 'fragment',
      })
    }
    rule.fragment = draft.fragment
  }
  if (draft.matches.length > 0) rule.matches = finishMatches(draft.matches, rule.protocol, context, repeated)
  if (draft.target !== undefined) rule.target = finishTarget(draft.target, rule.protocol, context, repeated)
  if (draft.goto !== undefined) {
    if (draft.target !== undefined) {
      throw new ChainmailError('bad-rule', 'goto: a rule has either a target or a goto.', { path: 'goto' })
    }
    if (!isChainName(draft.goto) || findTarget(draft.goto, context.family) !== undefined) {
      throw new ChainmailError('bad-rule', `goto: ${shown(draft.goto)} is not the name of a chain.`, {
        path: 'goto',
      })
    }
    rule.goto = draft.goto
  }
  if (draft.counters !== undefined) rule.counters = draft.counters
  return rule
}

function isAnyAddress(value: Negatable<string>): boolean {
  return typeof value === 'string' && isEverything(value)
}

/** One object if every name stands once, else a list of objects that keeps the order. */
function finishMatches(
  matches: readonly DraftMatch[],
  protocol: Negatable<string> | undefined,
  context: Context,
  repeated: RepeatedOptions | undefined,
): Matches | readonly Matches[] {
  let group: Record<string, unknown> = {}
  const groups = [group]
  for (const match of matches) {
    const name = 'opaque' in match ? 'opaque' : match.extension.name
    if (group[name] !== undefined) {
      group = {}
      groups.push(group)
    }
    group[name] =
      'opaque' in match
        ? match.opaque
        : completeFor(protocol, match.extension, match.given, match.path, context, repeated)
  }
  return groups.length === 1 ? group : groups
}

function completeFor(
  protocol: Negatable<string> | undefined,
  extension: Compiled,
  given: Given,
  path: string,
  context: Context,
  repeated: RepeatedOptions | undefined,
): Readonly<Record<string, unknown>> {
  const found = repeated?.find(extension, given, protocol, context)
  if (found !== undefined) return found
  refuseProtocol(extension, protocol, path)
  const options = complete(extension, given, path, context)
  refuseTable(extension, options, path, context)
  const wrong = extension.refuses?.(options, typeof protocol === 'string' ? protocol : undefined, context)
  if (wrong !== undefined) throw new ChainmailError('bad-rule', `${path}: ${wrong}.`, { path })
  repeated?.keep(extension, given, protocol, context, options)
  return options
}

function refuseProtocol(extension: Compiled, protocol: Negatable<string> | undefined, path: string): void {
  const { protocols } = extension
  if (protocols === undefined) return
  if (typeof protocol === 'string' && protocols.includes(protocol)) return
  const needed = protocols.length === 1 ? protocols[0] : `one of ${protocols.join(', ')}`
  throw new ChainmailError(
    'bad-rule',
    `${path}: ${extension.name} needs the rule's protocol to be ${needed}.`,
    { path },
  )
}

function finishTarget(
  target: NonNullable<Draft['target']>,
  protocol: Negatable<string> | undefined,
  context: Context,
  repeated: RepeatedOptions | undefined,
): string | TargetOptions {
  const { name, extension, given, opaque } = target
  if (opaque !== undefined) return { opaque }
  if (extension === undefined) {
    if (!isChainName(name))
      throw new ChainmailError('bad-rule', `target: ${shown(name)} is not the name of a target or chain.`, {
        path: 'target',
      })
    return name
  }
  const options = completeFor(
    protocol,
    extension,
    given ?? noneGiven(extension),
    extension.path,
    context,
    repeated,
  )
  return isEmpty(options) ? extension.name : { [extension.name]: options }
}

function isEmpty(options: object): boolean {
  for (const _ in options) return false
  return true
}
