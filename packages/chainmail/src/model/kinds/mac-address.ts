import { type Kind, type Spelled, wordKind } from '../kind.ts'

const SIX_BYTES = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/
const LOOSE_BYTES = /^[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5}$/i

type SixBytes = Spelled<`${string}:${string}:${string}:${string}:${string}:${string}`>

/** The hardware address of an Ethernet device: `'00:11:22:aa:bb:cc'`; a byte may be one digit. */
export const macAddress: Kind<string> & SixBytes = wordKind({
  expects: 'an Ethernet address such as 00:11:22:aa:bb:cc',
  schema: { type: 'string', examples: ['00:11:22:aa:bb:cc'] },
  read: readMacAddress,
})

const MULTICAST = /^.[13579bdf]/

/** The hardware address of a group of Ethernet devices, printed in capitals. */
export const multicastAddress: Kind<string> & SixBytes = wordKind({
  expects: 'a multicast Ethernet address, whose first byte is odd, such as 01:00:5e:00:00:20',
  schema: macAddress.schema,
  read: (word) => {
    const read = readMacAddress(word)
    return read !== undefined && MULTICAST.test(read) ? read : undefined
  },
  write: (value) => value.toUpperCase(),
})

function readMacAddress(word: string): string | undefined {
  if (SIX_BYTES.test(word)) return word
  if (!LOOSE_BYTES.test(word)) return undefined
  return word
    .toLowerCase()
    .split(':')
    .map((byte) => byte.padStart(2, '0'))
    .join(':')
}
