import { expect, it } from 'vitest'
import { SetTurns } from './set-turns.ts'

/** Work that goes on until it is told to end, and the order in which such work began and ended. */
function recorder() {
  const events: string[] = []
  const ends = new Map<string, () => void>()
  return {
    events,
    end: (name: string) => ends.get(name)?.(),
    work: (name: string) => async () => {
      events.push(`${name} begins`)
      await new Promise<void>((resolve) => ends.set(name, resolve))
      events.push(`${name} ends`)
    },
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('gives sets to one after another, in the order in which they were asked for', async () => {
  const turns = new SetTurns()
  const { events, end, work } = recorder()
  const all = [
    turns.take(['a'], work('first')),
    turns.take(['a', 'b'], work('both')),
    turns.take(['b'], work('last')),
    turns.take(['c'], work('other')),
  ]
  await settled()
  expect(events).toEqual(['first begins', 'other begins'])
  for (const name of ['other', 'first', 'both', 'last']) {
    end(name)
    await settled()
  }
  await Promise.all(all)
  expect(events.slice(2)).toEqual([
    'other ends',
    'first ends',
    'both begins',
    'both ends',
    'last begins',
    'last ends',
  ])
})

it('goes on behind work that failed', async () => {
  const turns = new SetTurns()
  const failed = turns.take(['a'], () => Promise.reject(new Error('no')))
  const next = turns.take(['a'], async () => 'done')
  await expect(failed).rejects.toThrow('no')
  expect(await next).toBe('done')
})

it('lets the content of a set be changed while somebody has the set, but not while it is changed whole', async () => {
  const turns = new SetTurns()
  const { events, end, work } = recorder()
  const all = [
    turns.take(['a'], work('replace')),
    turns.takeContent(['a'], work('growth')),
    turns.takeWhole(['a', 'a'], work('rename')),
  ]
  await settled()
  expect(events).toEqual(['replace begins', 'growth begins'])
  end('replace')
  await settled()
  expect(events).not.toContain('rename begins')
  end('growth')
  await settled()
  end('rename')
  await Promise.all(all)
  expect(events.at(-1)).toBe('rename ends')
})

it('notes changes for everyone who prepares new content, and none that failed', async () => {
  const turns = new SetTurns()
  const made: string[] = []
  const change = (set: string): void => void made.push(`now in ${set}`)
  const again = (set: string): void => void made.push(`again in ${set}`)
  await turns.journal('a', async (outer) => {
    turns.change('a', change, again)
    turns.change('b', change, again)
    expect(() =>
      turns.change('a', () => {
        throw new Error('full')
      }),
    ).toThrow('full')
    await turns.journal('a', async (inner) => {
      turns.change('a', change)
      expect([outer.length, inner.length]).toEqual([2, 1])
    })
    for (const noted of outer) noted('aside')
  })
  turns.change('a', change)
  expect(made).toEqual(['now in a', 'now in b', 'now in a', 'again in aside', 'now in aside', 'now in a'])
})
