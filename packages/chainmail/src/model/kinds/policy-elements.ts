import type { Negatable, Shorthand } from '../extension.ts'
import { type Addressed, type Bounded, type Context, type Kind, type Membered, refuse } from '../kind.ts'
import { checkNegatable, isNegation } from '../negation.ts'
import type { Network } from './address.ts'
import { choice } from './choice.ts'
import { bits32 } from './hexadecimal.ts'
import { hostNetwork } from './host-network.ts'
import { integer } from './number.ts'

/** XT_POLICY_MAX_ELEM. uapi/linux/netfilter/xt_policy.h */
const GREATEST_COUNT = 4

type Encapsulation = 'ah' | 'esp' | 'ipcomp'

/** One element of an IPsec policy. */
export interface PolicyElement {
  readonly reqid?: Negatable<number>
  /** The security parameter index. */
  readonly spi?: Negatable<number>
  readonly proto?: Negatable<Encapsulation>
  readonly mode?: Negatable<'transport' | 'tunnel'>
  /** The end of the tunnel, in mode tunnel. */
  readonly tunnelDst?: Negatable<Network>
  /** The beginning of the tunnel, in mode tunnel. */
  readonly tunnelSrc?: Negatable<Network>
}

interface Field {
  readonly key: keyof PolicyElement
  readonly flag: `--${string}`
  readonly kind: Kind<unknown>
  read(value: unknown, context: Context): PolicyElement
}

function field<Value>(
  key: keyof PolicyElement,
  flag: `--${string}`,
  kind: Kind<Value, unknown>,
  put: (value: Negatable<Value>) => PolicyElement,
): Field {
  const read = (value: unknown, context: Context) =>
    put(checkNegatable(value, true, `elements.${key}`, (plain) => kind.check(plain, context)))
  return { key, flag, kind, read }
}

// In the order in which iptables-save prints them.
const fields: readonly Field[] = [
  field('reqid', '--reqid', integer(0, 4_294_967_295), (reqid) => ({ reqid })),
  field('spi', '--spi', bits32, (spi) => ({ spi })),
  field(
    'proto',
    '--proto',
    choice(['ah', 'esp', 'ipcomp'], { aliases: { 51: 'ah', 50: 'esp', 108: 'ipcomp' } }),
    (proto) => ({ proto }),
  ),
  field('mode', '--mode', choice(['transport', 'tunnel']), (mode) => ({ mode })),
  field('tunnelDst', '--tunnel-dst', hostNetwork, (tunnelDst) => ({ tunnelDst })),
  field('tunnelSrc', '--tunnel-src', hostNetwork, (tunnelSrc) => ({ tunnelSrc })),
]

const expects = `a list of 1 to ${GREATEST_COUNT} objects, each with at least one of ${fields.map(({ key }) => key).join(', ')}`

function readElement(value: unknown, context: Context): PolicyElement {
  if (typeof value !== 'object' || value === null) return refuse(value, expects)
  const members = new Map<string, unknown>(Object.entries(value))
  const parts = fields
    .filter(({ key }) => members.get(key) !== undefined)
    .map(({ key, read }) => read(members.get(key), context))
  if (parts.length === 0 || parts.length !== members.size) refuse(value, expects)
  return Object.assign({}, ...parts)
}

function writeElement(element: PolicyElement, context: Context): string {
  return fields
    .flatMap(({ key, flag, kind }) => {
      const value = element[key]
      if (value === undefined) return []
      return isNegation(value)
        ? ['!', flag, kind.render(value.not, context)]
        : [flag, kind.render(value, context)]
    })
    .join(' ')
}

/** The elements of a policy. Each of their members has a spelling of its own: {@link policySpellings}. */
export const policyElements: Kind<readonly PolicyElement[]> &
  Membered<{
    readonly reqid: Bounded<0, 4_294_967_295>
    readonly spi: Bounded<0, 4_294_967_295>
    readonly tunnelDst: Addressed
    readonly tunnelSrc: Addressed
  }> = {
  words: 1,
  spells: true,
  expects,
  schema: {
    type: 'array',
    minItems: 1,
    maxItems: GREATEST_COUNT,
    items: {
      type: 'object',
      properties: Object.fromEntries(
        fields.map(({ key, kind: { schema } }) => [
          key,
          {
            anyOf: [
              schema,
              { type: 'object', properties: { not: schema }, required: ['not'], additionalProperties: false },
            ],
          },
        ]),
      ),
      minProperties: 1,
      additionalProperties: false,
    },
  },
  parse: (words, at) => refuse(words[at], expects),
  check: (value, context) =>
    Array.isArray(value) && value.length > 0 && value.length <= GREATEST_COUNT
      ? value.map((element) => readElement(element, context))
      : refuse(value, expects),
  render: (value, context) => value.map((element) => writeElement(element, context)).join(' --next '),
}

type Unfinished = Readonly<Record<string, unknown>>

function elementsSoFar(elements: unknown): readonly Unfinished[] {
  return Array.isArray(elements) ? elements : [{}]
}

/** Adds a member to the newest element. */
function withMember(elements: unknown, key: string, value: unknown): readonly Unfinished[] {
  const before = elementsSoFar(elements)
  const newest = before.at(-1) ?? {}
  if (key in newest) refuse(key, 'given once in each element')
  const members: Unfinished = { ...newest, [key]: value }
  const present = fields.filter((one) => one.key in members).map((one) => [one.key, members[one.key]])
  return [...before.slice(0, -1), Object.fromEntries(present)]
}

/** What may be written of the elements under this key, `--next` between one and the next. */
export function policySpellings(key: string): readonly Shorthand[] {
  const members = fields.map(
    (one): Shorthand => ({
      flag: one.flag,
      key,
      negatable: true,
      kind: one.kind,
      gather: (elements, value) => withMember(elements, one.key, value),
    }),
  )
  const next: Shorthand = {
    flag: '--next',
    key,
    value: true,
    gather: (elements) => {
      const before = elementsSoFar(elements)
      return before.length < GREATEST_COUNT ? [...before, {}] : refuse('another element', expects)
    },
  }
  return [...members, next]
}
