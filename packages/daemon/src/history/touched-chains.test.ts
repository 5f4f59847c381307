import { expect, it } from 'vitest'
import { TouchedChains } from './touched-chains.ts'

const filter = { table: 'filter', family: 'ipv4' } as const

it('nothing is touched before a command', () => {
  const touched = new TouchedChains()
  expect(touched.isEmpty).toBe(true)
  expect(touched.has({ ...filter, chain: 'INPUT' })).toBe(false)
})

it.each<[string, string[]]>([
  ['-A app -s 192.0.2.7 -j DROP', ['app']],
  ['[3:180] -A app -j DROP', ['app']],
  ['-I "a b" 1 -j DROP', ['a b']],
  [':app - [0:0]', ['app']],
  ['-P INPUT DROP', ['INPUT']],
  ['-F app', ['app']],
  ['-F', ['app', 'INPUT', 'a b']],
  ['-X', ['app', 'INPUT', 'a b']],
  ['-E app "a b"', ['app', 'INPUT', 'a b']],
])('the line %s touches %j and nothing of another table or family', (line, chains) => {
  const touched = new TouchedChains()
  touched.addLines(filter, [line])
  const named = ['app', 'INPUT', 'a b'].filter((chain) => touched.has({ ...filter, chain }))
  expect(named.toSorted()).toEqual(chains.toSorted())
  expect(touched.has({ ...filter, table: 'nat', chain: 'app' })).toBe(false)
  expect(touched.has({ ...filter, family: 'ipv6', chain: 'app' })).toBe(false)
})

it('a command touches its chain, and one that gives a chain another name the whole table', () => {
  const touched = new TouchedChains()
  touched.addCommand({ ...filter, operation: 'flush', chain: 'app' })
  expect(touched.has({ ...filter, chain: 'app' })).toBe(true)
  expect(touched.has({ ...filter, chain: 'INPUT' })).toBe(false)
  touched.addCommand({ ...filter, operation: 'rename-chain', chain: 'app', to: 'web' })
  expect(touched.has({ ...filter, chain: 'INPUT' })).toBe(true)
})
