import { type Kind, refuse } from '../kind.ts'

const flagNames = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'] as const
export type TcpFlag = (typeof flagNames)[number]

/** Of the flags in `mask`, exactly those in `set` are up. */
export interface TcpFlags {
  readonly mask: readonly TcpFlag[]
  readonly set: readonly TcpFlag[]
}

/** Looks at no flag, which is always so; always the same object. */
export const NO_FLAGS: TcpFlags = { mask: [], set: [] }

const list = { type: 'array', items: { enum: flagNames }, uniqueItems: true }

/** The two words of `--tcp-flags`: lists of flags, or ALL, or NONE. */
export const tcpFlags: Kind<TcpFlags> = {
  words: 2,
  expects: `two lists of ${flagNames.join(', ')}, ALL or NONE: the flags to look at, and those of them that are up`,
  schema: {
    type: 'object',
    properties: { mask: list, set: list },
    required: ['mask', 'set'],
    additionalProperties: false,
  },
  parse: (words, at) => settled(readWord(words[at]), readWord(words[at + 1])),
  check: (value) =>
    isFlags(value) ? settled(readNames(value.mask), readNames(value.set)) : refuse(value, tcpFlags.expects),
  render: ({ mask, set }) => `${written(mask)} ${written(set)}`,
}

function settled(mask: readonly TcpFlag[], set: readonly TcpFlag[]): TcpFlags {
  return mask.length === 0 && set.length === 0 ? NO_FLAGS : { mask, set }
}

function isFlags(value: unknown): value is { mask: unknown[]; set: unknown[] } {
  if (typeof value !== 'object' || value === null || !('mask' in value) || !('set' in value)) return false
  return Array.isArray(value.mask) && Array.isArray(value.set) && Object.keys(value).length === 2
}

function readWord(word = ''): readonly TcpFlag[] {
  const name = word.toUpperCase()
  if (name === 'ALL') return flagNames
  return name === 'NONE' ? [] : readNames(name.split(','))
}

function readNames(names: readonly unknown[]): readonly TcpFlag[] {
  const chosen = new Set(names)
  const flags = flagNames.filter((name) => chosen.has(name))
  return flags.length === chosen.size ? flags : refuse(names.join(','), tcpFlags.expects)
}

function written(flags: readonly TcpFlag[]): string {
  return flags.length === 0 ? 'NONE' : flags.join(',')
}
