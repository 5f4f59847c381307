import { describe, expect, it } from 'vitest'
import { ChainmailError } from '../errors.ts'
import { checkRule } from './check.ts'
import type { Extension } from './extension.ts'
import { shown } from './kind.ts'
import { matches } from './matches/index.ts'
import { targets } from './targets/index.ts'

const all: readonly Extension[] = [...matches, ...targets]
const options = all.flatMap((extension) =>
  Object.entries(extension.options).map(([key, option]) => ({ extension, key, option })),
)

function refusal(input: unknown, family: 'ipv4' | 'ipv6'): ChainmailError {
  try {
    checkRule(input, { family })
  } catch (error) {
    if (error instanceof ChainmailError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a value that its option does not take', () => {
  it('is told with its place, the value, what is allowed and what the option is for, whatever the option', () => {
    const wrong = { wrong: true }
    for (const { extension, key, option } of options) {
      const { role, name, families = ['ipv4'], protocols = ['tcp'] } = extension
      const member = role === 'match' ? 'matches' : 'target'
      const input = { protocol: protocols[0], [member]: { [name]: { [key]: wrong } } }
      const { code, path, message } = refusal(input, families[0] ?? 'ipv4')
      const about = `(${option.flag}: ${option.about.replace(/\.$/, '')})`
      expect({ code, path, message }).toEqual({
        code: 'bad-rule',
        path: `${member}.${name}.${key}`,
        message: `${member}.${name}.${key}: ${shown(wrong)} is not ${option.kind.expects} ${about}.`,
      })
    }
  })

  it.each([
    [
      { matches: { limit: { burst: 10001 } } },
      'matches.limit.burst: "10001" is not a whole number of 1 to 10000 (--limit-burst: ',
    ],
    [
      { matches: { limit: { burst: { not: 5 } } } },
      'matches.limit.burst: "{\\"not\\":5}" is negated, and this option cannot be (--limit-burst: ',
    ],
    [
      { target: { DNPT: { srcPfx: '2001:db8::/65', dstPfx: '2001:db8::/64' } } },
      'target.DNPT.srcPfx: "2001:db8::/65" is not an IPv6 prefix of 1 to 64 bits',
    ],
  ])('names the range: %o', (input, message) => {
    expect(refusal(input, 'ipv6').message).toContain(message)
  })
})
