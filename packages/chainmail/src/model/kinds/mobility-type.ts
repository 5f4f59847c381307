import { type AnyText, type Bounded, type Kind, type Spelled, wordKind } from '../kind.ts'
import type { Beginnings } from '../literal-text.ts'
import { type IntegerRange, readInteger } from './number.ts'

const GREATEST = 255

// The names by number, as `ip6tables -p mh -h` lists them; RFC 3775, 6.1
const types = [
  ['binding-refresh-request', 'brr'],
  ['home-test-init', 'hoti'],
  ['careof-test-init', 'coti'],
  ['home-test', 'hot'],
  ['careof-test', 'cot'],
  ['binding-update', 'bu'],
  ['binding-acknowledgement', 'ba'],
  ['binding-error', 'be'],
] as const
type Name = (typeof types)[number][number]

/** The name of a type, as ip6tables lists it. */
export function mobilityTypeName(type: number): string | undefined {
  return types[type]?.[0]
}

function readType(word: string): number | undefined {
  const number = readInteger(word)
  if (number !== undefined) return number <= GREATEST ? number : undefined
  const name = word.toLowerCase()
  const exact = types.findIndex((names) => names.some((one) => one === name))
  if (exact !== -1) return exact
  // Of the names that begin so, ip6tables takes the first.
  const first = name === '' ? -1 : types.findIndex((names) => names.some((one) => one.startsWith(name)))
  return first === -1 ? undefined : first
}

/** A type of mobility header: a number of 0 to 255, a range such as `'1:4'`, or a name. */
export const mobilityType: Kind<number | IntegerRange, number | Name | AnyText> &
  Bounded<0, 255> &
  Spelled<Beginnings<Name> | `${number}`, ':', true> = wordKind<
  number | IntegerRange,
  number | Name | AnyText
>({
  expects: `a number of 0 to ${GREATEST}, a range such as 1:4, or one of ${types.map(([name]) => name).join(', ')}`,
  schema: { anyOf: [{ type: 'integer', minimum: 0, maximum: GREATEST }, { type: 'string' }] },
  read: (word) => {
    const colon = word.indexOf(':')
    if (colon === -1) return readType(word)
    const first = colon === 0 ? 0 : readType(word.slice(0, colon))
    const last = colon === word.length - 1 ? GREATEST : readType(word.slice(colon + 1))
    if (first === undefined || last === undefined || first > last) return undefined
    return first === last ? first : `${first}:${last}`
  },
})
