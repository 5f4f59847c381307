import { expect, it } from 'vitest'
import { plainAddress } from './asker.ts'

it.each([
  ['127.0.0.1', undefined],
  ['::1', undefined],
  ['::ffff:127.0.0.1', undefined],
  [undefined, undefined],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['192.0.2.7', '192.0.2.7'],
  ['fe80::1%eth0', 'fe80::1'],
  ['2001:db8::7', '2001:db8::7'],
])('a request from %s counts as one from %s', (remote, address) => {
  expect(plainAddress(remote)).toBe(address)
})
