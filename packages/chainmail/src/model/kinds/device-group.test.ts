import { expect, it } from 'vitest'
import { parseRule } from '../../text/parse-rule.ts'
import { renderRule } from '../../text/render-rule.ts'
import { mayDiffer, sameRule } from '../equality.ts'

const before = { family: 'ipv4' } as const
const since = { family: 'ipv4', iptables: '1.8.11' } as const

it.each([
  ['-m devgroup --src-group default', '-m devgroup --src-group 0x0'],
  ['-m devgroup ! --dst-group default', '-m devgroup ! --dst-group 0x0'],
  ['-m realm --realm cosmos', '-m realm --realm 0x0'],
])('%s has a number where iptables finds no names, and is the same by either', (named, numbered) => {
  const rule = parseRule(named, before)
  expect(renderRule(rule, before)).toBe(named)
  expect(renderRule(rule, since)).toBe(numbered)
  expect(sameRule(rule, parseRule(numbered, since), since)).toBe(true)
  expect([named, numbered].filter(mayDiffer)).toEqual([named, numbered])
})
