import { expect, it } from 'vitest'
import type { Literal } from './literals.ts'
import type { Rule, RuleInput } from './rule.ts'

function take<const R extends RuleInput>(rule: R & Literal<R>): RuleInput {
  return rule
}

it('a literal beyond its bounds, or of an unknown name, is a compile error', () => {
  const port = Number('22')
  const rules: RuleInput[] = [
    take({ protocol: 'tcp', matches: { tcp: { dport: 22 } }, target: 'DROP' }),
    take({ matches: { tcp: { dport: { not: 65535 } } } }),
    take({ matches: { tcp: { dport: port, sport: '1:2' } } }),
    take({ matches: [{ limit: { limit: '1/sec' } }, { multiport: { dports: [1, '2:3'] } }] }),
    take({
      matches: { opaque: { name: 'geoip', text: '' } },
      target: { REJECT: { rejectWith: 'tcp-reset' } },
    }),
    take({ target: { LOG: { logLevel: 7 } } }),
    // @ts-expect-error 65536 is no port
    take({ matches: { tcp: { dport: 65536 } } }),
    // @ts-expect-error nor is a negative number
    take({ matches: { tcp: { dport: { not: -1 } } } }),
    // @ts-expect-error nor one with a fraction
    take({ matches: { udp: { sport: 1.5 } } }),
    // @ts-expect-error in a list of ports either
    take({ matches: { multiport: { dports: [1, 70_000] } } }),
    // @ts-expect-error the option is called dport
    take({ matches: { tcp: { dports: 1 } } }),
    // @ts-expect-error the match is called tcp
    take({ matches: { tpc: { dport: 1 } } }),
    // @ts-expect-error in a list of matches either
    take({ matches: [{ tcp: { dprt: 1 } }] }),
    // @ts-expect-error the option is called rejectWith
    take({ target: { REJECT: { with: 'tcp-reset' } } }),
    // @ts-expect-error the member is called source
    take({ src: '192.0.2.1' }),
    // @ts-expect-error a TCP option is 1 to 255
    take({ matches: { tcp: { tcpOption: 256 } } }),
    // @ts-expect-error the burst is 10000 at most
    take({ matches: { limit: { burst: 10_001 } } }),
    // @ts-expect-error a mark is not negative
    take({ matches: { mark: { mark: -1 } } }),
    // @ts-expect-error and has 32 bits
    take({ target: { MARK: { setXmark: 4_294_967_296 } } }),
    // @ts-expect-error DSCP has six bits
    take({ target: { DSCP: { setDscp: 64 } } }),
    // @ts-expect-error debug, the last level, is 7
    take({ target: { LOG: { logLevel: 8 } } }),
    // @ts-expect-error an account is not negative
    take({ matches: { owner: { uidOwner: -5 } } }),
    // @ts-expect-error a type of service has eight bits
    take({ matches: { tos: { tos: 256 } } }),
    // @ts-expect-error there are 128 labels
    take({ matches: { connlabel: { label: 128 } } }),
    // @ts-expect-error a protocol has eight bits
    take({ protocol: { not: 256 } }),
    // @ts-expect-error no such state exists
    take({ matches: { conntrack: { ctstate: ['NEWISH'] } } }),
    take({ protocol: 47, matches: { mark: { mark: '0x1/0xff' }, connlabel: { label: 'mine' } } }),
    take({ target: { LOG: { logLevel: 'debug' } }, matches: { owner: { uidOwner: 'root' } } }),
  ]
  expect(rules).toHaveLength(28)
})

it('a misspelt word in a literal is a compile error', () => {
  const rules: RuleInput[] = [
    // @ts-expect-error echo-request
    take({ matches: { icmp: { icmpType: 'echo-requst' } } }),
    // @ts-expect-error packet-too-big
    take({ matches: { icmp6: { icmpv6Type: { not: 'packet-to-big' } } } }),
    // @ts-expect-error tcp
    take({ protocol: 'tpc' }),
    // @ts-expect-error tcp-reset
    take({ target: { REJECT: { rejectWith: 'tcp-rest' } } }),
    // @ts-expect-error debug
    take({ target: { LOG: { logLevel: 'debgu' } } }),
    // @ts-expect-error minimize-delay
    take({ matches: { tos: { tos: 'minimise-delay' } } }),
    // @ts-expect-error ssh
    take({ matches: { tcp: { dport: 'shs' } } }),
    // @ts-expect-error https
    take({ matches: { multiport: { dports: ['http', 'htpps'] } } }),
    // @ts-expect-error no unit has this name
    take({ matches: { limit: { limit: '3/fortnight' } } }),
    // @ts-expect-error src and dst are the directions
    take({ matches: { set: { matchSet: ['customers', 'scr'] } } }),
    // @ts-expect-error hoti
    take({ matches: { mh: { mhType: 'toti' } } }),
    // @ts-expect-error Sun
    take({ matches: { time: { weekdays: ['Sat', 'Son'] } } }),
    // @ts-expect-error wscale
    take({ target: { TCPOPTSTRIP: { stripOptions: ['mss', 'wscal'] } } }),
    // @ts-expect-error INIT
    take({ matches: { sctp: { chunkTypes: { scope: 'any', types: ['INTI'] } } } }),
    // @ts-expect-error mbit
    take({ matches: { rateest: { rateest: 'a', rateestLt: true, rateestBps: '2mbits' } } }),
    // @ts-expect-error six bytes
    take({ matches: { mac: { macSource: '00:11:22:aa:bb' } } }),
    // @ts-expect-error default
    take({ matches: { devgroup: { srcGroup: 'defualt' } } }),
  ]
  expect(rules).toHaveLength(17)
})

