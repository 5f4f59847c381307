import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonPlaces, tooDeep } from './places.ts'

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('the places of a JSON text', () => {
  it('are found exactly where JSON.parse takes the text', () => {
    const letters = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '1',
      '-',
      '.',
      'e',
      'null',
      '\\',
      'u00e9',
      ' ',
      '\n',
      '\t',
    )
    const texts = fc.oneof(
      fc.array(letters, { maxLength: 12 }).map((parts) => parts.join('')),
      fc.json(),
      fc.tuple(fc.json(), fc.nat(), letters).map(([json, at, letter]) => {
        const cut = at % (json.length + 1)
        return json.slice(0, cut) + letter + json.slice(cut)
      }),
    )
    fc.assert(
      fc.property(texts, (text) => {
        expect(new JsonPlaces(text).fault === undefined).toBe(isJson(text))
      }),
      { numRuns: 3000 },
    )
  })

  it('lead to the last value that exists', () => {
    const text = '{"a": [1, {"b\\u0063": "x"}], "a ": 2}'
    const places = new JsonPlaces(text)
    expect(places.locate(['a', 1, 'bc'])).toBe(text.indexOf('"x"'))
    expect(places.locate(['a', 1, 'nosuch', 3])).toBe(text.indexOf('{"b'))
    expect(places.locate(['a '])).toBe(text.indexOf('2'))
    expect(places.locate([])).toBe(0)
  })

  it('are too deep where a text nests further than allowed, brackets in strings aside', () => {
    expect(tooDeep('[["[[[[\\"[[[["]]', 2)).toBeUndefined()
    expect(tooDeep('[[[', 2)).toBe(2)
  })
})
