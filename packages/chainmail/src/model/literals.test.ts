import { expect, it } from 'vitest'
import type { Literal } from './literals.ts'
import type { RuleInput } from './rule.ts'

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
