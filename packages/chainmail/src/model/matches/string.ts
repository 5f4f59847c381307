import { match, option } from '../extension.ts'
import { choice } from '../kinds/choice.ts'
import { flag } from '../kinds/flag.ts'
import { integer } from '../kinds/number.ts'
import { bytesOfText, patternBytes, patternText, textOfBytes } from '../kinds/pattern.ts'
import { isNegation } from '../negation.ts'

const LAST_OFFSET = 65_535

const offset = integer(0, LAST_OFFSET)

/** Writes the pattern in the other of its two ways, if that is the one that iptables-save takes. */
function other(pattern: unknown, write: (pattern: string) => string | undefined): unknown {
  const plain = isNegation(pattern) ? pattern.not : pattern
  const written = typeof plain === 'string' ? write(plain) : undefined
  return written !== undefined && isNegation(pattern) ? { not: written } : written
}

// iptables-extensions(8), string
export const string = match('string', {
  about: 'Looks for a text or for bytes in the packet.',
  options: {
    string: option('--string', patternText, {
      about: 'The text, 1 to 128 bytes.',
      negatable: true,
      excludes: ['hexString'],
    }),
    hexString: option('--hex-string', patternBytes, {
      about: 'The bytes, in hexadecimal between bars. A pattern that is printable is held as string.',
      negatable: true,
    }),
    algo: option('--algo', choice(['bm', 'kmp']), {
      about: 'How to search: bm (Boyer-Moore) or kmp (Knuth-Pratt-Morris).',
      required: true,
    }),
    from: option('--from', offset, { about: 'Where the search begins; 0 if not given.', omitted: 0 }),
    to: option('--to', offset, {
      about: 'Where the search ends; the end of the packet if not given.',
      omitted: LAST_OFFSET,
    }),
    icase: option('--icase', flag, { about: 'Case does not matter.' }),
  },
  settle: ({ string, hexString, ...others }) => {
    const asBytes = other(string, bytesOfText)
    const asText = other(hexString, textOfBytes)
    return {
      ...others,
      string: asBytes === undefined ? (string ?? asText) : undefined,
      hexString: asText === undefined ? (hexString ?? asBytes) : undefined,
    }
  },
  refuses: ({ string, hexString, from = 0, to = LAST_OFFSET }) => {
    if (string === undefined && hexString === undefined) return 'string needs string or hexString'
    return Number(from) > Number(to) ? 'from has to be at most to' : undefined
  },
})
