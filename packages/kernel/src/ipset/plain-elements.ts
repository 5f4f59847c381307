/** Marks, interfaces and members: the parts of elements that are one number or one name. */
import { InputError, quote } from '../errors.ts'
import { NLA_F_NET_BYTEORDER } from '../netlink/message.ts'
import type { ElementCodec } from './element-codec.ts'
import { malformedEntry } from './entry-reader.ts'
import { dataFlags, entryAttributes } from './messages.ts'
import { checkInterfaceName, checkSetName } from './name.ts'

const MARK = entryAttributes.number('mark')
const INTERFACE = entryAttributes.number('interface')
const NAME = entryAttributes.number('name')
const FLAGS = entryAttributes.number('flags')

const markPattern = /^(?:0x[0-9a-f]{1,8}|0|[1-9][0-9]{0,9})$/iu

/** A packet's mark, in hexadecimal with 0x or in decimal, written with eight digits. */
export const markCodec: ElementCodec = {
  write(writer, text, start, end) {
    const mark = text.slice(start, end)
    const value = markPattern.test(mark) ? Number(mark) : -1
    if (value < 0 || value > 0xffffffff)
      throw new InputError(
        'bad-element',
        `${quote(mark)} is not a mark. Write a number from 0 to 4294967295, or in hexadecimal such as 0xa.`,
      )
    writer.uint32be(MARK | NLA_F_NET_BYTEORDER, value)
    return 0
  },
  read(entry) {
    const at = entry.exact(MARK, 4)
    if (at === 0) throw malformedEntry()
    return formatMark(entry.view.getUint32(at))
  },
}

/** `0x0000000a`, as ipset(8) prints marks and their masks. */
export function formatMark(mark: number): string {
  return `0x${mark.toString(16).padStart(8, '0')}`
}

/** In front of the name of an interface that is a port of a bridge. */
const bridgePortPrefix = 'physdev:'

/** The name of an interface, or of a port of a bridge. */
export const interfaceCodec: ElementCodec = {
  write(writer, text, start, end) {
    const isBridgePort = text.startsWith(bridgePortPrefix, start)
    const name = text.slice(isBridgePort ? start + bridgePortPrefix.length : start, end)
    checkInterfaceName(name)
    writer.string(INTERFACE, name)
    return isBridgePort ? dataFlags.physdev : 0
  },
  read(entry) {
    if (entry.start(INTERFACE) === 0) throw malformedEntry()
    const flags = entry.exact(FLAGS, 4)
    const isBridgePort = flags !== 0 && (entry.view.getUint32(flags) & dataFlags.physdev) !== 0
    return (isBridgePort ? bridgePortPrefix : '') + entry.string(INTERFACE)
  },
}

/** The name of a set that is a member of a list. */
export const memberCodec: ElementCodec = {
  write(writer, text, start, end) {
    const name = text.slice(start, end)
    checkSetName(name)
    writer.string(NAME, name)
    return 0
  },
  read(entry) {
    if (entry.start(NAME) === 0) throw malformedEntry()
    return entry.string(NAME)
  },
}
