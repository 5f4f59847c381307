import { type Kind, wordKind } from '../kind.ts'

const SIX_BYTES = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/
const LOOSE_BYTES = /^[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5}$/i

/** The hardware address of an Ethernet device: `'00:11:22:aa:bb:cc'`; a byte may be one digit. */
export const macAddress: Kind<string> = wordKind({
  expects: 'an Ethernet address such as 00:11:22:aa:bb:cc',
  schema: { type: 'string', examples: ['00:11:22:aa:bb:cc'] },
  read: (word) => {
    if (SIX_BYTES.test(word)) return word
    if (!LOOSE_BYTES.test(word)) return undefined
    return word
      .toLowerCase()
      .split(':')
      .map((byte) => byte.padStart(2, '0'))
      .join(':')
  },
})
