import { describe, expect, it } from 'vitest'
import { detectLanguage, type Language, readRuleset } from './language.ts'

const pieces = [
  '"',
  '\\',
  ' ',
  ',',
  '!',
  '! ',
  'a',
  '\n',
  '\r',
  '\t',
  '#',
  '-',
  '[',
  '{',
  '<',
  '&',
  ':',
  '*',
  "'",
  '$',
  '1.1.1.1,',
  '-f ',
  '-m tcp ',
  '-m comment --comment a ',
  '"a" ',
  '\\"',
  '\n#',
  '<!--',
  '&amp;',
  'é',
  '\ud800',
]

const RULE = '{"tables":[{"name":"filter","chains":[{"name":"INPUT","policy":"ACCEPT","rules":[{"source":"'
const ELEMENT =
  '<iptables-rules version="1.0"><table name="filter"><chain name="INPUT" policy="ACCEPT"><rule><conditions><match><s>'

/** What stands before and behind the piece that is repeated. */
const frames: readonly (readonly [language: Language, before: string, behind: string])[] = [
  ['save', '', ''],
  ['save', '*filter\n', '\nCOMMIT\n'],
  ['save', '*filter\n-A INPUT ', '\nCOMMIT\n'],
  ['save', '*filter\n-A INPUT -m comment --comment "', '"\nCOMMIT\n'],
  ['save', '*filter\n-A INPUT -s ', '\nCOMMIT\n'],
  ['args', '', ''],
  ['args', 'iptables -A INPUT ', '\n'],
  ['args', "iptables -A INPUT -m comment --comment '", "'\n"],
  ['json', '', ''],
  ['json', RULE, '"}]}]}]}'],
  ['xml', '', ''],
  ['xml', ELEMENT, '</s></match></conditions></rule></chain></table></iptables-rules>'],
]

/** Milliseconds of this thread that it takes to read a text, the least of several attempts. */
function time(language: Language, text: string, attempts: number): number {
  const times = Array.from({ length: attempts }, () => {
    const began = process.threadCpuUsage()
    detectLanguage(text)
    readRuleset(text, language)
    const { user, system } = process.threadCpuUsage(began)
    return (user + system) / 1000
  })
  return Math.min(...times)
}

/** Below this the clock and the collector of garbage say more than the reader. */
const MEASURABLE = 5

/** How many times as long a text of four times the length takes; texts grow until they can be measured. */
function growth(read: (length: number) => number): number {
  let length = 50_000
  let once = read(length)
  while (once < MEASURABLE && length < 200_000) {
    length *= 2
    once = read(length)
  }
  return read(4 * length) / Math.max(once, MEASURABLE)
}

describe.each(frames)('%s behind %j', (language, before, behind) => {
  it('is read in linear time, whatever is repeated in it', { timeout: 120_000 }, () => {
    const slow = pieces.filter((piece) => {
      const text = (length: number) => before + piece.repeat(length / piece.length) + behind
      const grows = (attempts: number) => growth((length) => time(language, text(length), attempts)) >= 10
      // Four is linear, sixteen quadratic; what the collector of garbage alone made slow is not so again.
      return grows(2) && grows(5) && grows(9)
    })
    expect(slow).toEqual([])
  })
})

describe('a line of ten megabytes', () => {
  const length = 10_000_000
  it.each(['"', '\\', ' ', ',', '!', 'a'])(
    'of %j is read in every language',
    { timeout: 120_000 },
    (piece) => {
      for (const [language, before, behind] of frames) {
        const { problems } = readRuleset(before + piece.repeat(length) + behind, language)
        expect(problems.every(({ line, column }) => line >= 1 && column >= 1)).toBe(true)
      }
    },
  )
})
