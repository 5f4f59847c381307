import { parseRule, type Rule } from 'chainmail'
import { expect, it } from 'vitest'
import { writtenSets } from './written-sets.ts'

it.each([
  ['-j DROP', []],
  ['-m set --match-set customers src -j DROP', []],
  ['-j SET --map-set customers src --map-mark', []],
  ['-j SET --add-set customers src --exist', ['customers']],
  ['-j SET --add-set one src --del-set other dst,dst', ['one', 'other']],
  ['-m recent --rcheck --name knock -j ACCEPT', []],
  ['-m recent --rcheck --seconds 5 --reap', ['recent:DEFAULT']],
  ['-m recent ! --set --name knock', ['recent:knock']],
  ['-m recent --update --name one -m recent --remove --name other', ['recent:one', 'recent:other']],
  ['-m strange --option', []],
])('%s writes %j', (text, names) => {
  expect(writtenSets(parseRule(text, { family: 'ipv4' }), 'ipv4')).toEqual(names)
})

it.each([
  [{ target: { opaque: { name: 'SET', text: '--add-set customers src' } } }, ['customers']],
  [{ matches: { opaque: { name: 'recent', text: '--set --name knock' } } }, ['recent:knock']],
  [{ matches: { opaque: { name: 'strange', text: '--reap' } }, target: 'DROP' }, []],
  [
    {
      matches: [{ recent: { rcheck: true, seconds: 5 } }, { opaque: { name: 'tcp', text: '--reap' } }],
    },
    undefined,
  ],
  [
    { matches: [{ recent: { rcheck: true, name: 'knock' } }, { opaque: { name: 'odd', text: '--set' } }] },
    undefined,
  ],
  [{ matches: { opaque: { name: 'recent', text: '--nothing' } } }, undefined],
  [
    {
      matches: { opaque: { name: 'strange', text: '--option' } },
      target: { SET: { addSet: ['customers', 'src'] } },
    },
    undefined,
  ],
] satisfies readonly (readonly [Rule, unknown])[])(
  '%j, with what it says to be unknown, writes %j',
  (rule, names) => {
    expect(writtenSets(rule, 'ipv4')).toEqual(names)
  },
)
