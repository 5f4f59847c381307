import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Firewall, openFirewall } from 'chainmail'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { openStore, type Store } from '../store.ts'
import { History } from './history.ts'
import { type Books, Rollback } from './rollback.ts'
import { RuleChanges, unwatched } from './rule-changes.ts'

const origin = { who: 'anna', door: 'socket' } as const
const place = { table: 'filter', family: 'ipv4' } as const
const rules = (): string => execFileSync('iptables', ['-S', 'INPUT'], { encoding: 'utf8' })

describeOnKernel('a rollback on probation', () => {
  let folder: string
  let store: Store
  let firewall: Firewall
  let history: History

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-rollback-'))
    store = openStore(folder)
    firewall = await openFirewall({ allowByDefault: [] })
    history = new History({ store })
    const rule = { source: '192.0.2.1', target: 'DROP' }
    await new RuleChanges(firewall, history, unwatched).add(origin, place, 'INPUT', rule, undefined)
  })
  afterEach(async () => {
    await firewall[Symbol.asyncDispose]()
    store.close()
    rmSync(folder, { recursive: true })
    execFileSync('iptables', ['-F'])
  })

  const nothing = { restore: async () => [] }
  const rollback = (bans: Books['bans']): Rollback => {
    const books = { allowlist: nothing, bans, rfw: nothing }
    return new Rollback({ history, firewall, books, decisions: unwatched })
  }

  it('that fails behind the rules is taken back with them', async () => {
    const before = rules()
    const broken = {
      restore: async () => {
        expect(rules()).toBe('-P INPUT ACCEPT\n')
        throw new Error('the disk is full')
      },
    }
    await expect(rollback(broken).to(0, origin, { confirmWithin: '60s' })).rejects.toThrow('the disk is full')
    expect(rules()).toBe(before)
    expect(firewall.probations()).toEqual([])
  })

  it('whose revision the store refuses is taken back, and says so', async () => {
    const before = rules()
    store.database.exec(
      "CREATE TEMP TRIGGER broken BEFORE INSERT ON revisions BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END",
    )
    await expect(rollback(nothing).to(0, origin, { confirmWithin: '60s' })).rejects.toMatchObject({
      code: 'store-failed',
    })
    expect(rules()).toBe(before)
    expect(firewall.probations()).toEqual([])
  })
})
