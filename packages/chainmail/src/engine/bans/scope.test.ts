import { describe, expect, it } from 'vitest'
import { type BanScope, banSetName, parseScope, readElement, scopeDefinitions, scopeKinds } from './scope.ts'

const tails = (scope: BanScope): string[] => parseScope(scope).tails.map(({ text }) => text)

describe('a scope', () => {
  it('is everything unless it is said', () => {
    expect(parseScope()).toEqual({ kind: 'everything', tails: [{ text: '' }], asGiven: 'everything' })
  })

  it('of ports names each port once', () => {
    expect(tails({ ports: ['tcp:22', 'udp:5000-5002', 'udp:5001'] })).toEqual([
      ',tcp:22',
      ',udp:5000',
      ',udp:5001',
      ',udp:5002',
    ])
  })

  it('of an interface ends in + for all whose names begin so', () => {
    expect(parseScope({ interface: 'eth+' }).tails).toEqual([{ text: ',eth', wildcard: true }])
    expect(tails({ interface: 'eth0' })).toEqual([',eth0'])
  })

  it.each([
    'nowhere',
    { interface: '' },
    { interface: '+' },
    { interface: 'a b' },
    { interface: 'eth0,tcp' },
    { interface: 'a-name-of-16-byte' },
    { ports: [] },
    { ports: ['22'] },
    { ports: ['tcp:ssh'] },
    { ports: ['tcp:70000'] },
    { ports: ['tcp:9-1'] },
    { ports: ['tcp:1-1024', 'udp:1'] },
    { ports: ['icmp:8'] },
    {},
    null,
  ])('cannot be %j', (scope) => {
    // What comes from outside the types, as from JSON.
    const given: unknown = scope
    expect(() => Reflect.apply(parseScope, undefined, [given])).toThrow(
      expect.objectContaining({ code: 'bad-scope' }),
    )
  })

  it('is read back from an element', () => {
    expect(readElement('ports', '10.0.0.0/8,tcp:22')).toEqual({
      address: '10.0.0.0/8',
      scope: { ports: ['tcp:22'] },
    })
    expect(readElement('interface', '2001:db8::1,eth', true)).toEqual({
      address: '2001:db8::1',
      scope: { interface: 'eth+' },
    })
    expect(readElement('output', '10.0.0.1')).toEqual({ address: '10.0.0.1', scope: 'output' })
  })

  it('has sets of its own, whose names the kernel takes', () => {
    const names = scopeKinds.flatMap((kind) => [banSetName(kind, 'ipv4'), banSetName(kind, 'ipv6')])
    expect(new Set(names).size).toBe(12)
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(31)
    expect(scopeKinds).toEqual(Object.keys(scopeDefinitions))
  })
})
