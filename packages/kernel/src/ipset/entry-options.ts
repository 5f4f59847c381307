/** The entry options of ipset(8): how each is written and read, and what it may be. */
import { InputError, quote } from '../errors.ts'
import { type MessageWriter, NLA_F_NET_BYTEORDER } from '../netlink/message.ts'
import { maximumTimeout } from './create-options.ts'
import type { EntryReader } from './entry-reader.ts'
import { dataFlags, entryAttributes } from './messages.ts'
import { checkComment, checkSetName } from './name.ts'
import type { SetTypeDefinition } from './types.ts'

/**
 * What an entry can hold besides its element. Timeout, counters, comment and skb options need a set that was created
 * with them.
 */
export interface EntryOptions {
  /** Seconds until the entry expires, 0 to 2147483; 0 is never. Read back, it is what is left. */
  timeout?: number
  /** Packets counted, 0 to 18446744073709551614. Read back, always a bigint. */
  packets?: number | bigint
  /** Bytes counted, 0 to 18446744073709551614. Read back, always a bigint. */
  bytes?: number | bigint
  /** At most 255 bytes of UTF-8, without quotation marks and control characters. */
  comment?: string
  /** The mark to set on packets, and optionally the bits to set: `0x10` or `0x10/0xff`. */
  skbmark?: string
  /** The priority to set on packets, a class of tc(8): `1:10`, both numbers hexadecimal. */
  skbprio?: string
  /** The hardware queue to send packets to, 0 to 65535. */
  skbqueue?: number
  /** The entry is an exception: what it holds does not match. */
  nomatch?: boolean
  /** In hash:net,iface: the interface's name is the beginning of names. Needs Linux 5.5. */
  wildcard?: boolean
  /** In list:set: the member that the new one is put in front of, and has to stand in front of. Never read back. */
  before?: string
  /** In list:set: the member that the new one is put behind, and has to stand behind. Never read back. */
  after?: string
}

export type EntryOptionName = keyof EntryOptions

const optionNames: Readonly<Record<EntryOptionName, true>> = {
  timeout: true,
  packets: true,
  bytes: true,
  comment: true,
  skbmark: true,
  skbprio: true,
  skbqueue: true,
  nomatch: true,
  wildcard: true,
  before: true,
  after: true,
}

/** An entry with options. */
export interface EntryRequest extends EntryOptions {
  /** In ipset(8)'s words: `192.0.2.1`, `192.0.2.0/24`, `192.0.2.1-192.0.2.9,udp:53`, `2001:db8::/32,eth0`. */
  element: string
}

/** An entry as the kernel lists it. It can be added to another set as it is. */
export interface SetEntry extends EntryRequest {
  packets?: bigint
  bytes?: bigint
}

/** ipset(8) refuses 2^64 - 1, which the kernel uses for "no value". */
const maximumCounter = 2n ** 64n - 2n

const TIMEOUT = entryAttributes.number('timeout')
const PACKETS = entryAttributes.number('packets')
const BYTES = entryAttributes.number('bytes')
const COMMENT = entryAttributes.number('comment')
const SKBMARK = entryAttributes.number('skbmark')
const SKBPRIO = entryAttributes.number('skbprio')
const SKBQUEUE = entryAttributes.number('skbqueue')
const FLAGS = entryAttributes.number('flags')
const REFERENCE = entryAttributes.number('reference')

const optionBits = [TIMEOUT, PACKETS, BYTES, COMMENT, SKBMARK, SKBPRIO, SKBQUEUE, FLAGS].reduce(
  (bits, number) => bits | (1 << number),
  0,
)

const skbmarkPattern = /^0x([0-9a-f]{1,8})(?:\/0x([0-9a-f]{1,8}))?$/iu
const skbprioPattern = /^([0-9a-f]{1,4}):([0-9a-f]{1,4})$/iu

/**
 * Writes the options that the entry has, and the flags that its element sets.
 * @throws InputError `bad-entry-option`
 */
export function writeEntryOptions(
  writer: MessageWriter,
  entry: EntryRequest,
  typeName: string,
  type: SetTypeDefinition,
  elementFlags: number,
): void {
  let flags = elementFlags
  for (const name in entry) {
    if (name === 'element') continue
    if (!isEntryOption(name) || type.entryOptions[name] === undefined)
      throw new InputError('bad-entry-option', `Entries of type ${typeName} have no option ${quote(name)}.`)
    flags |= writeEntryOption(writer, name, entry)
  }
  writeEntryFlags(writer, flags)
}

/** All flags of an entry are in one attribute, since of two the kernel takes the last. */
export function writeEntryFlags(writer: MessageWriter, flags: number): void {
  if (flags !== 0) writer.uint32be(FLAGS | NLA_F_NET_BYTEORDER, flags)
}

