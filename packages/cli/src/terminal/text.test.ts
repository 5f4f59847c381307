import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ellipsize, printable, printableJson, width, wrap } from './text.ts'

const anyText = fc.string({ unit: 'binary' })

describe('text that others wrote', () => {
  test.each([
    ['plain text', 'plain text'],
    ['\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
    ['\u001b]0;title\u0007', '\\x1b]0;title\\x07'],
    ['\u009b2J', '\\x9b2J'],
    ['two\nlines\tand\ra\u0000nul\u007f', 'two\\nlines\\tand\\x0da\\x00nul\\x7f'],
    ['\u202egnp.exe', '\\u{202e}gnp.exe'],
    ['no\u200bspace', 'no\\u{200b}space'],
    ['half a pair \ud800', 'half a pair \\u{d800}'],
    ['tag \u{e0041}', 'tag \\u{e0041}'],
    ['Zürich 東京 🔥', 'Zürich 東京 🔥'],
  ])('%j is shown as %j', (text, shown) => {
    expect(printable(text)).toBe(shown)
  })

  test('never holds a character that a terminal obeys or hides', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(printable(text)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
      }),
    )
  })

  test('in JSON is safe for a terminal too, and reads back the same', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const json = printableJson({ text })
        expect(json.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
        expect(JSON.parse(json)).toEqual({ text })
      }),
    )
  })

  test('counters above 2^53 - 1 stand in JSON as decimal texts', () => {
    expect(printableJson({ bytes: 2n ** 64n - 1n })).toContain('"18446744073709551615"')
  })
})

describe('the width of a text', () => {
  test.each([
    ['', 0],
    ['plain', 5],
    ['Zürich', 6],
    ['Zu\u0308rich', 6],
    ['東京', 4],
    ['한글', 4],
    ['🔥', 2],
    ['ｆｕｌｌ', 8],
    ['…', 1],
  ])('of %j is %d columns', (text, columns) => {
    expect(width(text)).toBe(columns)
  })
})

describe('cutting a text', () => {
  test('leaves it whole when it fits', () => {
    expect(ellipsize('brute force', 11)).toBe('brute force')
  })

  test('says by an ellipsis that something is missing', () => {
    expect(ellipsize('brute force', 8)).toBe('brute f…')
    expect(ellipsize('東京東京', 4)).toBe('東…')
    expect(ellipsize('anything', 1)).toBe('…')
    expect(ellipsize('anything', 0)).toBe('')
  })

  test('never gives more columns than there are', () => {
    fc.assert(
      fc.property(anyText, fc.nat(60), (text, columns) => {
        expect(width(ellipsize(printable(text), columns))).toBeLessThanOrEqual(columns)
      }),
    )
  })
})

describe('wrapping', () => {
  test('breaks between words', () => {
    expect(wrap('drop every packet from there', 12)).toEqual(['drop every', 'packet from', 'there'])
  })

  test('keeps a word that is too long whole', () => {
    expect(wrap('at /run/chainmail/chainmail.sock now', 10)).toEqual([
      'at',
      '/run/chainmail/chainmail.sock',
      'now',
    ])
  })

  test('into a pipe is no wrapping at all', () => {
    expect(wrap('a b c', Number.POSITIVE_INFINITY)).toEqual(['a b c'])
  })
})
