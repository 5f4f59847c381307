import { describe, expect, it } from 'vitest'
import { entryOfLine, type Journal, parseJournal, renderJournal } from './journal.ts'

const journal: Journal = {
  id: 'abc234',
  backend: 'nft',
  armed: 1_000_000_000n,
  within: 60_000_000_000n,
  latest: 91_000_000_000n,
  tables: [
    {
      place: { table: 'filter', family: 'ipv6' },
      chains: [
        {
          name: 'INPUT',
          before: {
            name: 'INPUT',
            policy: 'ACCEPT',
            rules: [
              { text: '-s 2001:db8::1/128 -j DROP', counters: { packets: 2n ** 63n, bytes: 7 } },
              { text: '-m comment --comment "a \\"b\\" é" -j DROP', counters: { packets: 0, bytes: 0 } },
              { text: '', counters: { packets: 1, bytes: 2 } },
            ],
          },
          after: {
            policy: 'DROP',
            rules: [{ text: '-j new' }, { text: '', counters: { packets: 1, bytes: 2 }, from: 2 }],
          },
        },
        { name: 'new', before: undefined, after: { rules: [] } },
        { name: 'old', before: { name: 'old', rules: [] }, after: undefined },
      ],
    },
  ],
  sets: [
    { name: 'fresh', do: 'destroy' },
    {
      name: 'kept',
      do: 'change',
      create: 'create kept hash:net family inet',
      take: ['192.0.2.0/24'],
      put: ['add kept 198.51.100.1 timeout 5'],
    },
  ],
}

describe('the journal of a probation', () => {
  it('says the same when it is read again', () => {
    expect(parseJournal(renderJournal(journal))).toEqual(journal)
  })

  it.each([
    ['', 'document'],
    ['{"version":2}', 'version'],
    [renderJournal(journal).replace('"nft"', '"none"'), 'backend'],
    [renderJournal(journal).replace('60000000000', 'soon'), 'within'],
    [renderJournal(journal).replace('"ipv6"', '"ipv5"'), 'family'],
    [renderJournal(journal).replace('"-j new"', '9'), 'rules'],
    [renderJournal(journal).replace('"change"', '"swap"'), 'do'],
    [renderJournal(journal).replace('"192.0.2.0/24"', '7'), 'take'],
  ])('is refused where it is broken: %#', (text, path) => {
    expect(() => parseJournal(text)).toThrow(expect.objectContaining({ code: 'journal-broken' }))
    expect(() => parseJournal(text)).toThrow(path)
  })

  it('takes nothing for an entry but a line that adds one', () => {
    expect(entryOfLine('add kept 192.0.2.1 comment "x"')).toEqual({ element: '192.0.2.1', comment: 'x' })
    expect(() => entryOfLine('destroy kept')).toThrow(expect.objectContaining({ code: 'journal-broken' }))
  })
})
