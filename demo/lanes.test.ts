import { expect, it } from 'vitest'
import { plain } from '../packages/cli/src/terminal/style.ts'
import { drawLanes, drawPackets } from './lanes.ts'
import type { Packet } from './packet.ts'

/** Packets that arrived (`1`), were lost (`0`), or are under way (`-`). */
function packets(fates: string): Packet[] {
  return Array.from(fates, (letter, index) =>
    letter === '-' ? { sent: index } : { sent: index, fate: { arrived: letter === '1', known: index } },
  )
}

const alice = { name: 'alice', address: '192.0.2.2', packets: packets('11000-') }
const bob = { name: 'bob', address: '192.0.2.3', packets: packets('111111') }
const captions = [{ packet: 2, text: 'banned' }]

it('marks what arrived, what was lost and what is under way', () => {
  expect(drawPackets(packets('10-'), plain)).toBe('●×·')
})

it('draws a line for each client and the captions below their packets', () => {
  expect(drawLanes([alice, bob], captions, 80, plain)).toEqual([
    '  alice  192.0.2.2  ●●×××·',
    '  bob    192.0.2.3  ●●●●●●',
    '                      ▲ banned',
  ])
})

it('shows the latest packets where the terminal is too narrow for all', () => {
  expect(drawLanes([alice, bob], captions, 26, plain)).toEqual([
    '  alice  192.0.2.2  ●×××·',
    '  bob    192.0.2.3  ●●●●●',
    '                     ▲ ba',
  ])
  expect(drawLanes([alice, bob], captions, 23, plain)[2]).toBe('')
})
