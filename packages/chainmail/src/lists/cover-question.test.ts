import fc from 'fast-check'
import { expect, it } from 'vitest'
import { contains, isSingle, networkBlock } from '../network.ts'
import { AggregatedList } from './aggregated-list.ts'
import { coverWith, coverWithout, type SetQuestion } from './cover-question.ts'

/** Answers as `ipset test` does for a hash:net, and counts. */
function questionsTo(elements: Iterable<string>): { ask: SetQuestion; asked: () => number } {
  const blocks = Array.from(elements, networkBlock)
  let count = 0
  return {
    asked: () => count,
    ask: async (element) => {
      count++
      const block = networkBlock(element)
      return blocks.some((one) => (isSingle(block) ? contains(one, block) : one.address === block.address))
    },
  }
}

const networks = fc
  .tuple(fc.integer({ min: 0, max: 127 }), fc.constantFrom(25, 28, 30, 31, 32, 32, 32, 32))
  .map(([host, prefix]) => {
    const first = (host >> (32 - prefix)) << (32 - prefix)
    return prefix === 32 ? `192.0.2.${first}` : `192.0.2.${first}/${prefix}`
  })

it('finds by questions what taking an address out changes, as the whole list does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(networks, { minLength: 1, maxLength: 40 }), fc.nat(), async (given, which) => {
      const list = new AggregatedList()
      for (const network of given) list.insert(network)
      const addresses = given.filter((network) => !network.includes('/'))
      const address = addresses[which % Math.max(1, addresses.length)]
      if (address === undefined) return
      const [originals, cover] = [questionsTo(list.originals()), questionsTo(list.cover())]
      const found = await coverWithout(address, originals.ask, cover.ask)
      const { add, delete: gone } = list.delete(address)
      expect(found && { add: found.add.toSorted(), delete: found.delete }).toEqual({
        add: add.toSorted(),
        delete: gone,
      })
      expect(originals.asked() + cover.asked()).toBeLessThan(600)
    }),
  )
})

it('finds by questions what adding an address changes, as the whole list does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(networks, { maxLength: 40 }), fc.nat(127), async (given, host) => {
      const list = new AggregatedList()
      for (const network of given) list.insert(network)
      const address = `192.0.2.${host}`
      const cover = questionsTo(list.cover())
      const found = await coverWith(address, cover.ask)
      const { add, delete: gone } = list.add(address)
      expect(found && { add: found.add, delete: found.delete.toSorted() }).toEqual({
        add,
        delete: gone.toSorted(),
      })
      expect(cover.asked()).toBeLessThanOrEqual(32)
    }),
  )
  expect(await coverWith('192.0.2.0/24', questionsTo([]).ask)).toBeUndefined()
  expect(await coverWith('::1', questionsTo(['::']).ask)).toEqual({ add: ['::/127'], delete: ['::'] })
})

it('changes nothing for an address that is not there, and does not tell of networks', async () => {
  const [originals, cover] = [
    questionsTo(['10.0.0.0/8', '192.0.2.1']),
    questionsTo(['10.0.0.0/8', '192.0.2.1']),
  ]
  const nothing = { add: [], delete: [] }
  expect(await coverWithout('192.0.2.2', originals.ask, cover.ask)).toEqual(nothing)
  expect(await coverWithout('10.1.1.1', originals.ask, cover.ask)).toEqual(nothing)
  expect(await coverWithout('10.0.0.0/8', originals.ask, cover.ask)).toBeUndefined()
})

it('does not look through a merged network that is too large', async () => {
  const list = new AggregatedList()
  for (const network of ['10.0.0.0/23', '10.0.2.0/24', '10.0.3.0/25', '10.0.3.128/25']) list.insert(network)
  for (let host = 0; host < 512; host++) list.insert(`10.0.${4 + (host >> 8)}.${host & 255}`)
  const [originals, cover] = [questionsTo(list.originals()), questionsTo(list.cover())]
  expect([...list.cover()]).toEqual(['10.0.0.0/22', '10.0.4.0/23'])
  expect(await coverWithout('10.0.4.1', originals.ask, cover.ask)).toBeUndefined()
})
