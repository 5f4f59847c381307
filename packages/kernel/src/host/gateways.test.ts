import { endianness } from 'node:os'
import { expect, it } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { gateways, parseIpv4Gateways, parseIpv6Gateways } from './gateways.ts'
import { interfaceAddresses } from './interface-addresses.ts'

it.runIf(endianness() === 'LE')(
  'reads the gateways of /proc/net/route and leaves out routes without one',
  () => {
    const text =
      'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n' +
      'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n' +
      'eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n' +
      '*\t00000000\t020200C0\t0202\t0\t0\t0\t00000000\t0\t0\t0\n'
    expect(parseIpv4Gateways(text)).toEqual(['192.0.2.1'])
  },
)

it('reads the gateways of /proc/net/ipv6_route', () => {
  const zeros = '0'.repeat(32)
  const text =
    `${zeros} 00 ${zeros} 00 fe800000000000000000000000000001 00000400 00000003 00000000 00000003     eth0\n` +
    `fe800000000000000000000000000000 40 ${zeros} 00 ${zeros} 00000100 00000002 00000000 00000001     eth0\n`
  expect(parseIpv6Gateways(text)).toEqual(['fe80::1'])
})

it.each(['', 'no route at all', '\n\n'])('finds nothing in %j', (text) => {
  expect([...parseIpv4Gateways(text), ...parseIpv6Gateways(text)]).toEqual([])
})

describeOnKernel('the gateways and addresses of a network namespace', () => {
  it('are those that ip(8) sets', async () => {
    await runCommand('ip', ['-batch', '-'], {
      input: [
        'link add gate0 type veth peer name gate1',
        'link set gate0 up',
        'link set gate1 up',
        'address add 192.0.2.2/24 dev gate0',
        'address add 2001:db8::2/64 dev gate0 nodad',
        'route add 198.51.100.0/24 via 192.0.2.1',
        'route add default via 192.0.2.1',
        'route add default via 2001:db8::1',
        '',
      ].join('\n'),
    })
    try {
      expect(gateways()).toEqual(['192.0.2.1', '2001:db8::1'])
      expect(interfaceAddresses()).toEqual(
        expect.arrayContaining([
          { address: '192.0.2.2', interface: 'gate0' },
          { address: '2001:db8::2', interface: 'gate0' },
        ]),
      )
    } finally {
      await runCommand('ip', ['link', 'delete', 'gate0'])
    }
  })
})
