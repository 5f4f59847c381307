import { expect, it } from 'vitest'
import { nameServers, parseNameServers } from './name-servers.ts'

it('reads the name servers of resolv.conf(5), without their zones', () => {
  const text =
    '# nameserver 192.0.2.1\n; nameserver 192.0.2.2\nnameserver 192.0.2.53\nnameserver\tfe80::1%eth0 more\nsearch nameserver\n nameserver 192.0.2.3\n'
  expect(parseNameServers(text)).toEqual(['192.0.2.53', 'fe80::1'])
})

it('finds none where there is no such file', () => {
  expect(nameServers('/proc/no/such/file')).toEqual([])
})
