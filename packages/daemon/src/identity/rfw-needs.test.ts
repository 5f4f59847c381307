import { expect, it } from 'vitest'
import { parseCommand } from '../rfw/command.ts'
import { defaultSettings } from '../rfw/settings.ts'
import { rfwNeeds } from './rfw-needs.ts'

const forward = { kind: 'edit', chains: [{ family: 'ipv4', table: 'filter', chain: 'FORWARD' }], sets: [] }

it.each([
  ['/drop/input/any/192.0.2.7', { kind: 'ban', address: '192.0.2.7', blocks: [{ prefix: 32 }] }],
  ['/drop/forward/any/192.0.2.7', { kind: 'ban', address: '192.0.2.7', scopes: ['forward'] }],
  [
    '/reject/forward/any/10.0.0.0/9/any/192.0.2.7',
    { kind: 'ban', address: '10.0.0.0/9', blocks: [{ prefix: 9 }] },
  ],
  [
    '/drop/forward/any/192.0.2.7/any/10.0.0.0/9',
    { kind: 'ban', address: '10.0.0.0/9', blocks: [{ prefix: 9 }] },
  ],
  ['/drop/forward/any/0.0.0.0/any/192.0.2.7', { kind: 'ban', address: '192.0.2.7' }],
  ['/drop/forward/eth0/0.0.0.0', forward],
  ['/accept/forward/any/192.0.2.7', forward],
])('to put %s needs %j', (path, need) => {
  expect(rfwNeeds(parseCommand('PUT', path, defaultSettings), () => undefined, 0)).toMatchObject([need])
})
