/**
 * The create options of ipset(8), as a table. Reading, writing, checking and the TypeScript type are derived from it.
 */
import { InputError, KernelError, quote } from '../errors.ts'
import { addressText, addressValue, rangeText, rangeValues } from './create-range.ts'
import { type CreateValues, dataFlags, type SetFamily } from './messages.ts'
import { type SetTypeDefinition, setTypes } from './types.ts'

/** The largest timeout in seconds: the kernel counts in milliseconds, in 31 bits. */
export const maximumTimeout = 2147483

interface NumberOption {
  kind: 'number'
  attribute: 'hashsize' | 'maxelem' | 'bucketsize' | 'netmask' | 'markmask' | 'size' | 'timeout' | 'initval'
  minimum: number
  maximum: number
  /** `ipset save` prints it in hexadecimal. */
  hexadecimal?: true
}

interface FlagOption {
  kind: 'flag'
  flag: number
}

interface AddressOption {
  kind: 'address'
  attribute: 'bitmask'
}

interface RangeOption {
  kind: 'range'
}

export type CreateOption = NumberOption | FlagOption | AddressOption | RangeOption

const unsigned32 = 0xffffffff

/** The kernel takes no more than 2 GiB for the buckets of a set, 8 bytes each, and says of more that its memory is full. */
const mostBuckets = 2 ** 27

export const createOptions = {
  /**
   * What a bitmap covers, at most 65536 entries: `192.0.2.0-192.0.2.255` or `192.0.2.0/24`, and `0-1023` for
   * bitmap:port. It is read back with its two ends.
   */
  range: { kind: 'range' },
  /** How many members a list:set can have, 4 at least. 8 unless told otherwise. */
  size: { kind: 'number', attribute: 'size', minimum: 1, maximum: unsigned32 },
  /** The bits of a mark that hash:ip,mark stores and matches; all unless told otherwise. */
  markmask: { kind: 'number', attribute: 'markmask', minimum: 1, maximum: unsigned32, hexadecimal: true },
  /** How many buckets the hash begins with; the kernel rounds up to a power of two. 1024 unless told otherwise. */
  hashsize: { kind: 'number', attribute: 'hashsize', minimum: 1, maximum: mostBuckets },
  /** The most entries that the set can hold. 65536 unless told otherwise; it can't be changed later. */
  maxelem: { kind: 'number', attribute: 'maxelem', minimum: 1, maximum: unsigned32 },
  /** The most entries of a hash bucket, an even number from 2 to 14. Needs Linux 5.11. */
  bucketsize: { kind: 'number', attribute: 'bucketsize', minimum: 2, maximum: 14 },
  /** A prefix length: each address is stored and matched as its network. */
  netmask: { kind: 'number', attribute: 'netmask', minimum: 1, maximum: 128 },
  /** A mask that is put over each address; excludes netmask. Needs Linux 6.3. */
  bitmask: { kind: 'address', attribute: 'bitmask' },
  /** The entries expire: after that many seconds unless they say otherwise. 0 to 2147483, 0 is never. */
  timeout: { kind: 'number', attribute: 'timeout', minimum: 0, maximum: maximumTimeout },
  /** Each entry counts packets and bytes. */
  counters: { kind: 'flag', flag: dataFlags.counters },
  /** Entries can have a comment. */
  comment: { kind: 'flag', flag: dataFlags.comment },
  /** Entries can have a mark, a priority and a queue for the packets that they match. */
  skbinfo: { kind: 'flag', flag: dataFlags.skbinfo },
  /** A full set makes room for a new entry by dropping a random one. `ipset save` does not print it. */
  forceadd: { kind: 'flag', flag: dataFlags.forceadd },
  /** The hash's start value, random unless told otherwise. Needs Linux 5.11. */
  initval: { kind: 'number', attribute: 'initval', minimum: 0, maximum: unsigned32, hexadecimal: true },
} as const satisfies Record<string, CreateOption>

export type CreateOptionName = keyof typeof createOptions

