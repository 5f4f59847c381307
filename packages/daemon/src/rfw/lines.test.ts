import { parseSave } from 'chainmail'
import { describe, expect, it } from 'vitest'
import type { Scope } from './entries.ts'
import { lineKey, readLine } from './lines.ts'

/** What a line of iptables-save is taken for. */
function read(text: string, { chain, family }: Scope): string {
  const name = chain.toUpperCase()
  const save = `*filter\n:${name} ACCEPT [0:0]\n:chainmail-${chain} - [0:0]\n-A ${name} ${text}\nCOMMIT\n`
  const rule = parseSave(save, { family })[0]?.chains[0]?.rules[0]
  if (rule === undefined) throw new Error(text)
  const line = readLine(rule, { chain, family })
  return lineKey(line) ?? line.is
}

describe('a rule of iptables-save', () => {
  it.each([
    ['-s 192.0.2.7/32 -j DROP', 'drop input ipv4 * 192.0.2.7 * *'],
    ['-s 192.0.2.0/24 -i eth+ -j ACCEPT', 'accept input ipv4 eth+ 192.0.2.0/24 * *'],
    ['-s 192.0.2.7/32 -j REJECT --reject-with icmp-port-unreachable', 'reject input ipv4 * 192.0.2.7 * *'],
    ['-j DROP', 'drop input ipv4 * * * *'],
    ['-m set --match-set chainmail-input-drop4 src -j DROP', 'set drop'],
    ['-m comment --comment chainmail -j chainmail-input', 'jump'],
    ['-j chainmail-input', 'jump'],
    ['-s 192.0.2.7/32 -j REJECT --reject-with icmp-host-unreachable', 'general'],
    ['-s 192.0.2.7/32 -p tcp -j DROP', 'general'],
    ['-s 192.0.2.7/32 -m comment --comment mine -j DROP', 'general'],
    ['! -s 192.0.2.7/32 -j DROP', 'general'],
    ['-s 192.0.2.7/32 ! -i eth0 -j DROP', 'general'],
    ['-s 192.0.0.7/255.255.0.255 -j DROP', 'general'],
    ['-s 192.0.2.7/32 -d 192.0.2.1/32 -j DROP', 'general'],
    ['-s 192.0.2.7/32 -j LOG', 'general'],
    ['-s 192.0.2.7/32 -j RETURN', 'general'],
    ['-s 192.0.2.7/32 -g chainmail-input', 'general'],
    ['-s 192.0.2.7/32 -j chainmail-input', 'general'],
    ['-f -j DROP', 'general'],
    ['-s 192.0.2.7/32', 'general'],
    ['-m set ! --match-set chainmail-input-drop4 src -j DROP', 'general'],
    ['-m set --match-set chainmail-input-drop4 dst -j DROP', 'general'],
    ['-m set --match-set chainmail-input-drop4 src -j ACCEPT', 'general'],
    ['-m set --match-set other src -j DROP', 'general'],
    ['-i eth0 -m set --match-set chainmail-input-drop4 src -j DROP', 'general'],
    ['-m set --match-set chainmail-input-drop4 src -m limit --limit 1/sec -j DROP', 'general'],
  ])('in input, %s is: %s', (text, expected) => {
    expect(read(text, { chain: 'input', family: 'ipv4' })).toBe(expected)
  })

  it('in output and forward has the sides and interfaces of these chains', () => {
    expect(read('-d 2001:db8::/32 -o eth0 -j DROP', { chain: 'output', family: 'ipv6' })).toBe(
      'drop output ipv6 * * eth0 2001:db8::/32',
    )
    expect(read('-s 2001:db8::7/128 -j DROP', { chain: 'output', family: 'ipv6' })).toBe('general')
    expect(
      read(
        '-s 2001:db8::7/128 -d 2001:db8::8/128 -i a+ -o b -j REJECT --reject-with icmp6-port-unreachable',
        {
          chain: 'forward',
          family: 'ipv6',
        },
      ),
    ).toBe('reject forward ipv6 a+ 2001:db8::7 b 2001:db8::8')
  })
})
