import { quote } from '@chainmail/kernel'
import type { Entry } from './entry.ts'
import { type AddressRange, rangeOf, rangesOverlap, readNetwork } from './network.ts'

/** Addresses and networks that no request may touch. rfw.conf: whitelist.file */
export class Whitelist {
  readonly #ranges: readonly AddressRange[]

  constructor(ranges: readonly AddressRange[]) {
    this.#ranges = ranges
  }

  /** Whether an address that the entry names, or covers by a network, is on the list. */
  touches({ source, destination }: Entry): boolean {
    return [source, destination].some((network) => {
      if (network === undefined) return false
      const named = rangeOf(network)
      return this.#ranges.some((range) => rangesOverlap(range, named))
    })
  }
}

/** The list cannot be read; the message names the line. */
export class WhitelistError extends Error {
  override readonly name = 'WhitelistError'
}

/**
 * Reads a list in the format of rfw's white.list: one address, network, or range `192.0.2.1-192.0.2.9` a line;
 * `#` begins a comment.
 *
 * @throws WhitelistError when a line is none of these, or none is there
 */
export function parseWhitelist(text: string): Whitelist {
  const ranges = whitelistEntries(text).map(({ words, line }) => readRange(words, line))
  if (ranges.length === 0) throw new WhitelistError('the whitelist holds no address')
  return new Whitelist(ranges)
}

/** What stands in the lines of such a list, unread. */
function whitelistEntries(text: string): readonly { readonly words: string; readonly line: number }[] {
  return text
    .split('\n')
    .map((line, index) => ({ words: line.replace(/#.*$/, '').trim(), line: index + 1 }))
    .filter(({ words }) => words !== '')
}

/**
 * The entries of such a list, each as one word: an address, a network, or a range.
 * @throws WhitelistError
 */
export function readWhitelistEntries(text: string): readonly string[] {
  parseWhitelist(text)
  return whitelistEntries(text).map(({ words }) => words.replaceAll(/\s/g, ''))
}

function readRange(text: string, line: number): AddressRange {
  const [first = '', last, ...more] = text.split('-').map((part) => part.trim())
  try {
    if (last === undefined) return rangeOf(readNetwork(first))
    const [from, to] = [readNetwork(first), readNetwork(last)]
    const single = !first.includes('/') && !last.includes('/')
    if (more.length === 0 && single && from.family === to.family && from.value <= to.value)
      return { family: from.family, first: from.value, last: to.value }
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    throw new WhitelistError(`line ${line} of the whitelist: ${words}`)
  }
  throw new WhitelistError(
    `line ${line} of the whitelist: ${quote(text)} is not an address, a network, or two addresses of a range in their order`,
  )
}
