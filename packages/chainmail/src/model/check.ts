import { ChainmailError } from '../errors.ts'
import { refuseLongLine } from '../text/line-limits.ts'
import { type Draft, emptyDraft, finish, knownMatch, knownTarget } from './draft.ts'
import { type Context, shown } from './kind.ts'
import { maskedNetwork } from './kinds/address.ts'
import { count } from './kinds/count.ts'
import { flag } from './kinds/flag.ts'
import { interfaceName } from './kinds/interface.ts'
import { protocol } from './kinds/protocol.ts'
import { checkNegatable } from './negation.ts'
import { checkOpaque } from './opaque.ts'
import { checkOptions, noneGiven } from './options.ts'
import { reading } from './reading.ts'
import type { RepeatedOptions } from './repeated-options.ts'
import type { Rule } from './rule.ts'

type Reader = (draft: Draft, value: unknown, context: Context) => void

const members: Readonly<Record<keyof Rule, Reader>> = {
  protocol: (draft, value, context) => {
    draft.protocol = checkNegatable(value, true, 'protocol', (plain) => protocol.check(plain, context))
  },
  source: (draft, value, context) => {
    draft.source = checkNegatable(value, true, 'source', (plain) => maskedNetwork.check(plain, context))
  },
  destination: (draft, value, context) => {
    draft.destination = checkNegatable(value, true, 'destination', (plain) =>
      maskedNetwork.check(plain, context),
    )
  },
  inInterface: (draft, value, context) => {
    draft.inInterface = checkNegatable(value, true, 'inInterface', (plain) =>
      interfaceName.check(plain, context),
    )
  },
  outInterface: (draft, value, context) => {
    draft.outInterface = checkNegatable(value, true, 'outInterface', (plain) =>
      interfaceName.check(plain, context),
    )
  },
  fragment: (draft, value, context) => {
    draft.fragment = checkNegatable(value, true, 'fragment', (plain) => flag.check(plain, context))
  },
  matches: readMatches,
  target: readTarget,
  goto: (draft, value) => {
    draft.goto = text(value, 'goto')
  },
  counters: readCounters,
}

/**
 * Takes a rule from data: a value of {@link RuleInput}, or anything that came from outside.
 *
 * @param repeated what the rules before it said, where there are many
 * @throws ChainmailError `bad-rule`, `unknown-option` or `bad-request`, with the path of the member at fault.
 */
export function checkRule(input: unknown, context: Context, repeated?: RepeatedOptions): Rule {
  const draft = emptyDraft()
  for (const [key, value] of Object.entries(record(input, 'rule'))) {
    if (value === undefined) continue
    if (!isMember(key)) {
      throw new ChainmailError(
        'bad-request',
        `rule: ${shown(key)} is not a member of a rule; it has ${Object.keys(members).join(', ')}.`,
        { path: key },
      )
    }
    members[key](draft, value, context)
  }
  const rule = finish(draft, context, repeated)
  refuseLongLine(rule, context)
  return rule
}

function isMember(key: string): key is keyof Rule {
  return Object.hasOwn(members, key)
}

function record(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value
  throw new ChainmailError('bad-request', `${path}: ${shown(value)} is not an object.`, { path })
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown, path: string): string {
  if (typeof value === 'string') return value
  throw new ChainmailError('bad-rule', `${path}: ${shown(value)} is not a name.`, { path })
}

function readMatches(draft: Draft, value: unknown, context: Context): void {
  const groups = Array.isArray(value) ? value : [value]
  groups.forEach((group: unknown, index) => {
    const base = Array.isArray(value) ? `matches[${index}]` : 'matches'
    for (const [name, options] of Object.entries(record(group, base))) {
      if (options === undefined) continue
      const path = `${base}.${name}`
      if (name === 'opaque') {
        draft.matches.push({ path, opaque: checkOpaque(options, path) })
        continue
      }
      const extension = knownMatch(name, context, path)
      if (extension === undefined) {
        throw new ChainmailError(
          'bad-rule',
          `${path}: no match has this name; an unknown one is written as opaque, with its name and text.`,
          { path },
        )
      }
      draft.matches.push({ path, extension, given: checkOptions(extension, options, path, context) })
    }
  })
}

function readTarget(draft: Draft, value: unknown, context: Context): void {
  if (typeof value === 'string') {
    draft.target = named(value, knownTarget(value, context))
    return
  }
  const [only, ...more] = Object.entries(record(value, 'target'))
  if (only === undefined || more.length > 0) {
    throw new ChainmailError(
      'bad-rule',
      'target: an object with exactly one member, the target’s name, is wanted.',
      { path: 'target' },
    )
  }
  const [name, options] = only
  const path = `target.${name}`
  if (name === 'opaque') {
    draft.target = { name, opaque: checkOpaque(options, path) }
    return
  }
  const extension = knownTarget(name, context, path)
  if (extension === undefined) {
    throw new ChainmailError(
      'bad-rule',
      `${path}: no target has this name; a chain is written as a string, an unknown target as opaque.`,
      { path },
    )
  }
  draft.target = { name, extension, given: checkOptions(extension, options, path, context) }
}

function named(name: string, extension: ReturnType<typeof knownTarget>): Draft['target'] {
  return extension === undefined ? { name } : { name, extension, given: noneGiven(extension) }
}

function readCounters(draft: Draft, value: unknown): void {
  const { packets, bytes, ...rest } = record(value, 'counters')
  const [surplus] = Object.keys(rest)
  if (surplus !== undefined) {
    throw new ChainmailError('bad-request', `counters: ${shown(surplus)} is not a member of counters.`, {
      path: 'counters',
    })
  }
  draft.counters = {
    packets: reading('counters.packets', () => count(packets)),
    bytes: reading('counters.bytes', () => count(bytes)),
  }
}
