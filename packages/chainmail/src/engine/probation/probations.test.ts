import { execFileSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { expect, it } from 'vitest'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { change, ended, ProbationHost } from '../../../../../testing/probation.ts'
import { openFirewall } from '../firewall.ts'
import type { Journal } from './journal.ts'

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' })
}

describeOnKernel('a change on probation', () => {
  const host = new ProbationHost('nft')

  it('keeps others away from the same chains and sets until it is decided', async () => {
    const probation = await host.onProbation({ tables: [{ chains: { INPUT: ['-s 10.0.0.2 -j DROP'] } }] })
    const same = await host.firewall.plan({ tables: [{ chains: { INPUT: ['-s 10.0.0.3 -j DROP'] } }] })
    const pending = { code: 'probation-pending', message: expect.stringContaining(probation.id) }
    await expect(host.firewall.apply(same, { confirmWithin: '60s' })).rejects.toMatchObject(pending)
    await expect(host.firewall.apply(same)).rejects.toMatchObject(pending)
    const other = await host.onProbation({ tables: [{ chains: { OUTPUT: ['-d 10.0.0.3 -j DROP'] } }] })
    await expect(host.firewall.confirm()).rejects.toMatchObject({ code: 'probation-unknown' })
    await other.confirm()
    expect(await host.firewall.confirm()).toBe(probation.id)
    await host.firewall.apply(same)
    expect(host.rules()).toHaveLength(3)
  })

  it('is refused where too many are on probation already', async () => {
    const latest = process.hrtime.bigint() + 3_600_000_000_000n
    const journal = (id: string): Journal => ({
      id,
      backend: host.backend,
      armed: process.hrtime.bigint(),
      within: 3_600_000_000_000n,
      latest,
      tables: [],
      sets: [],
    })
    const ids = Array.from({ length: 32 }, (_, index) => `many${String(index).padStart(2, '0')}`)
    for (const id of ids) {
      host.folder.begin(journal(id), 'pending')
      host.folder.made(id)
    }
    const plan = await host.firewall.plan(change)
    await expect(host.firewall.apply(plan, { confirmWithin: '60s' })).rejects.toMatchObject({
      code: 'probation-pending',
      message: 'At most 32 changes can be on probation at once: confirm or revert one first.',
    })
    await host.firewall.confirm(ids[0])
    const { probation } = await host.firewall.apply(plan, { confirmWithin: '60s' })
    await probation?.confirm()
  })

  it('needs no probation where there is nothing to do', async () => {
    await host.firewall.apply(await host.firewall.plan(change))
    const again = await host.firewall.apply(await host.firewall.plan(change), { confirmWithin: '60s' })
    expect(again.probation).toBeUndefined()
  })

  it('is won by a confirmation or by a revert, whatever comes together', async () => {
    const before = host.all()
    const { id } = await host.onProbation(change)
    const outcomes = await Promise.allSettled([
      host.firewall.confirm(id),
      host.firewall.revert(id),
      host.firewall.confirm(id),
    ])
    const decision = await host.firewall.decided(id)
    const won = outcomes.map(({ status }) => status === 'fulfilled')
    expect(won).toEqual(decision === 'confirmed' ? [true, false, true] : [false, true, false])
    expect(host.all() === before).toBe(decision === 'reverted')
    expect(readdirSync(host.folder.path).filter((name) => name.includes('pending'))).toEqual([])
  })

  it('is told to those that watch, whoever decides it', async () => {
    const stop = new AbortController()
    const told: unknown[] = []
    const watching = (async () => {
      for await (const event of host.firewall.watch({ signal: stop.signal }))
        if (event.kind === 'probation') told.push([event.id, event.outcome])
    })()
    const kept = await host.onProbation({ tables: [{ chains: { OUTPUT: ['-d 10.0.0.3 -j DROP'] } }] })
    await using other = await openFirewall({ backend: host.backend })
    await other.confirm(kept.id)
    await expect.poll(() => told.length, { timeout: 10_000 }).toBe(2)
    const gone = await host.onProbation(change)
    await other.revert(gone.id)
    await expect.poll(() => told.length, { timeout: 10_000 }).toBe(4)
    expect(told).toEqual([
      [kept.id, 'begun'],
      [kept.id, 'confirmed'],
      [gone.id, 'begun'],
      [gone.id, 'reverted'],
    ])
    stop.abort()
    await watching
  })

  it('refuses a time that is none', async () => {
    const plan = await host.firewall.plan(change)
    for (const confirmWithin of ['soon', '0s', '25d'])
      await expect(host.firewall.apply(plan, { confirmWithin })).rejects.toMatchObject({
        code: 'bad-duration',
      })
  })
})

