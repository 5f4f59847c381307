import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, it } from 'vitest'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { change, ended, ProbationHost } from '../../../../../testing/probation.ts'
import { openFirewall } from '../firewall.ts'

describeOnKernel('the guard of a change on probation', () => {
  const host = new ProbationHost('nft')

  it('is taken back by the next process when its guard was killed too', async () => {
    const before = host.all()
    const { id, kill } = await host.applier('2s')
    process.kill(host.guardOf(id), 'SIGKILL')
    await kill()
    await expect.poll(() => host.firewall.probations()[0]?.remaining, { timeout: 10_000 }).toBe(0)
    expect(host.all()).not.toBe(before)
    await using next = await openFirewall({ backend: host.backend })
    expect(host.all()).toBe(before)
    expect(next.probations()).toEqual([])
  })

  it('gets a new guard from the next process while there is time', async () => {
    const before = host.all()
    const { id, kill } = await host.applier('1h')
    const guard = host.guardOf(id)
    process.kill(guard, 'SIGKILL')
    await kill()
    await ended(guard)
    expect(host.firewall.probations()).toMatchObject([{ id, guarded: false }])
    {
      await using next = await openFirewall({ backend: host.backend })
      expect(next.probations()).toMatchObject([{ id, guarded: true }])
    }
    process.kill(host.guardOf(id), 'SIGTERM')
    expect(await host.firewall.decided(id)).toBe('reverted')
    expect(host.all()).toBe(before)
  })

  it('goes back although the folder of its journal was removed, and when its guard is asked to end', async () => {
    const before = host.all()
    const removed = await host.onProbation(change, '1s')
    const guard = host.guardOf(removed.id)
    rmSync(host.folder.path, { recursive: true })
    await ended(guard)
    expect(host.all()).toBe(before)
    const asked = await host.onProbation(change)
    const asking = host.guardOf(asked.id)
    process.kill(asking, 'SIGHUP')
    process.kill(asking, 'SIGTERM')
    await ended(asking)
    expect(await asked.decided()).toBe('reverted')
    expect(host.all()).toBe(before)
  })

  it('is not made where no guard can stand by', async () => {
    const before = host.all()
    const plan = await host.firewall.plan(change)
    mkdirSync(dirname(host.folder.path), { recursive: true })
    writeFileSync(host.folder.path, '')
    await expect(host.firewall.apply(plan, { confirmWithin: '60s' })).rejects.toMatchObject({
      code: 'guard-failed',
    })
    rmSync(host.folder.path)
    mkdirSync(host.folder.path, { mode: 0o755 })
    await expect(host.firewall.apply(plan, { confirmWithin: '60s' })).rejects.toMatchObject({
      code: 'folder-unsafe',
    })
    expect(host.all()).toBe(before)
  })
})

describeOnKernel.each(['nft', 'legacy'] as const)('the guard of a change on probation, %s', (backend) => {
  const host = new ProbationHost(backend)

  it('is taken back at the deadline although who made it was killed', async () => {
    const before = host.all()
    const { id, kill } = await host.applier('2s')
    expect(host.all()).not.toBe(before)
    await kill()
    expect(host.firewall.probations()).toMatchObject([{ id }])
    expect(await host.firewall.decided(id)).toBe('reverted')
    expect(host.all()).toBe(before)
    await expect(host.firewall.confirm(id)).rejects.toMatchObject({ code: 'probation-over' })
  })

  it('is taken back at once when who makes it dies on the way, and cannot be confirmed before it is made', async () => {
    const before = host.all()
    const unguarded = await host.beginner()
    expect(host.rules()).toHaveLength(3)
    for (const decide of ['confirm', 'revert'] as const)
      await expect(host.firewall[decide](unguarded.id)).rejects.toMatchObject({ code: 'probation-pending' })
    process.kill(host.guardOf(unguarded.id), 'SIGKILL')
    await unguarded.kill()
    await expect(host.firewall.confirm(unguarded.id)).rejects.toMatchObject({ code: 'probation-over' })
    expect(host.all()).toBe(before)
    await using next = await openFirewall({ backend })
    expect(next.probations()).toEqual([])
    const guarded = await host.beginner()
    await guarded.kill()
    expect(await host.firewall.decided(guarded.id)).toBe('reverted')
    expect(host.all()).toBe(before)
  })
})
