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
  ]
  expect(rules).toHaveLength(16)
})