describeOnKernel.each(['nft', 'legacy'] as const)('a change on probation, %s', (backend) => {
  const host = new ProbationHost(backend)

  it('stays when it is confirmed, and its guard ends at once', async () => {
    const probation = await host.onProbation(change)
    const guard = host.guardOf(probation.id)
    expect(host.firewall.probations()).toMatchObject([{ id: probation.id, guarded: true }])
    expect(host.firewall.probations()[0]?.touches).toContain('ipv4 filter INPUT')
    expect(statSync(host.folder.path).mode & 0o777).toBe(0o700)
    const changed = host.all()
    await probation.confirm()
    await ended(guard)
    expect(await probation.decided()).toBe('confirmed')
    expect(await host.firewall.confirm(probation.id)).toBe(probation.id)
    await expect(probation.revert()).rejects.toMatchObject({ code: 'probation-over' })
    expect(host.all()).toBe(changed)
    expect(host.firewall.probations()).toEqual([])
  })

  it('goes back as a whole when it is reverted, rules and sets', async () => {
    const before = host.all()
    const probation = await host.onProbation(change)
    expect(host.rules()).toContain('-P INPUT DROP')
    expect(run('ipset', 'list', '-n').split('\n')).toContain('fresh')
    const guard = host.guardOf(probation.id)
    expect(await host.firewall.revert()).toMatchObject({ id: probation.id, left: [] })
    await ended(guard)
    expect(host.all()).toBe(before)
    await expect(probation.confirm()).rejects.toMatchObject({ code: 'probation-over' })
  })

  it('takes rules back that the kernel gives back in other words', async () => {
    const before = host.all()
    const probation = await host.onProbation({
      tables: [{ chains: { INPUT: ['-p udp ! --dport 0:80 -j DROP'] } }],
    })
    expect(host.rules()).toContainEqual(expect.stringMatching(/udp.* -j DROP/))
    await probation.revert()
    expect(host.all()).toBe(before)
  })

  it('leaves what others have done meanwhile', async () => {
    const probation = await host.onProbation({
      tables: [{ chains: { INPUT: ['-s 10.0.0.2 -j DROP'] } }],
      sets: { kept: change.sets?.kept ?? {} },
    })
    host.iptables('-I', 'INPUT', '-i', 'foreign', '-j', 'ACCEPT')
    host.iptables('-D', 'INPUT', '-s', '10.0.0.1', '-j', 'DROP')
    run('ipset', 'add', 'kept', '192.0.2.7', 'comment', 'foreign')
    await probation.revert()
    expect(host.rules()).toEqual(['-P INPUT ACCEPT', '-A INPUT -i foreign -j ACCEPT'])
    expect(
      run('ipset', 'save', 'kept')
        .match(/add .*/g)
        ?.toSorted(),
    ).toEqual([
      'add kept 192.0.2.0/24 timeout 0 comment "stays"',
      'add kept 192.0.2.7 timeout 0 comment "foreign"',
      'add kept 198.51.100.0/24 timeout 0 comment "goes"',
    ])
  })

  it('leaves nothing behind when the kernel refuses the change', async () => {
    const before = host.all()
    const plan = await host.firewall.plan({ tables: [{ chains: { INPUT: ['-j nowhere'] } }] })
    await expect(host.firewall.apply(plan, { confirmWithin: '60s' })).rejects.toThrow()
    expect(host.firewall.probations()).toEqual([])
    await expect(host.firewall.confirm()).rejects.toMatchObject({ code: 'probation-unknown' })
    expect(host.all()).toBe(before)
    const stale = await host.firewall.plan(change)
    host.iptables('-F', 'INPUT')
    await expect(host.firewall.apply(stale, { confirmWithin: '60s' })).rejects.toMatchObject({
      code: 'plan-stale',
    })
    expect(host.rules()).toEqual(['-P INPUT ACCEPT'])
  })

  it('goes back to what was there when it was made, which is not what was there when its guard was started', async () => {
    const pending = host.firewall.transaction((transaction) => transaction.flushChain('INPUT'), {
      confirmWithin: '60s',
    })
    await host.firewall.chain('INPUT').append('-s 10.0.0.2 -j DROP')
    const { probation } = await pending
    expect(host.rules()).toEqual(['-P INPUT ACCEPT'])
    await probation?.revert()
    expect(host.rules()).toEqual([
      '-P INPUT ACCEPT',
      '-A INPUT -s 10.0.0.1/32 -j DROP',
      '-A INPUT -s 10.0.0.2/32 -j DROP',
    ])
  })
})
