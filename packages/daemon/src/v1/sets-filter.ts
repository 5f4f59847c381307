import { type Address, parseAddress, type SetEntry, setTypes } from '@chainmail/kernel'
import { ChainmailError, contains as holds, networkBlock } from 'chainmail'

/** Which entries are wanted; what is absent does not matter. */
export interface EntryWish {
  /** An address or network that the entry has to hold as a whole. */
  readonly contains?: string
  /** A network that has to hold the entry as a whole. */
  readonly within?: string
  /** What the comment has to hold. */
  readonly comment?: string
}

const addressParts: ReadonlySet<string> = new Set([
  'address',
  'singleAddress',
  'secondAddress',
  'secondSingleAddress',
])

/**
 * Decides which entries of a set of this type are wanted. Of elements with two addresses, one is enough.
 * @throws AddressError or ChainmailError `bad-address`; ChainmailError `bad-request` where the type has no addresses
 */
export function entryFilter(
  type: string,
  { contains, within, comment }: EntryWish,
): (entry: SetEntry) => boolean {
  const tests: ((entry: SetEntry) => boolean)[] = []
  if (comment !== undefined) tests.push((entry) => entry.comment?.includes(comment) === true)
  if (contains !== undefined) {
    const inner = networkBlock(contains)
    tests.push(someAddress(type, (part) => holds(part, inner)))
  }
  if (within !== undefined) {
    const outer = networkBlock(within)
    tests.push(someAddress(type, (part) => holds(outer, part)))
  }
  return (entry) => tests.every((test) => test(entry))
}

function someAddress(type: string, test: (address: Address) => boolean): (entry: SetEntry) => boolean {
  const parts = Object.hasOwn(setTypes, type) ? (setTypes[type]?.element ?? []) : []
  const places = parts.flatMap((part, index) => (addressParts.has(part) ? [index] : []))
  const [only, ...more] = places
  if (only === undefined)
    throw new ChainmailError('bad-request', `Sets of type ${type} hold no addresses to look for.`, {
      path: 'querystring',
    })
  if (parts.length === 1) return ({ element }) => test(parseAddress(element))
  return ({ element }) => {
    const words = element.split(',')
    return [only, ...more].some((place) => test(parseAddress(words[place] ?? '')))
  }
}
