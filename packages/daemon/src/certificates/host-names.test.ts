import { describe, expect, it } from 'vitest'
import { hostNamesOf, isHostName } from './host-names.ts'

const eth0 = { netmask: '', mac: '', cidr: null, internal: false } as const

describe('the names of a host', () => {
  it('are its own, its addresses, those of the configuration and those of loopback', () => {
    const interfaces = {
      lo: [{ ...eth0, internal: true, family: 'IPv4', address: '127.0.0.1' } as const],
      eth0: [
        { ...eth0, family: 'IPv4', address: '192.0.2.1' } as const,
        { ...eth0, family: 'IPv6', address: '2001:db8::1', scopeid: 0 } as const,
        { ...eth0, family: 'IPv6', address: 'fe80::1', scopeid: 2 } as const,
      ],
    }
    expect(hostNamesOf(['fw.example.org', '203.0.113.9', '192.0.2.1'], 'FW', interfaces)).toEqual({
      names: ['fw', 'fw.example.org', 'localhost'],
      addresses: ['203.0.113.9', '192.0.2.1', '2001:db8::1', '127.0.0.1', '::1'],
    })
  })

  it('leave out what is no DNS name', () => {
    expect(hostNamesOf([], 'my_host', {}).names).toEqual(['localhost'])
  })

  it.each(['a', 'a-1.example', '1.2.3.4.example', 'x'.repeat(63)])('may be %s', (name) =>
    expect(isHostName(name)).toBe(true),
  )

  it.each(['', '-a', 'a..b', 'A', 'a_b', '*.a', 'x'.repeat(64), 'a b', 'a,b', `${'a.'.repeat(130)}a`])(
    'may not be %j',
    (name) => expect(isHostName(name)).toBe(false),
  )
})
