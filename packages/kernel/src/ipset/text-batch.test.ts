import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatAddress } from '../address.ts'
import type { SetEntry } from './entry-options.ts'
import { TextBatch } from './text-batch.ts'

const addresses = fc.array(
  fc.tuple(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.oneof(fc.constant(32), fc.nat(32))),
  { maxLength: 200 },
)

function elements(batch: TextBatch, list: readonly (readonly [Uint8Array, number])[]): string[] {
  const entries = list.map((): SetEntry => ({ element: '' }))
  batch.begin()
  for (const [index, [bytes, prefix]] of list.entries()) {
    const entry = entries[index]
    if (entry !== undefined) batch.add(entry, bytes, 0, prefix)
  }
  batch.finish()
  return entries.map(({ element }) => element)
}

test('a batch gives the texts that the formatter gives, one message after another', () => {
  const batch = new TextBatch()
  fc.assert(
    fc.property(addresses, (list) => {
      const expected = list.map(([bytes, prefix]) => formatAddress({ family: 'ipv4', bytes, prefix }))
      expect(elements(batch, list)).toEqual(expected)
    }),
  )
})

test('a batch knows every octet', () => {
  const list = Array.from({ length: 256 }, (_, octet) => [Uint8Array.of(octet, 0, 255, octet), 32] as const)
  expect(elements(new TextBatch(), list)).toEqual(list.map((_, octet) => `${octet}.0.255.${octet}`))
})

test('a batch that is longer than its buffer loses nothing', () => {
  const list = Array.from({ length: 50_000 }, () => [Uint8Array.of(255, 255, 255, 255), 31] as const)
  expect(new Set(elements(new TextBatch(), list))).toEqual(new Set(['255.255.255.255/31']))
})

test('what a message that broke off has left does not reach the next one', () => {
  const batch = new TextBatch()
  const broken: SetEntry = { element: '' }
  batch.begin()
  batch.add(broken, Uint8Array.of(192, 0, 2, 1), 0, 32)
  expect(elements(batch, [[Uint8Array.of(192, 0, 2, 2), 32]])).toEqual(['192.0.2.2'])
  expect(broken.element).toBe('')
})
