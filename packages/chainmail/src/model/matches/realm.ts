import { match, option } from '../extension.ts'
import { printsNames, wordKind } from '../kind.ts'
import { type Mark, markSchema, readMark, writeMark } from '../kinds/mark.ts'

// What iproute2 calls realm 0 in every rt_realms file; which number another name has, is the host's matter.
const UNKNOWN_REALM = 'cosmos'
const NAME = /^[A-Za-z][\w.-]{0,63}$/

/** A routing realm: a number, one with its mask such as `'0x1/0x2a'`, or a name of the host's rt_realms. */
const realmKind = wordKind<Mark | (string & {}), number | string>({
  expects: 'a realm of 0 to 0xffffffff, one with its mask such as 0x1/0x2a, or a name of rt_realms',
  schema: { ...markSchema, anyOf: [...markSchema.anyOf, { type: 'string', pattern: NAME.source }] },
  read: (word) => {
    if (!NAME.test(word)) return readMark(word)
    return word === UNKNOWN_REALM ? 0 : word
  },
  write: (value, context) => {
    if (value === 0 && printsNames(context)) return UNKNOWN_REALM
    return typeof value === 'number' ? writeMark(value) : value
  },
})

// iptables-extensions(8), realm (IPv4-specific)
export const realm = match('realm', {
  about: 'Compares the routing realm that the route lookup gave the packet.',
  families: ['ipv4'],
  chains: ['INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  options: {
    realm: option('--realm', realmKind, {
      about: 'The realm, the bits of it under the mask, or a name of rt_realms.',
      negatable: true,
      required: true,
    }),
  },
})
