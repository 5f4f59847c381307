import { type AnyText, type Kind, type Membered, refuse, type Spelled } from '../kind.ts'

// In the order of their numbers, as iptables-save prints them. RFC 9260, 3.2; RFC 8260; RFC 5061; RFC 6525;
// RFC 4820; RFC 3758
const chunkNames = [
  'DATA',
  'INIT',
  'INIT_ACK',
  'SACK',
  'HEARTBEAT',
  'HEARTBEAT_ACK',
  'ABORT',
  'SHUTDOWN',
  'SHUTDOWN_ACK',
  'ERROR',
  'COOKIE_ECHO',
  'COOKIE_ACK',
  'ECN_ECNE',
  'ECN_CWR',
  'SHUTDOWN_COMPLETE',
  'I_DATA',
  'ASCONF_ACK',
  'RE_CONFIG',
  'PAD',
  'FORWARD_TSN',
  'ASCONF',
  'I_FORWARD_TSN',
] as const

// RFC 9260, 3.2, and those named above, in the order of the names.
const chunkNumbers = [
  0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x40, 0x80, 0x82,
  0x84, 0xc0, 0xc1, 0xc2,
]

/** The number of a chunk type. */
export function chunkNumber(name: string): number | undefined {
  const names: readonly string[] = chunkNames
  return chunkNumbers[names.indexOf(name)]
}

type ChunkName = (typeof chunkNames)[number]

// iptables-save does not print the flags of I_DATA, so they are not taken.
const flagLetters: ReadonlyMap<string, string> = new Map([
  ['DATA', 'IUBE'],
  ['ABORT', 'T'],
  ['SHUTDOWN_COMPLETE', 'T'],
])

const scopes = ['all', 'any', 'only'] as const

/** A chunk type, with flags that are up (capital) or down (small) where it has any: `'INIT'`, `'DATA:Be'`. */
export type Chunk = ChunkName | `${ChunkName}:${string}`

/** Which chunk types have to be there; `['ALL']` is every number that a type may have, `[]` none. */
export interface ChunkTypes {
  readonly scope: (typeof scopes)[number]
  readonly types: readonly (Chunk | 'ALL')[]
}

const expects = `all, any or only, with a list of ${chunkNames.join(', ')}, ALL or NONE`

interface Letters {
  readonly up: Set<string>
  readonly down: Set<string>
}

function readTypes(items: readonly unknown[]): readonly (Chunk | 'ALL')[] {
  const chosen = new Map<string, Letters>()
  for (const item of items) {
    const word = typeof item === 'string' ? item : refuse(item, expects)
    const colon = word.indexOf(':')
    const type = (colon === -1 ? word : word.slice(0, colon)).toUpperCase()
    const letters = colon === -1 ? '' : word.slice(colon + 1)
    const seen = chosen.get(type) ?? { up: new Set(), down: new Set() }
    chosen.set(type, seen)
    for (const letter of letters) {
      const capital = letter.toUpperCase()
      if (flagLetters.get(type)?.includes(capital) !== true) refuse(item, expects)
      if (letter === capital) seen.up.add(capital)
      else seen.down.add(capital)
    }
  }
  if (chosen.size === 1 && chosen.has('ALL')) return ['ALL']
  const types = chunkNames.flatMap((name): Chunk[] => {
    const letters = chosen.get(name)
    return letters === undefined ? [] : [writtenChunk(name, letters)]
  })
  return types.length === chosen.size ? types : refuse(items, expects)
}

/** A letter that is asked for both ways counts as capital. */
function writtenChunk(name: ChunkName, { up, down }: Letters): Chunk {
  const letters = Array.from(flagLetters.get(name) ?? '')
    .map((letter) => (up.has(letter) ? letter : down.has(letter) ? letter.toLowerCase() : ''))
    .join('')
  return letters === '' ? name : `${name}:${letters}`
}

function read(scope: unknown, types: readonly unknown[]): ChunkTypes {
  const word = typeof scope === 'string' ? scope.toLowerCase() : ''
  const found = scopes.find((one) => one === word) ?? refuse(scope, expects)
  return { scope: found, types: readTypes(types) }
}

/** The two words of `--chunk-types`. */
export const chunkTypes: Kind<
  ChunkTypes,
  { scope: ChunkTypes['scope']; types: readonly (Chunk | 'ALL' | AnyText)[] }
> &
  Membered<{ readonly types: Spelled<Chunk | 'ALL' | `${Lowercase<ChunkName>}${'' | `:${string}`}`> }> = {
  words: 2,
  expects,
  schema: {
    type: 'object',
    properties: {
      scope: { enum: scopes },
      types: { type: 'array', items: { type: 'string' }, examples: [['INIT', 'DATA:Be']] },
    },
    required: ['scope', 'types'],
    additionalProperties: false,
  },
  parse: (words, at) => {
    const list = words[at + 1] ?? ''
    const types = list.toUpperCase() === 'NONE' ? [] : list.split(',').filter((item) => item !== '')
    return read(words[at], types)
  },
  check: (value) => {
    const fields =
      typeof value === 'object' && value !== null && 'scope' in value && 'types' in value ? value : undefined
    if (fields === undefined || !Array.isArray(fields.types) || Object.keys(fields).length !== 2)
      return refuse(value, expects)
    return read(fields.scope, fields.types)
  },
  render: ({ scope, types }) => `${scope} ${types.length === 0 ? 'NONE' : types.join(',')}`,
}