/** Writes an option, or returns its flag. */
function writeEntryOption(writer: MessageWriter, name: EntryOptionName, entry: EntryOptions): number {
  switch (name) {
    case 'timeout':
      if (entry.timeout !== undefined)
        writer.uint32be(
          TIMEOUT | NLA_F_NET_BYTEORDER,
          checkedNumber('timeout', entry.timeout, maximumTimeout),
        )
      break
    case 'packets':
      if (entry.packets !== undefined)
        writer.uint64be(PACKETS | NLA_F_NET_BYTEORDER, checkedCounter('packets', entry.packets))
      break
    case 'bytes':
      if (entry.bytes !== undefined)
        writer.uint64be(BYTES | NLA_F_NET_BYTEORDER, checkedCounter('bytes', entry.bytes))
      break
    case 'comment':
      if (entry.comment !== undefined) {
        checkComment(entry.comment)
        writer.string(COMMENT, entry.comment)
      }
      break
    case 'skbmark':
      if (entry.skbmark !== undefined)
        writer.uint64be(SKBMARK | NLA_F_NET_BYTEORDER, parseSkbmark(entry.skbmark))
      break
    case 'skbprio':
      if (entry.skbprio !== undefined)
        writer.uint32be(SKBPRIO | NLA_F_NET_BYTEORDER, parseSkbprio(entry.skbprio))
      break
    case 'skbqueue':
      if (entry.skbqueue !== undefined)
        writer.uint16be(SKBQUEUE | NLA_F_NET_BYTEORDER, checkedNumber('skbqueue', entry.skbqueue, 0xffff))
      break
    case 'nomatch':
      return entry.nomatch === true ? dataFlags.nomatch : 0
    case 'wildcard':
      return entry.wildcard === true ? dataFlags.wildcard : 0
    case 'before':
      if (entry.before === undefined) break
      if (entry.after !== undefined)
        throw new InputError('bad-entry-option', 'An entry stands before a member or after one, not both.')
      writeReference(writer, entry.before)
      return dataFlags.before
    case 'after':
      if (entry.after !== undefined) writeReference(writer, entry.after)
      break
    default:
      name satisfies never
  }
  return 0
}

function writeReference(writer: MessageWriter, member: string): void {
  checkSetName(member)
  writer.string(REFERENCE, member)
}

/** Adds the options that the kernel listed, in the order in which ipset(8) prints them. */
export function readEntryOptions(reader: EntryReader, entry: SetEntry): void {
  if ((reader.present & optionBits) === 0) return
  const { view } = reader
  const timeout = reader.exact(TIMEOUT, 4)
  if (timeout !== 0) entry.timeout = view.getUint32(timeout)
  const packets = reader.exact(PACKETS, 8)
  if (packets !== 0) entry.packets = view.getBigUint64(packets)
  const bytes = reader.exact(BYTES, 8)
  if (bytes !== 0) entry.bytes = view.getBigUint64(bytes)
  if (reader.start(COMMENT) !== 0) entry.comment = reader.string(COMMENT)
  const skbmark = reader.exact(SKBMARK, 8)
  if (skbmark !== 0) entry.skbmark = formatSkbmark(view.getUint32(skbmark), view.getUint32(skbmark + 4))
  const skbprio = reader.exact(SKBPRIO, 4)
  if (skbprio !== 0) entry.skbprio = formatSkbprio(view.getUint16(skbprio), view.getUint16(skbprio + 2))
  const skbqueue = reader.exact(SKBQUEUE, 2)
  if (skbqueue !== 0) entry.skbqueue = view.getUint16(skbqueue)
  const flagsAt = reader.exact(FLAGS, 4)
  if (flagsAt === 0) return
  const flags = view.getUint32(flagsAt)
  if ((flags & dataFlags.nomatch) !== 0) entry.nomatch = true
  if ((flags & dataFlags.wildcard) !== 0) entry.wildcard = true
}

export function isEntryOption(name: string): name is EntryOptionName {
  return Object.hasOwn(optionNames, name)
}

function checkedNumber(name: string, value: number, maximum: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= maximum) return value
  throw new InputError(
    'bad-entry-option',
    `The entry option ${name} must be a whole number from 0 to ${maximum}, not ${quote(String(value))}.`,
  )
}

function checkedCounter(name: string, value: number | bigint): bigint {
  const counter = typeof value === 'bigint' ? value : Number.isSafeInteger(value) ? BigInt(value) : -1n
  if (counter >= 0n && counter <= maximumCounter) return counter
  throw new InputError(
    'bad-entry-option',
    `The entry option ${name} must be a whole number from 0 to ${maximumCounter}, a bigint above 2^53, not ${quote(String(value))}.`,
  )
}

/** The mark in the upper 32 bits, its mask in the lower; without a mask all bits are set. */
function parseSkbmark(text: string): bigint {
  const match = skbmarkPattern.exec(text)
  if (match === null)
    throw new InputError(
      'bad-entry-option',
      `The entry option skbmark must be a mark such as 0x10 or 0x10/0xff, not ${quote(text)}.`,
    )
  return (BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2] ?? 'ffffffff'}`)
}

function formatSkbmark(mark: number, mask: number): string {
  const text = `0x${mark.toString(16)}`
  return mask === 0xffffffff ? text : `${text}/0x${mask.toString(16)}`
}

function parseSkbprio(text: string): number {
  const match = skbprioPattern.exec(text)
  if (match === null)
    throw new InputError(
      'bad-entry-option',
      `The entry option skbprio must be a class such as 1:10, in hexadecimal, not ${quote(text)}.`,
    )
  return ((Number.parseInt(match[1] ?? '', 16) << 16) | Number.parseInt(match[2] ?? '', 16)) >>> 0
}

function formatSkbprio(major: number, minor: number): string {
  return `${major.toString(16)}:${minor.toString(16)}`
}
