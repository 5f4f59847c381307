import { type Bounded, type Kind, refuse, type Spelled } from '../kind.ts'
import { readInteger } from './number.ts'

/** An option's type, or its type and the length of its data in bytes: `5`, `'149:92'`. */
export type HeaderOption = number | `${number}:${number}`

// IP6T_OPTS_OPTSNR
const MAX_OPTIONS = 16
/** Stands for any length. */
const ANY_LENGTH = 255

/** The options that a header has one after another: `[5, '149:92']`; type 0 (Pad1) has no length. */
export const headerOptions: Kind<readonly HeaderOption[], readonly (number | string)[] | number | string> &
  Bounded<0, 255> &
  Spelled<`${number}` | `${number}:${number}`, ','> = {
  words: 1,
  expects: `a list of up to ${MAX_OPTIONS} types of 0 to 255, each with its length if wanted, such as 149:92,12`,
  schema: {
    type: 'array',
    items: {
      anyOf: [
        { type: 'integer', minimum: 0, maximum: 255 },
        { type: 'string', pattern: '^[0-9]{1,3}:[0-9]{1,3}$' },
      ],
    },
    minItems: 1,
    maxItems: MAX_OPTIONS,
  },
  parse: (words, at) => read((words[at] ?? '').split(','), words[at]),
  check: (value) => {
    if (Array.isArray(value)) return read(value, value)
    return typeof value === 'string' || typeof value === 'number'
      ? read(String(value).split(','), value)
      : refuse(value, headerOptions.expects)
  },
  render: (options) => options.join(','),
}

function read(items: readonly unknown[], whole: unknown): readonly HeaderOption[] {
  const options = items.map((item) =>
    typeof item === 'string' || typeof item === 'number' ? readOption(String(item)) : undefined,
  )
  const known = options.filter((option) => option !== undefined)
  const good = known.length > 0 && known.length === items.length && known.length <= MAX_OPTIONS
  return good ? known : refuse(whole, headerOptions.expects)
}

function readOption(item: string): HeaderOption | undefined {
  const colon = item.indexOf(':')
  const type = readByte(colon === -1 ? item : item.slice(0, colon))
  if (type === undefined || colon === -1) return type
  const length = readByte(item.slice(colon + 1))
  if (length === undefined || type === 0) return undefined
  return length === ANY_LENGTH ? type : `${type}:${length}`
}

function readByte(text: string): number | undefined {
  const value = readInteger(text)
  return value !== undefined && value <= 255 ? value : undefined
}
