import { expect, it } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { canonicalElement } from './canonical-element.ts'
import { Ipset } from './ipset.ts'

describeOnKernel('the canonical text of an element', () => {
  it.each([
    ['hash:ip', 'inet', ['192.0.2.1', '192.0.2.2/32']],
    ['hash:ip', 'inet6', ['2001:DB8:0::1', '::ffff:192.0.2.1']],
    ['hash:net', 'inet', ['10.1.2.3/8', '192.0.2.1', '192.0.2.2/32']],
    ['hash:net', 'inet6', ['2001:db8::1/33']],
    [
      'hash:ip,port',
      'inet',
      ['192.0.2.1,80', '192.0.2.1,udp:53', '192.0.2.1,icmp:echo-request', '192.0.2.1,gre:0'],
    ],
    ['hash:net,iface', 'inet', ['10.1.2.3/8,eth-0', '10.0.0.0/9,physdev:eth0']],
  ] as const)('is what the kernel lists, %s %s', (type, family, elements) => {
    using sets = new Ipset()
    const canonical = canonicalElement(type)
    sets.create('one', type, { family })
    try {
      for (const element of elements) {
        sets.add('one', element)
        expect(sets.allEntries('one').map((entry) => entry.element)).toEqual([canonical(element)])
        sets.flush('one')
      }
    } finally {
      sets.destroy('one')
    }
  })

  it.each([
    ['hash:net,net', '10.1.2.3/8,192.0.2.77/24', '10.0.0.0/8,192.0.2.0/24'],
    ['hash:mac', '00:11:22:aa:bb:cc', '00:11:22:AA:BB:CC'],
    ['hash:ip,mark', '192.0.2.1,10', '192.0.2.1,0x0000000a'],
  ])('is known for types that this kernel may lack, %s %s', (type, element, canonical) => {
    expect(canonicalElement(type)(element)).toBe(canonical)
  })

  it.each([
    ['hash:ip', '192.0.2.0/30'],
    ['hash:ip', '192.0.2.1-192.0.2.4'],
    ['hash:net', '192.0.2.1-192.0.2.4'],
    ['hash:ip,port', '192.0.2.1,tcp:80-90'],
    ['bitmap:port', '80-90'],
  ])('is none where the kernel makes several, %s %s', (type, element) => {
    expect(canonicalElement(type)(element)).toBeUndefined()
  })
})
