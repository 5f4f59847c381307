import { expect, it } from 'vitest'
import { parseRule } from './parse-rule.ts'
import { readSave } from './save.ts'

it.each([
  ['! ! -s 192.0.2.1', 3, 'two exclamation marks in a row'],
  ['-s 192.0.2.1 !', 14, 'nothing follows the exclamation mark'],
  ['! -j DROP', 3, 'cannot be negated'],
  ['-s 192.0.2.1 -s 192.0.2.2', 14, 'stands twice'],
  ['-p tcp --dport', 8, 'a value is missing'],
  ['--icmp-type 8', 1, 'named before it; it belongs to icmp.'],
  ['--nosuch 8', 1, 'named before it.'],
  ['-m limit --limit 1/s --limit 2/s', 22, 'stands twice'],
  ['-m comment --comment "open', 22, 'a quotation mark is left open'],
])('%s is refused at column %i', (text, column, words) => {
  expect(() => parseRule(text, { family: 'ipv4' })).toThrow(
    expect.objectContaining({ column, message: expect.stringContaining(words) }),
  )
})

it('a long value is shown in short', () => {
  const text = `-m comment --comment ok -p tcp --dport ${'9'.repeat(5_000)}`
  expect(() => parseRule(text, { family: 'ipv4' })).toThrow(/^--dport: "9{57}…" is not a port/)
})

it('a jump that leads back is told at the first of its kind', () => {
  const rules = ['-A INPUT -j a', '-A a -j b', '-A b -p tcp -j a', '-A b -p udp -j a']
  const dump = ['*filter', ':a - [0:0]', ':b - [0:0]', ...rules, 'COMMIT', ''].join('\n')
  expect(readSave(dump, { family: 'ipv4' }).problems).toMatchObject([
    { code: 'chain-loop', line: 6, column: 16 },
  ])
})
