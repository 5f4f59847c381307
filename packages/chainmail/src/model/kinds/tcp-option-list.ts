import { type AnyText, type Bounded, type Kind, refuse, type Spelled } from '../kind.ts'
import { readInteger } from './number.ts'

// The names of iptables -j TCPOPTSTRIP -h; the numbers of RFC 9293, 7323, 2018 and 2385.
const rows = [
  ['mss', 2],
  ['wscale', 3],
  ['sack-permitted', 4],
  ['sack', 5],
  ['timestamp', 8],
  ['md5', 19],
] as const
type Name = (typeof rows)[number][0]
const byName: ReadonlyMap<unknown, number> = new Map<unknown, number>(rows)

/** The name of a TCP option, as iptables lists it. */
export function tcpOptionName(number: number): string | undefined {
  for (const [name, known] of byName) if (known === number && typeof name === 'string') return name
  return undefined
}

const FIRST = 2
const LAST = 255

/** Numbers of TCP options in ascending order, each once; those of the end and of padding are none. */
export const tcpOptionList: Kind<
  readonly number[],
  readonly (number | Name | AnyText)[] | number | Name | AnyText
> &
  Bounded<2, 255> &
  Spelled<Name | `${number}`, ','> = {
  words: 1,
  expects: `a list of TCP options, each once: numbers of ${FIRST} to ${LAST} or ${[...byName.keys()].join(', ')}`,
  schema: {
    type: 'array',
    items: { anyOf: [{ type: 'integer', minimum: FIRST, maximum: LAST }, { enum: [...byName.keys()] }] },
    minItems: 1,
    uniqueItems: true,
  },
  parse: (words, at) => read((words[at] ?? '').split(','), words[at]),
  check: (value) => {
    if (typeof value === 'string') return read(value.split(','), value)
    return read(Array.isArray(value) ? value : [value], value)
  },
  render: (value) => value.join(','),
}

function read(items: readonly unknown[], whole: unknown): readonly number[] {
  const numbers = items.map((item) => {
    const number = byName.get(item) ?? readInteger(String(item))
    return number !== undefined && number >= FIRST && number <= LAST
      ? number
      : refuse(whole, tcpOptionList.expects)
  })
  const different = new Set(numbers)
  if (different.size === 0 || different.size < numbers.length) refuse(whole, tcpOptionList.expects)
  return numbers.sort((one, other) => one - other)
}
