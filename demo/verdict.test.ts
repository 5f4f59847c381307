import { expect, it } from 'vitest'
import type { Packet } from './packet.ts'
import { judge, type Observation } from './verdict.ts'

const packet = (sent: number, arrived: boolean): Packet => ({ sent, fate: { arrived, known: sent + 1 } })

/** A ban of one second, from 1000 to 2000. */
const good: Observation = {
  alice: [packet(900, true), packet(1200, false), packet(1900, false), packet(2100, true)],
  bob: [packet(900, true), packet(1900, true)],
  called: 1000,
  answered: 1010,
  seconds: 1,
  bansLeft: 0,
  dropped: 2,
}

const refuted = (change: Partial<Observation>): number[] =>
  judge({ ...good, ...change }).flatMap(({ holds }, index) => (holds ? [] : [index]))

it('confirms what was seen', () => {
  expect(refuted({})).toEqual([])
})

it('refutes a packet that was lost before the ban', () => {
  expect(refuted({ alice: [packet(800, false), ...good.alice], dropped: 3 })).toEqual([0])
})

it('refutes a packet that arrived although the ban was answered', () => {
  expect(refuted({ alice: good.alice.with(1, packet(1200, true)), dropped: 1 })).toEqual([1])
})

it('does not hold a packet against the ban that was under way when it was answered', () => {
  expect(refuted({ alice: [...good.alice.slice(0, 1), packet(1005, true), ...good.alice.slice(1)] })).toEqual(
    [],
  )
})

it('refutes a ban that does not end, or that ends only now and then', () => {
  expect(refuted({ alice: good.alice.slice(0, 3) })).toEqual([2])
  expect(refuted({ alice: [...good.alice, packet(2300, false)], dropped: 3 })).toEqual([2])
  expect(refuted({ bansLeft: 1 })).toEqual([2])
})

it("refutes a packet of bob's that was lost", () => {
  expect(refuted({ bob: [packet(900, true), packet(1900, false)] })).toEqual([3])
})

it('refutes a count of the kernel that is not that of the lost packets', () => {
  expect(refuted({ dropped: 1 })).toEqual([4])
})
