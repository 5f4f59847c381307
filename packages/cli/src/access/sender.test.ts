import { expect, test } from 'vitest'
import { senderOf } from './sender.ts'

const connection = '198.51.100.7 50000 192.0.2.1 2222'
const sender = { sender: '198.51.100.7', local: '192.0.2.1', ports: [2222] }

test('who came by ssh is known by the environment', () => {
  expect(senderOf({ SSH_CONNECTION: connection })).toEqual(sender)
  expect(senderOf({ SSH_CONNECTION: 'fe80::7%eth0 1 fe80::1%eth0 22' })).toMatchObject({ sender: 'fe80::7' })
  expect(senderOf({ SSH_CONNECTION: '::ffff:192.0.2.7 1 ::ffff:192.0.2.1 22' })).toMatchObject({
    sender: '192.0.2.7',
    local: '192.0.2.1',
  })
})

test('behind sudo, by that of the processes that have started it', () => {
  const above = (): readonly string[] => ['PATH=/bin\0', `TERM=x\0SSH_CONNECTION=${connection}\0`]
  expect(senderOf({ SUDO_UID: '1000' }, above)).toEqual(sender)
  expect(senderOf({}, above)).toBeUndefined()
})

test('nobody came by ssh where nothing says so, or something else does', () => {
  expect(senderOf({})).toBeUndefined()
  expect(senderOf({ SSH_CONNECTION: 'x' })).toBeUndefined()
  expect(senderOf({ SSH_CONNECTION: 'a b c d' })).toBeUndefined()
  expect(senderOf({ SSH_CONNECTION: 'UNKNOWN 65535 UNKNOWN 65535' })).toBeUndefined()
})
