import { describe, expect, it } from 'vitest'
import { parseSave } from '../../text/save.ts'
import { tableChanges } from './table-changes.ts'

const before = '*filter\n:INPUT ACCEPT [0:0]\n:app - [0:0]\n[5:7] -A INPUT -j app\n-A app -j DROP\nCOMMIT\n'

describe('what has changed between two readings', () => {
  it('is nothing where only counters differ', () => {
    expect(changes(before, before.replace('[5:7]', '[6:9]'))).toEqual([])
    expect(changes('', '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n')).toEqual([])
  })

  it('is told chain by chain, with the rules around what has come and gone', () => {
    const after =
      '*filter\n:INPUT DROP [0:0]\n:web - [0:0]\n-A INPUT -s 192.0.2.1/32 -j DROP\n-A web -j DROP\nCOMMIT\n'
    expect(changes(before, after)).toEqual([
      {
        family: 'ipv4',
        table: 'filter',
        chain: 'INPUT',
        did: 'changed',
        policy: { before: 'ACCEPT', after: 'DROP' },
        lines: ['+-s 192.0.2.1/32 -j DROP', '-[5:7] -j app'],
      },
      { family: 'ipv4', table: 'filter', chain: 'app', did: 'removed', lines: ['--j DROP'] },
      { family: 'ipv4', table: 'filter', chain: 'web', did: 'created', lines: ['+-j DROP'] },
    ])
  })
})

function changes(was: string, is: string): unknown {
  return tableChanges('ipv4', parseSave(was, { family: 'ipv4' }), parseSave(is, { family: 'ipv4' }))
}
