import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { type Firewall, openFirewall } from '../firewall.ts'
import type { DesiredInput } from '../plan/desired.ts'
import { JournalFolder } from './journal-folder.ts'
import type { Probation } from './probation.ts'
import { processName } from './process-name.ts'

const folder = new JournalFolder()
const library = new URL('../firewall.ts', import.meta.url).href

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' })
}

/** The process that guards a probation. */
function guardOf(id: string): number {
  return Number(readFileSync(join(folder.path, `${id}.guard`), 'utf8').split(/[- ]/)[1])
}

/** Resolves when a process that need not be a child of this one has ended. */
async function ended(pid: number): Promise<void> {
  await expect.poll(() => processName(pid), { timeout: 20_000 }).toBeUndefined()
}

describeOnKernel.each(['nft', 'legacy'] as const)('a change on probation, %s', (backend) => {
  let firewall: Firewall

  const iptables = (...args: string[]): string => run(`iptables-${backend}`, '-w', ...args)
  const rules = (chain = 'INPUT'): string[] =>
    iptables('-S', chain)
      .split('\n')
      .filter((line) => line !== '')
  const all = (): string =>
    [`iptables-${backend}-save`, `ip6tables-${backend}-save`]
      .map((program) =>
        run(program)
          .replace(/^#.*\n/gm, '')
          .replace(/^(:.*) \[.*/gm, '$1'),
      )
      .join('') + run('ipset', 'save')
  const onProbation = async (desired: DesiredInput, confirmWithin = '60s'): Promise<Probation> => {
    const { probation } = await firewall.apply(await firewall.plan(desired), { confirmWithin })
    if (probation === undefined) throw new Error('There was nothing to do.')
    return probation
  }

  /** A process of its own that makes a change and then sleeps. */
  const applier = async (
    confirmWithin: string,
  ): Promise<{ readonly child: ChildProcess; readonly id: string }> => {
    const program = `
      import { openFirewall } from ${JSON.stringify(library)}
      const firewall = await openFirewall({ backend: '${backend}' })
      const plan = await firewall.plan(${JSON.stringify(change)})
      const { probation } = await firewall.apply(plan, { confirmWithin: '${confirmWithin}' })
      console.log(probation.id)
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [id] = await once(createInterface(child.stdout), 'line')
    return { child, id: String(id) }
  }

  const change: DesiredInput = {
    tables: [
      { chains: { INPUT: { policy: 'DROP', rules: ['-i lo -j ACCEPT'] }, app: ['-j DROP'] } },
      { family: 'ipv6', chains: { INPUT: { policy: 'DROP' } } },
    ],
    sets: {
      fresh: { type: 'hash:ip', entries: ['192.0.2.1'] },
      kept: { type: 'hash:net', entries: ['192.0.2.0/24', '203.0.113.0/24'] },
      old: { absent: true },
    },
  }

  beforeEach(async () => {
    for (const program of ['iptables', 'ip6tables'])
      for (const chain of ['INPUT', 'FORWARD', 'OUTPUT']) run(`${program}-${backend}`, '-P', chain, 'ACCEPT')
    iptables('-A', 'INPUT', '-s', '10.0.0.1', '-j', 'DROP')
    run('ipset', 'create', 'kept', 'hash:net', 'comment', 'timeout', '0')
    run('ipset', 'add', 'kept', '192.0.2.0/24', 'comment', 'stays')
    run('ipset', 'add', 'kept', '198.51.100.0/24', 'comment', 'goes')
    run('ipset', 'create', 'old', 'hash:ip,port', 'counters', 'family', 'inet6')
    run('ipset', 'add', 'old', '2001:db8::1,tcp:22', 'packets', '5', 'bytes', '99')
    firewall = await openFirewall({ backend, allowByDefault: [] })
  })

  afterEach(async () => {
    for (const { id } of firewall.probations()) await firewall.revert(id)
    await firewall[Symbol.asyncDispose]()
    rmSync(folder.path, { recursive: true, force: true })
    for (const program of ['iptables', 'ip6tables']) {
      for (const chain of ['INPUT', 'FORWARD', 'OUTPUT']) run(`${program}-${backend}`, '-P', chain, 'ACCEPT')
      run(`${program}-${backend}`, '-F')
      run(`${program}-${backend}`, '-X')
    }
    run('ipset', 'destroy')
  })

  it('stays when it is confirmed, and its guard ends at once', async () => {
    const probation = await onProbation(change)
    const guard = guardOf(probation.id)
    expect(firewall.probations()).toMatchObject([{ id: probation.id, guarded: true }])
    expect(firewall.probations()[0]?.touches).toContain('ipv4 filter INPUT')
    expect(statSync(folder.path).mode & 0o777).toBe(0o700)
    const changed = all()
    await probation.confirm()
    await ended(guard)
    expect(await probation.decided()).toBe('confirmed')
    expect(await firewall.confirm(probation.id)).toBe(probation.id)
    await expect(probation.revert()).rejects.toMatchObject({ code: 'probation-over' })
    expect(all()).toBe(changed)
    expect(firewall.probations()).toEqual([])
  })

  it('goes back as a whole when it is reverted, rules and sets', async () => {
    const before = all()
    const probation = await onProbation(change)
    expect(rules()).toContain('-P INPUT DROP')
    expect(run('ipset', 'list', '-n').split('\n')).toContain('fresh')
    const guard = guardOf(probation.id)
    expect(await firewall.revert()).toMatchObject({ id: probation.id, left: [] })
    await ended(guard)
    expect(all()).toBe(before)
    await expect(probation.confirm()).rejects.toMatchObject({ code: 'probation-over' })
  })

  it('is taken back at the deadline although who made it was killed', async () => {
    const before = all()
    const { child, id } = await applier('2s')
    expect(all()).not.toBe(before)
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(all()).not.toBe(before)
    expect(await firewall.decided(id)).toBe('reverted')
    expect(all()).toBe(before)
    await expect(firewall.confirm(id)).rejects.toMatchObject({ code: 'probation-over' })
  })

  it('is taken back by the next process when its guard was killed too', async () => {
    const before = all()
    const { child, id } = await applier('2s')
    process.kill(guardOf(id), 'SIGKILL')
    child.kill('SIGKILL')
    await once(child, 'close')
    await expect.poll(() => firewall.probations()[0]?.remaining, { timeout: 10_000 }).toBe(0)
    expect(all()).not.toBe(before)
    await using next = await openFirewall({ backend })
    expect(all()).toBe(before)
    expect(next.probations()).toEqual([])
  })

  it('gets a new guard from the next process while there is time', async () => {
    const before = all()
    const { child, id } = await applier('4s')
    const guard = guardOf(id)
    process.kill(guard, 'SIGKILL')
    child.kill('SIGKILL')
    await ended(guard)
    expect(firewall.probations()).toMatchObject([{ id, guarded: false }])
    {
      await using next = await openFirewall({ backend })
      expect(next.probations()).toMatchObject([{ id, guarded: true }])
    }
    expect(await firewall.decided(id)).toBe('reverted')
    expect(all()).toBe(before)
  })

  it('leaves what others have done meanwhile', async () => {
    const probation = await onProbation({
      tables: [{ chains: { INPUT: ['-s 10.0.0.2 -j DROP'] } }],
      sets: { kept: change.sets?.kept ?? {} },
    })
    iptables('-I', 'INPUT', '-i', 'foreign', '-j', 'ACCEPT')
    iptables('-D', 'INPUT', '-s', '10.0.0.1', '-j', 'DROP')
    run('ipset', 'add', 'kept', '192.0.2.7', 'comment', 'foreign')
    await probation.revert()
    expect(rules()).toEqual(['-P INPUT ACCEPT', '-A INPUT -i foreign -j ACCEPT'])
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

  it('keeps others away from the same chains and sets until it is decided', async () => {
    const probation = await onProbation({ tables: [{ chains: { INPUT: ['-s 10.0.0.2 -j DROP'] } }] })
    const same = await firewall.plan({ tables: [{ chains: { INPUT: ['-s 10.0.0.3 -j DROP'] } }] })
    const pending = { code: 'probation-pending', message: expect.stringContaining(probation.id) }
    await expect(firewall.apply(same, { confirmWithin: '60s' })).rejects.toMatchObject(pending)
    await expect(firewall.apply(same)).rejects.toMatchObject(pending)
    const other = await onProbation({ tables: [{ chains: { OUTPUT: ['-d 10.0.0.3 -j DROP'] } }] })
    await expect(firewall.confirm()).rejects.toMatchObject({ code: 'probation-unknown' })
    await other.confirm()
    expect(await firewall.confirm()).toBe(probation.id)
    await firewall.apply(same)
    expect(rules()).toHaveLength(3)
  })

  it('leaves nothing behind when the kernel refuses the change', async () => {
    const before = all()
    const plan = await firewall.plan({ tables: [{ chains: { INPUT: ['-j nowhere'] } }] })
    await expect(firewall.apply(plan, { confirmWithin: '60s' })).rejects.toThrow()
    expect(firewall.probations()).toEqual([])
    await expect(firewall.confirm()).rejects.toMatchObject({ code: 'probation-unknown' })
    expect(all()).toBe(before)
    const stale = await firewall.plan(change)
    iptables('-F', 'INPUT')
    await expect(firewall.apply(stale, { confirmWithin: '60s' })).rejects.toMatchObject({
      code: 'plan-stale',
    })
    expect(rules()).toEqual(['-P INPUT ACCEPT'])
  })

  it('needs no probation where there is nothing to do', async () => {
    await firewall.apply(await firewall.plan(change))
    const again = await firewall.apply(await firewall.plan(change), { confirmWithin: '60s' })
    expect(again.probation).toBeUndefined()
  })

  it('goes back although the folder of its journal was removed, and when its guard is asked to end', async () => {
    const before = all()
    const removed = await onProbation(change, '2s')
    const guard = guardOf(removed.id)
    rmSync(folder.path, { recursive: true })
    await ended(guard)
    expect(all()).toBe(before)
    const asked = await onProbation(change)
    const asking = guardOf(asked.id)
    process.kill(asking, 'SIGHUP')
    process.kill(asking, 'SIGTERM')
    await ended(asking)
    expect(await asked.decided()).toBe('reverted')
    expect(all()).toBe(before)
  })

  it('is won by a confirmation or by a revert, whatever comes together', async () => {
    const before = all()
    const { id } = await onProbation(change)
    const outcomes = await Promise.allSettled([
      firewall.confirm(id),
      firewall.revert(id),
      firewall.confirm(id),
    ])
    const decision = await firewall.decided(id)
    const won = outcomes.map(({ status }) => status === 'fulfilled')
    expect(won).toEqual(decision === 'confirmed' ? [true, false, true] : [false, true, false])
    expect(all() === before).toBe(decision === 'reverted')
    expect(readdirSync(folder.path).filter((name) => name.includes('pending'))).toEqual([])
  })

  it('is told to those that watch, whoever decides it', async () => {
    const stop = new AbortController()
    const told: unknown[] = []
    const watching = (async () => {
      for await (const event of firewall.watch({ signal: stop.signal }))
        if (event.kind === 'probation') told.push([event.id, event.outcome])
    })()
    const kept = await onProbation({ tables: [{ chains: { OUTPUT: ['-d 10.0.0.3 -j DROP'] } }] })
    await using other = await openFirewall({ backend })
    await other.confirm(kept.id)
    await expect.poll(() => told.length, { timeout: 10_000 }).toBe(2)
    const gone = await onProbation(change)
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

  it('is not made where no guard can stand by', async () => {
    const before = all()
    const plan = await firewall.plan(change)
    mkdirSync(dirname(folder.path), { recursive: true })
    writeFileSync(folder.path, '')
    await expect(firewall.apply(plan, { confirmWithin: '60s' })).rejects.toMatchObject({
      code: 'guard-failed',
    })
    rmSync(folder.path)
    mkdirSync(folder.path, { mode: 0o755 })
    await expect(firewall.apply(plan, { confirmWithin: '60s' })).rejects.toMatchObject({
      code: 'folder-unsafe',
    })
    expect(all()).toBe(before)
  })

  it('refuses a time that is none', async () => {
    const plan = await firewall.plan(change)
    for (const confirmWithin of ['soon', '0s', '25d'])
      await expect(firewall.apply(plan, { confirmWithin })).rejects.toMatchObject({ code: 'bad-duration' })
  })
})
