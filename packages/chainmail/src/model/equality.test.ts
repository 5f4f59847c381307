import { describe, expect, it } from 'vitest'
import { parseRule } from '../text/parse-rule.ts'
import { ruleHash, sameRule } from './equality.ts'

const ipv4 = { family: 'ipv4' } as const
const read = (text: string) => parseRule(text, ipv4)

describe('two spellings of one rule', () => {
  it.each([
    ['-p tcp --dport ssh', '-p 6 -m tcp --dport 22'],
    ['-s 1.2.3.4', '-s 1.2.3.4/32'],
    ['-i + -o + -s 0/0 -p all -j DROP', '-j DROP'],
    ['-j DROP -s 10.1.2.3/8', '--source 10.0.0.0/255.0.0.0 --jump DROP'],
    ['-m limit --limit 60/minute --limit-burst 5', '-m limit --limit 1/s'],
    ['-p tcp --syn -c 5 7', '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN'],
    ['-p udp ! --dport 0:80', '-p udp -m udp --dport 81:65535'],
    ['-p tcp ! --sport :65534', '-p tcp -m tcp --sport 65535'],
  ])('%s and %s are equal and have one hash', (one, other) => {
    expect(sameRule(read(one), read(other), ipv4)).toBe(true)
    expect(ruleHash(read(one), ipv4)).toBe(ruleHash(read(other), ipv4))
  })

  it.each([
    ['-m state --state NEW', '-m conntrack --ctstate NEW'],
    ['-p tcp', '-p tcp -m tcp'],
    ['-m comment --comment a', '-m comment --comment A'],
    ['-j mine', '-g mine'],
    ['-p udp ! --dport 1:80', '-p udp --dport 81:65535'],
    ['-m comment --comment "! --dport 0:80"', '-m comment --comment "--dport 81:65535"'],
  ])('%s and %s are two', (one, other) => {
    expect(sameRule(read(one), read(other), ipv4)).toBe(false)
    expect(ruleHash(read(one), ipv4)).not.toBe(ruleHash(read(other), ipv4))
  })

  it('a hash stays what it is', () => {
    expect(ruleHash(read('-s 192.0.2.1 -j DROP'), ipv4)).toBe(
      '4f018ec3192b06b3050dec1f7b35689641609d022e44cc43d3fb38bc89dd1524',
    )
    expect(ruleHash(read('-j DROP'), ipv4)).not.toBe(
      ruleHash(parseRule('-j DROP', { family: 'ipv6' }), { family: 'ipv6' }),
    )
  })
})
