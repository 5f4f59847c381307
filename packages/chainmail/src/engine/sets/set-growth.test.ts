import { execFileSync } from 'node:child_process'
import { Ipset, type ListedEntries } from '@chainmail/kernel'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { growSet } from './set-growth.ts'
import { SetTurns } from './set-turns.ts'

function run(...args: string[]): string {
  return execFileSync('ipset', args, { encoding: 'utf8' })
}

/** Does something between the reading of a set and what comes then. */
class InterruptedIpset extends Ipset {
  interrupt: () => void = () => undefined

  override async *listedEntries(name: string): AsyncGenerator<ListedEntries, void> {
    yield* super.listedEntries(name)
    this.interrupt()
  }
}

describeOnKernel('a set that grows', () => {
  let ipset: InterruptedIpset

  beforeEach(() => {
    ipset = new InterruptedIpset()
    run('create', 'a', 'hash:ip', 'maxelem', '4')
    run('add', 'a', '192.0.2.1')
  })

  afterEach(() => {
    ipset.close()
    run('destroy')
  })

  it('gets what was changed while it was copied', async () => {
    const turns = new SetTurns()
    ipset.interrupt = () => {
      turns.change('a', (set) => ipset.add(set, '192.0.2.2', { exists: 'ignore' }))
      turns.change(
        'a',
        (set) => ipset.del(set, '192.0.2.1'),
        (set) => ipset.del(set, '192.0.2.1', { exists: 'ignore' }),
      )
    }
    await growSet({ ipset, turns }, 'a')
    expect(run('save', 'a')).toMatch(/maxelem 8 [^\n]*\nadd a 192\.0\.2\.2\n$/)
    expect(run('list', '-n')).toBe('a\n')
  })

  it.each([
    ['destroyed', 'set-not-found', () => run('destroy', 'a')],
    [
      'put another set in the place of',
      'set-changed',
      () => {
        run('create', 'b', 'hash:ip', 'maxelem', '4')
        run('add', 'b', '198.51.100.1')
        run('swap', 'a', 'b')
        run('destroy', 'b')
      },
    ],
    [
      'put a set of another type in the place of',
      'set-changed',
      () => {
        run('destroy', 'a')
        run('create', 'a', 'hash:net')
      },
    ],
  ])('says that somebody else has %s it, and leaves what is there', async (_, code, interrupt) => {
    let there = ''
    ipset.interrupt = () => {
      interrupt()
      there = run('list', '-n').includes('a\n') ? run('save', 'a') : ''
    }
    await expect(growSet({ ipset, turns: new SetTurns() }, 'a')).rejects.toMatchObject({ code })
    expect(run('save')).toBe(there)
  })

  it('waits for who lists it', async () => {
    const listing = ipset.listedEntries('a')
    await listing.next()
    const grown = growSet({ ipset, turns: new SetTurns() }, 'a')
    setTimeout(() => void listing.return(), 50)
    await grown
    expect(run('list', '-t', 'a')).toContain('maxelem 8')
  })
})