type OptionValue<Kind> = Kind extends 'number' ? number : Kind extends 'flag' ? boolean : string

type OptionValues = { [Name in CreateOptionName]?: OptionValue<(typeof createOptions)[Name]['kind']> }

/** The create options of a set, in ipset(8)'s own words. */
export interface CreateOptions extends OptionValues {
  /** `inet` (IPv4, the default) or `inet6`. */
  family?: SetFamily
}

/**
 * The attributes of a create command.
 * @throws InputError `bad-set-option`
 */
export function createValues(
  typeName: string,
  type: SetTypeDefinition,
  options: CreateOptions,
): CreateValues {
  const values: CreateValues = {}
  let flags = 0
  for (const [name, value] of Object.entries(options)) {
    if (name === 'family' || value === undefined) continue
    if (!isCreateOption(name) || type.createOptions[name] === undefined)
      throw new InputError('bad-set-option', `Sets of type ${typeName} have no create option ${quote(name)}.`)
    const option: CreateOption = createOptions[name]
    if (option.kind === 'number') values[option.attribute] = checkedNumber(name, option, value)
    else if (option.kind === 'flag') flags |= checkedFlag(name, value) ? option.flag : 0
    else if (option.kind === 'address') values[option.attribute] = addressValue(String(value))
    else Object.assign(values, rangeValues(typeName, String(value)))
  }
  if (type.createOptions.range !== undefined && options.range === undefined)
    throw new InputError(
      'bad-set-option',
      `Sets of type ${typeName} need the create option range, such as ${typeName === 'bitmap:port' ? '0-1023' : '192.0.2.0/24'}.`,
    )
  if (flags !== 0) values.flags = flags
  return values
}

/**
 * Refuses options that the revision of the type in this kernel does not have yet.
 * @throws KernelError `set-option-unsupported`
 */
export function checkRevision(
  typeName: string,
  type: SetTypeDefinition,
  options: CreateOptions,
  revision: number,
  operation: string,
): void {
  for (const [name, value] of Object.entries(options)) {
    if (!isCreateOption(name) || value === undefined || value === false) continue
    const since = type.createOptions[name] ?? 0
    if (since > revision)
      throw new KernelError(
        'set-option-unsupported',
        `This kernel has ${typeName} in revision ${revision}, and the option ${name} needs revision ${since}. Leave the option out, or use a newer kernel.`,
        { operation },
      )
  }
}

/** The options that a set was created with, as the kernel lists them. */
export function readCreateOptions(typeName: string, family: SetFamily, values: CreateValues): CreateOptions {
  const options: CreateOptions = hasFamilies(typeName) ? { family } : {}
  const flags = values.flags ?? 0
  for (const [name, option] of Object.entries<CreateOption>(createOptions)) {
    const value =
      option.kind === 'flag'
        ? (flags & option.flag) !== 0 || undefined
        : option.kind === 'number'
          ? values[option.attribute]
          : option.kind === 'address'
            ? addressText(values[option.attribute])
            : rangeText(values)
    if (value !== undefined) Object.assign(options, { [name]: value })
  }
  return options
}

/** Types that this library does not know yet are most likely hashes of addresses. */
function hasFamilies(typeName: string): boolean {
  const families = Object.hasOwn(setTypes, typeName) ? setTypes[typeName]?.families : undefined
  return families === undefined ? typeName.startsWith('hash:') : families.length > 1
}

export function isCreateOption(name: string): name is CreateOptionName {
  return Object.hasOwn(createOptions, name)
}

function checkedNumber(name: string, option: NumberOption, value: unknown): number {
  if (
    typeof value === 'number' &&
    Number.isInteger(value) &&
    value >= option.minimum &&
    value <= option.maximum
  )
    return value
  throw new InputError(
    'bad-set-option',
    `The create option ${name} must be a whole number from ${option.minimum} to ${option.maximum}, not ${quote(String(value))}.`,
  )
}

function checkedFlag(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw new InputError(
    'bad-set-option',
    `The create option ${name} is true or false, not ${quote(String(value))}.`,
  )
}
