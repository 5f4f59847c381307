import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DesiredInput, type DriftWatch, type Firewall, openFirewall } from 'chainmail'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { History } from '../history/history.ts'
import { applyPlan } from '../history/plan-changes.ts'
import { ProbationDecisions } from '../history/probation-decisions.ts'
import { Rollback } from '../history/rollback.ts'
import { RuleChanges, unwatched } from '../history/rule-changes.ts'
import { SetChanges } from '../history/set-changes.ts'
import { openStore, type Store } from '../store.ts'
import { AppliedBook } from './applied-book.ts'

const origin = { who: 'anna', door: 'socket' } as const
const filter = { table: 'filter', family: 'ipv4' } as const

const web: DesiredInput = {
  sets: { office: { type: 'hash:net', entries: ['192.0.2.0/24', { element: '198.51.100.7' }] } },
  tables: [
    {
      chains: {
        INPUT: { rules: ['-p tcp --dport 80 -j web'] },
        web: { rules: ['-m set --match-set office src -j ACCEPT', '-j DROP'] },
      },
    },
  ],
}

/** A daemon's part in it, as it is between two starts. */
class Run implements AsyncDisposable {
  readonly store: Store
  readonly firewall: Firewall
  readonly applied: AppliedBook
  readonly history: History
  readonly decisions: ProbationDecisions
  readonly faults: unknown[] = []
  #drift: DriftWatch | undefined

  private constructor(folder: string, firewall: Firewall) {
    this.store = openStore(folder)
    this.firewall = firewall
    const onFault = (error: unknown): void => void this.faults.push(error)
    this.applied = new AppliedBook({ store: this.store, firewall, onFault })
    this.history = new History({ store: this.store, follower: this.applied })
    const nothing = { restore: async () => [] }
    this.decisions = new ProbationDecisions({
      history: this.history,
      firewall,
      applied: this.applied,
      books: { bans: nothing, allowlist: nothing, rfw: nothing },
      onFault,
    })
  }

  static async start(folder: string): Promise<Run> {
    const run = new Run(folder, await openFirewall({ backend: 'nft' }))
    run.decisions.open()
    await run.decisions.settleKnown()
    await run.applied.open()
    await run.decisions.settle()
    run.#drift = await run.firewall.watchDrift()
    await run.applied.watch(run.#drift)
    return run
  }

  async apply(desired: DesiredInput, confirmWithin?: string) {
    const plan = await this.firewall.plan(desired)
    return applyPlan(this, plan, origin, confirmWithin === undefined ? {} : { confirmWithin })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.decisions[Symbol.dispose]()
    await this.#drift?.[Symbol.asyncDispose]()
    await this.firewall[Symbol.asyncDispose]()
    this.store.close()
    expect(this.faults).toEqual([])
  }
}

const save = (): string => execFileSync('iptables-nft-save', { encoding: 'utf8' })
const comparable = (saved: string): string => saved.replaceAll(/^#.*$|\[\d+:\d+\]/gm, '')
const iptables = (...words: string[]): unknown => execFileSync('iptables-nft', words)
const reboot = (): void => {
  execFileSync('nft', ['flush', 'ruleset'])
  execFileSync('ipset', ['destroy'])
}

/** Whether everything of the state stands in the kernel. */
function expectWeb(): void {
  const rules = save()
  expect(rules).toContain('-A INPUT -p tcp -m tcp --dport 80 -m comment --comment "chainmail:main" -j web\n')
  expect(rules).toContain('-A web -m set --match-set office src -j ACCEPT\n-A web -j DROP\n')
  expect(execFileSync('ipset', ['save', 'office'], { encoding: 'utf8' })).toMatch(
    /^create office hash:net .*\nadd office (192.0.2.0\/24\nadd office 198.51.100.7|198.51.100.7\nadd office 192.0.2.0\/24)\n$/,
  )
}

describeOnKernel('what plans have made', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-applied-'))
  })
  afterEach(() => {
    reboot()
    rmSync(folder, { recursive: true })
  })

  it('is there again after a reboot, and nothing is written where it is there already', async () => {
    {
      await using run = await Run.start(folder)
      await run.apply(web)
    }
    reboot()
    {
      await using _ = await Run.start(folder)
      expectWeb()
    }
    await using run = await Run.start(folder)
    expect(await run.applied.open()).toBe(0)
  })

