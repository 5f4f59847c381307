import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quoteForShell, splitShell } from './shell.ts'

describe('a quoted word', () => {
  it('is read back by the reader and by a real shell as itself', () => {
    const word = fc.string({ unit: 'binary' }).filter((text) => !/[\0]|\p{Surrogate}/u.test(text))
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), (words) => {
        const line = words.map(quoteForShell).join(' ')
        expect(splitShell(line).map((command) => command.words)).toEqual([words])
        const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
        expect(printed).toBe(words.map((one) => `${one}\0`).join(''))
      }),
      { numRuns: 50 },
    )
  })
})

describe('a text', () => {
  it('that the reader takes is split as a real shell splits it', () => {
    const letters = fc.constantFrom(
      'a',
      ' ',
      '\t',
      "'",
      '"',
      '\\',
      '!',
      '#',
      '=',
      '~',
      '-',
      ',',
      '$',
      '*',
      '\\\n',
    )
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 14 }), (parts) => {
        const text = `x${parts.join('')}`
        let words: readonly string[]
        try {
          const [command, ...more] = splitShell(text)
          if (command === undefined || more.length > 0) return
          words = command.words
        } catch {
          return
        }
        const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${text}`], { encoding: 'utf8' })
        expect(printed).toBe(words.map((one) => `${one}\0`).join(''))
      }),
      { numRuns: 300 },
    )
  })

  it('of ten megabytes is read in linear time', () => {
    const words = splitShell(`iptables ${'a"b c"\\ d '.repeat(1_000_000)}`)[0]?.words
    expect(words).toHaveLength(1_000_001)
  })
})
