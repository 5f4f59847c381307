import { expect, it } from 'vitest'
import { requestIds } from './request-id.ts'

const named = (id: string | string[]) => ({ headers: { 'chainmail-request-id': id } })

it('takes the name that a request brings', () => {
  expect(requestIds()(named('4bf92f35:77b34da6_a.3-x'))).toBe('4bf92f35:77b34da6_a.3-x')
})

it.each([
  ['an empty one', ''],
  ['one that is too long', 'a'.repeat(65)],
  ['a line break', 'a\nb'],
  ['a space', 'a b'],
  ['quotation marks', 'a"b'],
  ['letters of other scripts', 'ä'],
])('does not take %s, and makes one', (_, id) => {
  expect(requestIds()(named(id))).toMatch(/^[0-9a-f]{12}-1$/)
})

it('makes a new one for each request and each daemon', () => {
  const [one, other] = [requestIds(), requestIds()]
  const made = [one({ headers: {} }), one({ headers: {} }), other({ headers: {} })]
  expect(new Set(made).size).toBe(3)
})
