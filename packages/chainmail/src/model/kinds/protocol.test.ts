import { expect, it } from 'vitest'
import { parseRule } from '../../text/parse-rule.ts'
import { renderRule } from '../../text/render-rule.ts'

it.each([
  ['igmp', '-p igmp', '-p 2'],
  ['6', '-p tcp', '-p tcp'],
  ['mh', '-p mobility-header', '-p mobility-header'],
  ['253', '-p 253', '-p 253'],
])('the protocol %s is written as the version of iptables prints it', (word, before, since) => {
  const rule = parseRule(`-p ${word}`, { family: 'ipv6' })
  expect(renderRule(rule, { family: 'ipv6' })).toBe(before)
  expect(renderRule(rule, { family: 'ipv6', iptables: '1.8.11' })).toBe(since)
  expect(parseRule(since, { family: 'ipv6' })).toEqual(rule)
})
