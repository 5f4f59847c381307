import { describe, expect, it } from 'vitest'
import { readSave } from '../text/save.ts'

const context = { family: 'ipv4' } as const

describe('a match that says the same as the one before it', () => {
  it('shares its options', () => {
    const dump =
      '*filter\n:a - [0:0]\n-A a -m limit --limit 1/min\n-A a -m limit --limit 1/min -j DROP\nCOMMIT\n'
    const [first, second] = readSave(dump, context).tables[0]?.chains[0]?.rules ?? []
    const [limit] = Object.values(first?.matches ?? {})
    expect(limit).toEqual({ limit: '1/min' })
    expect(Object.values(second?.matches ?? {})[0]).toBe(limit)
  })

  it('is refused all the same beside a protocol, or in a table, for which it is not', () => {
    const dump = [
      '*mangle',
      ':a - [0:0]',
      '-A a -p tcp -m multiport --dports 22',
      '-A a -p icmp -m multiport --dports 22',
      '-A a -m rpfilter',
      'COMMIT',
      '*filter',
      ':a - [0:0]',
      '-A a -m rpfilter',
      'COMMIT',
      '',
    ].join('\n')
    expect(readSave(dump, context).problems).toMatchObject([
      { line: 4, code: 'bad-rule', path: 'matches.multiport' },
      { line: 9, code: 'wrong-table', path: 'matches.rpfilter' },
    ])
  })
})
