import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { changesOf, type Firewall, openFirewall, type Plan, PlanRacedError } from 'chainmail'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { openStore, type Store } from '../store.ts'
import { History } from './history.ts'
import { applyPlan, type PlanParts } from './plan-changes.ts'
import { unwatched } from './rule-changes.ts'

const origin = { who: 'anna', door: 'socket' } as const
const rules = (): string => execFileSync('iptables', ['-S', 'INPUT'], { encoding: 'utf8' })

describeOnKernel('a plan that another program has raced', () => {
  let folder: string
  let store: Store
  let firewall: Firewall
  let history: History
  let plan: Plan
  let parts: PlanParts

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-plan-changes-'))
    store = openStore(folder)
    firewall = await openFirewall({ allowByDefault: [] })
    history = new History({ store })
    plan = await firewall.plan({ tables: [{ chains: { INPUT: ['-s 192.0.2.1 -j DROP'] } }] })
    const racing: PlanParts['firewall'] = {
      planBack: (changes) => firewall.planBack(changes),
      apply: async (one, options) => {
        const applied = await firewall.apply(one, options)
        if (one === plan) throw new PlanRacedError(plan)
        return applied
      },
    }
    parts = { history, firewall: racing, decisions: unwatched }
  })
  afterEach(async () => {
    await firewall[Symbol.asyncDispose]()
    store.close()
    rmSync(folder, { recursive: true })
    execFileSync('iptables', ['-F'])
  })

  it('is kept as a revision, since it was made', async () => {
    await expect(applyPlan(parts, plan, origin)).rejects.toMatchObject({ code: 'plan-raced' })
    expect(rules()).toContain('-A INPUT -s 192.0.2.1/32 ')
    expect(history.get(1)).toMatchObject({ what: 'plan', who: 'anna', operations: changesOf(plan) })
  })

  it('is taken back when the store refuses that', async () => {
    store.database.exec(
      "CREATE TEMP TRIGGER broken BEFORE INSERT ON revisions BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END",
    )
    await expect(applyPlan(parts, plan, origin)).rejects.toMatchObject({ code: 'store-failed' })
    expect(rules()).toBe('-P INPUT ACCEPT\n')
  })
})
