import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasOctets, octetsFromText, textFromOctets } from './octets.ts'

test('any bytes become a text and the same bytes again', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const text = textFromOctets(Buffer.from(bytes))
      expect(hasOctets(text)).toBe(true)
      expect(octetsFromText(text)).toEqual(Buffer.from(bytes))
    }),
  )
})

test('UTF-8 between bad bytes stays readable', () => {
  const octets = Buffer.concat([
    Buffer.from('grün\n', 'utf8'),
    Buffer.from([0xff]),
    Buffer.from('ß🔥', 'utf8'),
    Buffer.from([0xc3]),
  ])
  expect(textFromOctets(octets)).toBe('grün\n\udcffß🔥\udcc3')
})

test('a text with other lone surrogates has no bytes', () => {
  expect(hasOctets('a\ud800')).toBe(false)
  expect(hasOctets('a\udc41')).toBe(false)
})
