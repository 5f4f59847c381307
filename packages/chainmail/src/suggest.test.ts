import { describe, expect, test } from 'vitest'
import { suggest } from './suggest.ts'

const commands = ['ban', 'unban', 'bans', 'rules', 'status', 'completion', 'help']

describe('a suggestion', () => {
  test.each([
    ['bnas', 'bans'],
    ['statsu', 'status'],
    ['RULES', 'rules'],
    ['rule', 'rules'],
    ['unbann', 'unban'],
    ['comp', 'completion'],
    ['hlep', 'help'],
  ])('for %s is %s', (word, nearest) => {
    expect(suggest(word, commands)).toBe(nearest)
  })

  test.each(['x', 'firewall', 'z'.repeat(1_000_000)])('is not made for what resembles nothing', (word) => {
    expect(suggest(word, commands)).toBeUndefined()
  })
})
