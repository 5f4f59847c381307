import { InputError, quote } from '../errors.ts'
import type { ElementCodec } from './element-codec.ts'
import { entryAttributes } from './messages.ts'

const ETHERNET = entryAttributes.number('ethernet')

/** if_ether.h: ETH_ALEN. */
const length = 6
/** Two digits and a colon for each byte; the last has none. */
const textLength = 3 * length - 1

const pattern = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/iu

/** A hardware address: `00:11:22:AA:BB:CC`. */
export const ethernetCodec: ElementCodec = {
  write(writer, text, start, end) {
    const address = text.slice(start, end)
    if (end - start !== textLength || !pattern.test(address))
      throw new InputError(
        'bad-element',
        `${quote(address)} is not a hardware address. Write six hexadecimal bytes such as 00:11:22:AA:BB:CC.`,
      )
    const at = writer.attribute(ETHERNET, length)
    for (let index = 0; index < length; index++)
      writer.bytes[at + index] = Number.parseInt(address.slice(3 * index, 3 * index + 2), 16)
    return 0
  },
  read(entry) {
    if (entry.start(ETHERNET) === 0) return ''
    const at = entry.exact(ETHERNET, length)
    const octets = entry.bytes.subarray(at, at + length)
    return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0').toUpperCase()).join(':')
  },
}