it('a number beyond its bounds is a compile error within a text too', () => {
  const rules: RuleInput[] = [
    // @ts-expect-error a type is 0 to 255
    take({ matches: { icmp: { icmpType: 256 } } }),
    // @ts-expect-error and so is a code
    take({ matches: { icmp: { icmpType: '3/256' } } }),
    // @ts-expect-error 70000 is no port
    take({ matches: { tcp: { dport: '1024:70000' } } }),
    // @ts-expect-error in a list of ports either
    take({ matches: { multiport: { dports: '22,70000' } } }),
    // @ts-expect-error for a translation either
    take({ target: { MASQUERADE: { toPorts: '1024-70000' } } }),
    // @ts-expect-error a protocol has eight bits
    take({ protocol: '256' }),
    // @ts-expect-error 10000 in a second is the most
    take({ matches: { limit: { limit: '10001/sec' } } }),
    // @ts-expect-error a rate of nothing is none
    take({ matches: { hashlimit: { name: 'a', upto: '0/min' } } }),
    // @ts-expect-error a probability is at most 1
    take({ matches: { statistic: { mode: 'random', probability: 1.5 } } }),
    // @ts-expect-error there are 31 days
    take({ matches: { time: { monthdays: [32] } } }),
    // @ts-expect-error an hour has 60 minutes
    take({ matches: { time: { timestart: '06:60' } } }),
    // @ts-expect-error a zone has 16 bits
    take({ target: { CT: { zone: 65536 } } }),
    // @ts-expect-error an account has 32 bits
    take({ matches: { owner: { uidOwner: '1000-4294967296' } } }),
    // @ts-expect-error a byte is at most 255
    take({ source: '192.0.2.256' }),
    // @ts-expect-error a prefix of IPv4 is at most 32
    take({ destination: { not: '192.0.2.0/33' } }),
    // @ts-expect-error one of IPv6 at most 128
    take({ source: '2001:db8::/129' }),
    // @ts-expect-error g is no digit
    take({ source: '2001:db8::g' }),
    // @ts-expect-error it is no name of a host
    take({ source: 'www.example.com' }),
    // @ts-expect-error both ends of a range are addresses
    take({ matches: { iprange: { srcRange: '192.0.2.1-192.0.2.300' } } }),
    // @ts-expect-error an index has 32 bits
    take({ matches: { policy: { dir: 'in', pol: 'ipsec', elements: [{ spi: 4_294_967_296 }] } } }),
  ]
  expect(rules).toHaveLength(20)
})

it('what a literal may be in any of its spellings compiles, and so does what is only known at run time', () => {
  const data: string = ['anything', 'else'].join(' ')
  const last = Number('7')
  const stored: Rule = { protocol: 'tcp', matches: { tcp: { dport: '1:2' }, icmp6: { icmpv6Type: '1/2' } } }
  const rules: RuleInput[] = [
    take({ protocol: data, source: data, matches: { tcp: { dport: data }, icmp: { icmpType: data } } }),
    take({ source: `192.0.2.${last}`, matches: { limit: { limit: data }, set: { matchSet: ['a', data] } } }),
    take(stored),
    take({ matches: { icmp: { icmpType: 'Echo-Request' }, icmp6: { icmpv6Type: { not: '3/255' } } } }),
    take({ protocol: 'ICMPv6', source: '10/8', destination: '2001:DB8::192.0.2.1/ffff::' }),
    take({ source: '192.0.2.0/255.255.255.0', matches: { tcp: { dport: 'ssh:http', sport: ':00080' } } }),
    take({ matches: { multiport: { dports: 'ftp-data,1:2,65535' }, udp: { dport: '1024:' } } }),
    take({ matches: { limit: { limit: '864000000/DAY' }, mark: { mark: '0x1/255' } } }),
    take({
      matches: { hashlimit: { name: 'a', above: '512kb/sec', burst: '2mb' } },
    }),
    take({ matches: { statistic: { mode: 'random', probability: 1e-7 }, mh: { mhType: 'binding-u:7' } } }),
    take({ matches: { time: { weekdays: 'Mo,Tuesday,7', monthdays: '1,31', timestart: '6:30' } } }),
    take({
      matches: { set: { matchSet: ['src', 'src,dst,src'] }, connbytes: connbytes('18446744073709551615') },
    }),
    take({ matches: { owner: { uidOwner: 'www-data', gidOwner: '1000-1999' }, tos: { tos: '0x10/0x3f' } } }),
    take({ target: { LOG: { logLevel: 'WARN' } }, matches: { devgroup: { srcGroup: 'default' } } }),
    take({ target: { MASQUERADE: { toPorts: '1024-65535' } }, matches: { hl: { hlEq: 64 } } }),
    take({ target: { CT: { zone: 'mark' } }, matches: { cpu: { cpu: 4_294_967_295 } } }),
    take({ matches: { sctp: { chunkTypes: { scope: 'all', types: ['DATA:Be', 'init', 'ALL'] } } } }),
    take({ matches: { rateest: { rateest: 'a', rateestLt: true, rateestBps: '2.5Mibit' } } }),
  ]
  expect(rules).toHaveLength(18)
})

function connbytes<const Range extends string>(range: Range) {
  return { connbytes: range, mode: 'bytes', dir: 'both' } as const
}
