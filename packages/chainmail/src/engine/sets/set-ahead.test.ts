import { execFileSync } from 'node:child_process'
import { Ipset } from '@chainmail/kernel'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { HashGrowth } from './set-ahead.ts'
import { SetTurns } from './set-turns.ts'

function run(...args: string[]): string {
  return execFileSync('ipset', args, { encoding: 'utf8' })
}

function bucketsOf(set: string): number {
  return Number(/hashsize (\d+)/.exec(run('list', '-t', set))?.[1])
}

function entriesOf(set: string): string[] {
  return run('save', set).split('\n').slice(1).toSorted()
}

function* addresses(count: number): Generator<string, void> {
  for (let host = 0; host < count; host++) yield `10.0.${host >> 8}.${host & 255}`
}

describeOnKernel('a hash that entries fill one by one', () => {
  let ipset: Ipset
  let turns: SetTurns

  beforeEach(() => {
    ipset = new Ipset()
    turns = new SetTurns()
    // With a random one, some of the hashes find a bucket full early, and the kernel has made them larger beforehand.
    run('create', 'a', 'hash:ip', 'counters', 'comment', 'initval', '0x5eed')
  })

  afterEach(() => {
    ipset.close()
    run('destroy')
  })

  /** Counts so many adds, and waits for what comes of them. */
  async function count(adds: number): Promise<void> {
    await using hashes = new HashGrowth({ ipset, turns })
    for (let add = 0; add < adds; add++) hashes.added('a')
  }

  it('gets more buckets before the kernel has to make it anew, and keeps what its entries carry', async () => {
    ipset.addMany('a', addresses(20_000))
    ipset.add('a', { element: '192.0.2.1', packets: 7, bytes: 700, comment: 'seven' })
    const [buckets, entries] = [bucketsOf('a'), entriesOf('a')]
    await count(256)
    expect(bucketsOf('a')).toBe(2 * buckets)
    expect(entriesOf('a')).toEqual(entries)
    expect(run('list', '-n')).toBe('a\n')
  })

  it('gets what is added while it is copied', async () => {
    ipset.addMany('a', addresses(20_000))
    const growing = count(256)
    turns.change('a', (set) => ipset.add(set, '192.0.2.2', { exists: 'ignore' }))
    await growing
    expect(entriesOf('a')).toHaveLength(20_002)
    expect(ipset.test('a', '192.0.2.2')).toBe(true)
  })

  it('stays as it is while it is far from full, and after a few adds', async () => {
    ipset.addMany('a', addresses(10_000))
    const buckets = bucketsOf('a')
    await count(256)
    expect(bucketsOf('a')).toBe(buckets)
    ipset.addMany('a', addresses(20_000), { exists: 'ignore' })
    const grown = bucketsOf('a')
    await count(255)
    expect(bucketsOf('a')).toBe(grown)
  })

  it('does not mind that it is gone', async () => {
    run('destroy', 'a')
    await count(1_000)
    expect(run('list', '-n')).toBe('')
  })
})