  it('is with a rule that is added to a chain of others which a plan wants exactly so', async () => {
    await using run = await Run.start(folder)
    iptables('-N', 'theirs')
    await run.apply({ tables: [{ chains: { theirs: { rules: ['-s 192.0.2.1 -j DROP'], exact: true } } }] })
    const rules = new RuleChanges(run.firewall, run.history, unwatched)
    await rules.add(origin, filter, 'theirs', { source: '192.0.2.2', target: 'DROP' }, undefined)
    // Somebody's change of rules makes the watch look at them all.
    iptables('-A', 'FORWARD', '-j', 'ACCEPT')
    await vi.waitFor(() => expect(run.applied.unlooked).toEqual([]))
    expect(save()).toContain('-A theirs -s 192.0.2.1/32 -j DROP\n-A theirs -s 192.0.2.2/32 -j DROP\n')
  })

  it('is repaired after a change on probation that the store refused', async () => {
    await using run = await Run.start(folder)
    await run.apply(web)
    run.store.database.exec(
      "CREATE TRIGGER full BEFORE INSERT ON revisions BEGIN SELECT RAISE(FAIL, 'full'); END",
    )
    const closed = { tables: [{ chains: { web: { rules: ['-j DROP'] } } }] }
    await expect(run.apply(closed, '60s')).rejects.toMatchObject({ code: 'store-failed' })
    run.store.database.exec('DROP TRIGGER full')
    expectWeb()
    iptables('-F', 'web')
    await vi.waitFor(expectWeb, 5_000)
  })

  it('loses what a plan of somebody else takes from it', async () => {
    await using run = await Run.start(folder)
    await run.apply({
      tables: [
        { chains: { FORWARD: { policy: 'DROP', rules: ['-j mine'] }, mine: ['-s 192.0.2.1 -j DROP'] } },
      ],
    })
    const whole = {
      owner: 'other',
      scope: 'table',
      tables: [{ chains: { FORWARD: { policy: 'ACCEPT', rules: [] } } }],
    } as const
    await run.apply(whole)
    const before = save()
    expect(before).not.toContain('192.0.2.1')
    expect(before).toContain(':FORWARD ACCEPT')
    expect(await run.applied.open()).toBe(0)
    expect(comparable(save())).toBe(comparable(before))
  })

  it('loses what a plan of the whole table takes from it without naming it', async () => {
    await using run = await Run.start(folder)
    await run.apply({ tables: [{ chains: { FORWARD: ['-j mine'], mine: ['-s 192.0.2.1 -j DROP'] } }] })
    await run.apply({ scope: 'table', tables: [{ chains: { FORWARD: ['-s 192.0.2.2 -j DROP'] } }] })
    const before = save()
    expect(before).not.toContain('192.0.2.1')
    expect(await run.applied.open()).toBe(0)
    expect(comparable(save())).toBe(comparable(before))
  })

  it('is repaired when others flush it, or destroy its sets', async () => {
    await using run = await Run.start(folder)
    await run.apply(web)
    await vi.waitFor(() => expect(run.applied.unlooked).toEqual([]))
    iptables('-F')
    await vi.waitFor(expectWeb, 5_000)
    iptables('-F')
    iptables('-X', 'web')
    execFileSync('ipset', ['destroy', 'office'])
    await vi.waitFor(expectWeb, 5_000)
    execFileSync('ipset', ['del', 'office', '192.0.2.0/24'])
    // Only rules are announced by the kernel: what happens to a set shows when somebody changes one.
    iptables('-A', 'FORWARD', '-j', 'ACCEPT')
    await vi.waitFor(expectWeb, 10_000)
  }, 30_000)

  it('follows what is changed by itself through the daemon, and leaves that in', async () => {
    {
      await using run = await Run.start(folder)
      await run.apply(web)
      const rules = new RuleChanges(run.firewall, run.history, unwatched)
      await Promise.all(
        ['203.0.113.1', '203.0.113.2'].map((source) =>
          rules.add(origin, filter, 'web', { source, target: 'ACCEPT' }, 1),
        ),
      )
      await rules.delete(origin, filter, 'web', 4)
      const sets = new SetChanges(run.firewall, run.history)
      await sets.around(origin, ['office'], async () => (await run.firewall.set('office')).add('203.0.113.9'))
      iptables('-A', 'FORWARD', '-j', 'DROP')
      await vi.waitFor(() => expect(run.applied.unlooked).toEqual([]))
    }
    reboot()
    await using _ = await Run.start(folder)
    const lines = save().split('\n')
    const chain = lines.filter((line) => line.startsWith('-A web'))
    expect(chain.slice(0, 2).toSorted()).toEqual([
      '-A web -s 203.0.113.1/32 -j ACCEPT',
      '-A web -s 203.0.113.2/32 -j ACCEPT',
    ])
    expect(chain.slice(2)).toEqual(['-A web -m set --match-set office src -j ACCEPT'])
    expect(execFileSync('ipset', ['test', 'office', '203.0.113.9'], { stdio: 'pipe' })).toBeDefined()
    expect(lines).not.toContain('-A FORWARD -j DROP')
  })

