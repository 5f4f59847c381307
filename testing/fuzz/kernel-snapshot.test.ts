import { expect, it } from 'vitest'
import { differences, entryOptions, newRules, snapshotOf } from './kernel-snapshot.ts'

const dump = (...lines: string[]) =>
  ['*filter', ':INPUT ACCEPT [0:0]', ':app - [0:0]', ...lines, 'COMMIT', ''].join('\n')

it('a rule that comes, goes or moves is a difference of its chain', () => {
  const before = snapshotOf('', dump('-A app -s 192.0.2.1/32', '-A app -s 192.0.2.2/32'), '')
  const more = snapshotOf('', dump('-A app -s 192.0.2.1/32', '-A app -s 192.0.2.2/32', '-A INPUT -j app'), '')
  const moved = snapshotOf('', dump('-A app -s 192.0.2.2/32', '-A app -s 192.0.2.1/32'), '')
  expect(differences(before, before)).toEqual(new Map())
  expect(differences(before, more)).toEqual(new Map([['ipv4 filter INPUT', '+-j app']]))
  expect(differences(more, before)).toEqual(new Map([['ipv4 filter INPUT', '--j app']]))
  expect(differences(before, moved)).toEqual(new Map([['ipv4 filter app', 'in another order']]))
  expect(newRules(before, more)).toEqual([
    { family: 'ipv4', table: 'filter', chain: 'INPUT', text: '-j app' },
  ])
})

it('what an entry has counted, and its time that runs out, is no difference', () => {
  const before = snapshotOf(
    'add a 192.0.2.1 timeout 2 packets 1 bytes 2\nadd a 192.0.2.2 timeout 600\n',
    '',
    '',
  )
  const later = snapshotOf('add a 192.0.2.2 timeout 598\n', '', '')
  expect(differences(before, later)).toEqual(new Map())
  expect(differences(later, snapshotOf('', '', ''))).toEqual(
    new Map([['set a', '-add a 192.0.2.2 timeout …']]),
  )
})

it('the options of an entry are told apart from what its comment says', () => {
  const line = String.raw`add a 192.0.2.1 timeout … comment "x\" timeout 1 nomatch" nomatch`
  expect([...entryOptions(line).keys()]).toEqual(['timeout', 'comment', 'nomatch'])
})
