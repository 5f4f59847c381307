import * as library from 'chainmail'
import { expect, test } from 'vitest'
import { isOwnedRule, OWNED_COMMENT, OWNED_PREFIX } from './ownership.ts'

test('what is owned is known by the same names as in the library', () => {
  expect(OWNED_PREFIX).toBe(library.OWNED_PREFIX)
  expect(OWNED_COMMENT).toBe(library.OWNED_COMMENT)
})

test.each([
  ['chainmail-allow', undefined, true],
  ['INPUT', { comment: { comment: 'chainmail' } }, true],
  ['INPUT', [{ tcp: { dport: 22 } }, { comment: { comment: 'chainmail' } }], true],
  ['INPUT', { comment: { comment: 'chainmail it is not' } }, false],
  ['INPUT', undefined, false],
  ['chainmail', { comment: null }, false],
])('a rule of the chain %s with the matches %j is owned: %j', (chain, matches, owned) => {
  expect(isOwnedRule(chain, matches)).toBe(owned)
})