  it('is what it was before a change on probation that nobody confirms, and the new when somebody does', async () => {
    const closed: DesiredInput = { tables: [{ chains: { web: { rules: ['-j DROP'] } } }] }
    {
      await using run = await Run.start(folder)
      await run.apply(web)
      const { applied } = await run.apply(closed, '60s')
      iptables('-A', 'FORWARD', '-j', 'ACCEPT')
      await run.firewall.revert(applied.probation?.id)
      await vi.waitFor(() => expect(run.applied.undecided).toEqual([]))
    }
    reboot()
    {
      await using run = await Run.start(folder)
      expectWeb()
      const { applied } = await run.apply(closed, '60s')
      await run.firewall.confirm(applied.probation?.id)
      await vi.waitFor(() => expect(run.applied.undecided).toEqual([]))
    }
    reboot()
    await using _ = await Run.start(folder)
    expect(save().match(/^-A web.*$/gm)).toEqual(['-A web -j DROP'])
  })

  it.each(['confirm', 'revert'] as const)(
    'is with a rule that was added while a plan was on probation: %s',
    async (decide) => {
      await using run = await Run.start(folder)
      await run.apply(web)
      const { applied } = await run.apply({ tables: [{ chains: { web: { rules: ['-j DROP'] } } }] }, '60s')
      const rules = new RuleChanges(run.firewall, run.history, unwatched)
      await rules.add(origin, filter, 'web', { source: '203.0.113.1', target: 'ACCEPT' }, 1)
      await run.firewall[decide](applied.probation?.id)
      await vi.waitFor(() => expect(run.applied.undecided).toEqual([]))
      const before = save().match(/^-A web.*$/gm)
      expect(before).toContain('-A web -s 203.0.113.1/32 -j ACCEPT')
      iptables('-A', 'FORWARD', '-j', 'ACCEPT')
      await vi.waitFor(() => expect(run.applied.unlooked).toEqual([]))
      expect(save().match(/^-A web.*$/gm)).toEqual(before)
    },
  )

  it.each(['confirm', 'revert'] as const)(
    'is what was decided while no daemon ran, with what others had added meanwhile: %s',
    async (decide) => {
      const added = '-A web -s 203.0.113.1/32 -j ACCEPT'
      {
        await using run = await Run.start(folder)
        await run.apply(web)
        const closed = { tables: [{ chains: { web: { rules: ['-s 203.0.113.2 -j DROP'] } } }] }
        const { applied } = await run.apply(closed, '60s')
        const rules = new RuleChanges(run.firewall, run.history, unwatched)
        await rules.add(origin, filter, 'web', { source: '203.0.113.1', target: 'ACCEPT' }, 1)
        // The daemon is gone before it can follow what somebody decides.
        run.decisions[Symbol.dispose]()
        await run.firewall[decide](applied.probation?.id)
      }
      const before = save().match(/^-A web.*$/gm)
      expect(before).toContain(added)
      expect(before?.includes('-A web -s 203.0.113.2/32 -j DROP')).toBe(decide === 'confirm')
      {
        await using run = await Run.start(folder)
        expect(save().match(/^-A web.*$/gm)).toEqual(before)
        expect(run.applied.undecided).toEqual([])
      }
      reboot()
      await using _ = await Run.start(folder)
      expect(save().match(/^-A web.*$/gm)).toEqual(before)
    },
  )

  it('keeps the rule that was confirmed while no daemon ran', async () => {
    {
      await using run = await Run.start(folder)
      await run.apply(web)
      const rules = new RuleChanges(run.firewall, run.history, run.decisions)
      const rule = { source: '203.0.113.3/32', target: 'ACCEPT' } as const
      const append = { ...filter, operation: 'append', chain: 'web', rules: [rule] } as const
      const { probation } = await rules.change(origin, filter, [append], { confirmWithin: '60s' })
      run.decisions[Symbol.dispose]()
      await run.firewall.confirm(probation?.id)
    }
    await using _ = await Run.start(folder)
    expect(save()).toContain('-A web -s 203.0.113.3/32 -j ACCEPT')
  })

  it('goes back with the history, and comes back with it', async () => {
    {
      await using run = await Run.start(folder)
      const books = { restore: async () => [] }
      const rollback = new Rollback({
        history: run.history,
        firewall: run.firewall,
        books: { bans: books, allowlist: books, rfw: books },
        decisions: unwatched,
      })
      const { revision = 0 } = await run.apply(web)
      await run.apply({ tables: [{ chains: { INPUT: { rules: [] }, web: { absent: true } } }] })
      expect(save()).not.toContain('web')
      await rollback.to(revision, origin)
      expectWeb()
    }
    reboot()
    await using _ = await Run.start(folder)
    expectWeb()
  })
})
