import { ChainmailError } from '../errors.ts'
import type { Negatable } from './extension.ts'
import { type Context, shown } from './kind.ts'
import { isEverything } from './kinds/address.ts'
import { isChainName } from './names/chain.ts'
import { complete, type Given } from './options.ts'
import { type Compiled, existsElsewhere, findMatch, findTarget } from './registry.ts'
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
export function knownMatch(name: string, path: string, context: Context): Compiled | undefined {
  return known('match', name, path, context)
}

/** The target of this name for the family; undefined if the model does not know it at all. */
export function knownTarget(name: string, path: string, context: Context): Compiled | undefined {
  return known('target', name, path, context)
}

function known(
  role: 'match' | 'target',
  name: string,
  path: string,
  { family }: Context,
): Compiled | undefined {
  const found = role === 'match' ? findMatch(name, family) : findTarget(name, family)
  if (found === undefined && existsElsewhere(role, name)) {
    throw new ChainmailError('bad-rule', `${path}: the ${role} ${name} does not exist for ${family}.`, {
      path,
    })
  }
  return found
}

/** The finished rule: canonical, and checked as a whole. */
export function finish(draft: Draft, context: Context): Rule {
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
  if (draft.matches.length > 0)
    rule.matches = gather(draft.matches.map((match) => finishMatch(match, rule.protocol, context)))
  if (draft.target !== undefined) rule.target = finishTarget(draft.target, rule.protocol, context)
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

type Finished = readonly [name: string, options: unknown]

function finishMatch(draft: DraftMatch, protocol: Negatable<string> | undefined, context: Context): Finished {
  if ('opaque' in draft) return ['opaque', draft.opaque]
  const { extension, given, path } = draft
  return [extension.name, completeFor(protocol, extension, given, path, context)]
}

function completeFor(
  protocol: Negatable<string> | undefined,
  extension: Compiled,
  given: Given,
  path: string,
  context: Context,
): Readonly<Record<string, unknown>> {
  refuseProtocol(extension, protocol, path)
  const options = complete(extension, given, path, context)
  const wrong = extension.refuses?.(options, typeof protocol === 'string' ? protocol : undefined)
  if (wrong !== undefined) throw new ChainmailError('bad-rule', `${path}: ${wrong}.`, { path })
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

/** One object if every name stands once, else a list of objects that keeps the order. */
function gather(matches: readonly Finished[]): Matches | readonly Matches[] {
  const objects: Record<string, unknown>[] = [{}]
  for (const [name, options] of matches) {
    const last = objects.at(-1)
    if (last === undefined || name in last) objects.push({ [name]: options })
    else last[name] = options
  }
  const [only, ...more] = objects
  return more.length === 0 && only !== undefined ? only : objects
}

function finishTarget(
  target: NonNullable<Draft['target']>,
  protocol: Negatable<string> | undefined,
  context: Context,
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
  const options = completeFor(protocol, extension, given ?? new Map(), 'target', context)
  return Object.keys(options).length === 0 ? name : { [name]: options }
}
