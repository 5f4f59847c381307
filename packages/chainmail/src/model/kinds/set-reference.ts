import { quoteName } from '../../text/quote.ts'
import { type Kind, type Membered, refuse, type Spelled } from '../kind.ts'
import { writable } from './text.ts'

/** A set's name and the parts of the packet that are looked up in it: `['customers', 'src,dst']`. */
export type SetReference = readonly [name: string, directions: string]

// IPSET_MAXNAMELEN is 32 with the closing NUL, IPSET_DIM_MAX is 6. uapi/linux/netfilter/ipset/ip_set.h
const MAX_NAME_BYTES = 31
const DIRECTIONS = /^(?:src|dst)(?:,(?:src|dst)){0,5}$/

/** The two words of `--match-set`, `--add-set` and their like. */
export const setReference: Kind<SetReference> & Membered<{ readonly 1: Spelled<'src' | 'dst', ','> }> = {
  words: 2,
  expects: `a set's name (1 to ${MAX_NAME_BYTES} bytes) with one to six of src and dst, such as ['customers', 'src']`,
  schema: {
    type: 'array',
    items: { type: 'string' },
    minItems: 2,
    maxItems: 2,
    description: 'name of the set, and src or dst for each of its dimensions',
  },
  parse: (words, at) => read(words[at], words[at + 1]),
  check: (value) =>
    Array.isArray(value) && value.length === 2
      ? read(value[0], value[1])
      : refuse(value, setReference.expects),
  render: ([name, directions]) => `${quoteName(name)} ${directions}`,
}

function read(name: unknown, directions: unknown): SetReference {
  const good =
    typeof name === 'string' &&
    typeof directions === 'string' &&
    name !== '' &&
    writable(name) &&
    Buffer.byteLength(name) <= MAX_NAME_BYTES &&
    DIRECTIONS.test(directions)
  return good ? [name, directions] : refuse([name, directions], setReference.expects)
}
