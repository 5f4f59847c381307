import type { Family } from '@chainmail/kernel'
import { type AnyText, type Bounded, type Kind, type Spelled, wordKind } from '../kind.ts'

/** A type, or a type with its code: `8`, `'3/1'`; `'any'` where the family has it. */
export type IcmpType = IcmpNumbers | 'any'
type IcmpNumbers = number | `${number}/${number}`

type Names = Readonly<Record<string, IcmpNumbers>>

// What iptables 1.8 takes for `-p icmp --icmp-type`; RFC 792 and its successors.
const icmpNames = {
  'echo-reply': 0,
  pong: 0,
  'destination-unreachable': 3,
  'network-unreachable': '3/0',
  'host-unreachable': '3/1',
  'protocol-unreachable': '3/2',
  'port-unreachable': '3/3',
  'fragmentation-needed': '3/4',
  'source-route-failed': '3/5',
  'network-unknown': '3/6',
  'host-unknown': '3/7',
  'network-prohibited': '3/9',
  'host-prohibited': '3/10',
  'TOS-network-unreachable': '3/11',
  'TOS-host-unreachable': '3/12',
  'communication-prohibited': '3/13',
  'host-precedence-violation': '3/14',
  'precedence-cutoff': '3/15',
  'source-quench': 4,
  redirect: 5,
  'network-redirect': '5/0',
  'host-redirect': '5/1',
  'TOS-network-redirect': '5/2',
  'TOS-host-redirect': '5/3',
  'echo-request': 8,
  ping: 8,
  'router-advertisement': 9,
  'router-solicitation': 10,
  'time-exceeded': 11,
  'ttl-exceeded': 11,
  'ttl-zero-during-transit': '11/0',
  'ttl-zero-during-reassembly': '11/1',
  'parameter-problem': 12,
  'ip-header-bad': '12/0',
  'required-option-missing': '12/1',
  'timestamp-request': 13,
  'timestamp-reply': 14,
  'address-mask-request': 17,
  'address-mask-reply': 18,
} as const satisfies Names

// What ip6tables 1.8 takes for `-p icmpv6 --icmpv6-type`; RFC 4443 and 4861.
const icmpv6Names = {
  'destination-unreachable': 1,
  'no-route': '1/0',
  'communication-prohibited': '1/1',
  'beyond-scope': '1/2',
  'address-unreachable': '1/3',
  'port-unreachable': '1/4',
  'failed-policy': '1/5',
  'reject-route': '1/6',
  'packet-too-big': 2,
  'time-exceeded': 3,
  'ttl-exceeded': 3,
  'ttl-zero-during-transit': '3/0',
  'ttl-zero-during-reassembly': '3/1',
  'parameter-problem': 4,
  'bad-header': '4/0',
  'unknown-header-type': '4/1',
  'unknown-option': '4/2',
  'echo-request': 128,
  ping: 128,
  'echo-reply': 129,
  pong: 129,
  // The names of RFC 2710 since iptables 1.8.10.
  'mld-listener-query': 130,
  'mld-listener-report': 131,
  'mld-listener-done': 132,
  'mld-listener-reduction': 132,
  'router-solicitation': 133,
  'router-advertisement': 134,
  'neighbour-solicitation': 135,
  'neighbor-solicitation': 135,
  'neighbour-advertisement': 136,
  'neighbor-advertisement': 136,
  redirect: 137,
} as const satisfies Names

/** The name that iptables lists a type, or a type with its code, by: the first of those that it takes for it. */
export function icmpTypeName(type: string, family: Family): string | undefined {
  const names = Object.entries<IcmpNumbers>(family === 'ipv4' ? icmpNames : icmpv6Names)
  return names.find(([, known]) => String(known) === type)?.[0]
}

const NUMBERS = /^(\d{1,3})(?:\/(\d{1,3}))?$/

type IcmpKind<Value extends IcmpType, Name extends string> = Kind<Value, Value | Name | AnyText> &
  Bounded<0, 255> &
  Spelled<Lowercase<Name> | `${number}` | `${number}/${number}`, never, true>

function icmpKind<Any extends 'any' = never, Name extends string = never>(
  names: Names,
  any?: Any,
): IcmpKind<IcmpNumbers | Any, Name | Any> {
  const byName = new Map(Object.entries(names).map(([name, type]) => [name.toLowerCase(), type]))
  return wordKind<IcmpNumbers | Any, IcmpNumbers | Any | Name | AnyText>({
    expects: `a type (0 to 255), a type with its code such as 3/1, or a name such as echo-request`,
    schema: { anyOf: [{ type: 'integer', minimum: 0, maximum: 255 }, { type: 'string' }] },
    read: (word) => {
      const named = byName.get(word.toLowerCase())
      if (named !== undefined) return named
      if (word.toLowerCase() === any) return any
      const [, type, code] = NUMBERS.exec(word) ?? []
      if (type === undefined || Number(type) > 255 || Number(code ?? 0) > 255) return undefined
      if (any !== undefined && Number(type) === 255) return any
      return code === undefined ? Number(type) : `${Number(type)}/${Number(code)}`
    },
  })
}

export const icmpType = icmpKind<'any', keyof typeof icmpNames>(icmpNames, 'any')
export const icmpv6Type = icmpKind<never, keyof typeof icmpv6Names>(icmpv6Names)
