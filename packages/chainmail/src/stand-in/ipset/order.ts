import { isIP } from 'node:net'
import { parseAddress, type SetDescription, type SetEntry } from '@chainmail/kernel'

/**
 * Entries as `ipset -sorted` prints them: by the words of their parts. Of networks of one IPv4 address the narrowest
 * comes first. The members of a list have an order of their own.
 */
export function sortedEntries({ type }: SetDescription, entries: readonly SetEntry[]): readonly SetEntry[] {
  if (type === 'list:set') return entries
  return entries
    .map((entry) => ({ entry, key: keyOf(entry.element) }))
    .toSorted((one, other) => compareKeys(one.key, other.key))
    .map(({ entry }) => entry)
}

/** The words of an element. */
type Key = readonly (string | number | Uint8Array)[]

function keyOf(element: string): Key {
  return element.split(',').flatMap((part): Key => {
    const [address = '', prefix = '32'] = part.split('/')
    if (isIP(address) === 4) return [parseAddress(address).bytes, -Number(prefix)]
    return part.split(/[:-]/).map((word) => (/^\d+$/.test(word) ? Number(word) : word))
  })
}

function compareKeys(one: Key, other: Key): number {
  for (const [index, value] of one.entries()) {
    const difference = compareValues(value, other[index] ?? '')
    if (difference !== 0) return difference
  }
  return 0
}

/** Nothing comes first, then numbers by their size, then words by their length. */
function compareValues(one: Key[number], other: Key[number]): number {
  if (one instanceof Uint8Array && other instanceof Uint8Array) return Buffer.compare(one, other)
  if (typeof one === 'number' && typeof other === 'number') return one - other
  if (typeof one === 'number') return other === '' ? 1 : -1
  if (typeof other === 'number') return one === '' ? -1 : 1
  const [text, otherText] = [String(one), String(other)]
  if (text.length !== otherText.length) return text.length - otherText.length
  return text < otherText ? -1 : Number(text > otherText)
}
