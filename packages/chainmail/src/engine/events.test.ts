import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { type FirewallEvent, FirewallEvents } from './events.ts'
import { openFirewall } from './firewall.ts'

const missedBy = (count: number): FirewallEvent => ({ kind: 'missed', at: count, count })

it('events wait for a reader up to a limit, who is then told how many he has missed', async () => {
  const events = new FirewallEvents()
  const watch = events.watch({ most: 2 })
  const first = watch.next()
  events.emit(missedBy(1))
  expect((await first).value).toEqual(missedBy(1))
  for (const number of [2, 3, 4, 5]) events.emit(missedBy(number))
  expect((await watch.next()).value).toEqual(missedBy(2))
  expect((await watch.next()).value).toEqual(missedBy(3))
  expect((await watch.next()).value).toMatchObject({ kind: 'missed', count: 2 })
  events.close()
  expect(await watch.next()).toMatchObject({ done: true })
  expect(events.isWatched).toBe(false)
})

it('a watch ends when its signal says so, and nothing is told to nobody', async () => {
  const events = new FirewallEvents()
  const controller = new AbortController()
  const watch = events.watch({ signal: controller.signal })
  const next = watch.next()
  controller.abort()
  expect(await next).toMatchObject({ done: true })
  events.changed(() => {
    throw new Error('nobody watches')
  })
})

describeOnKernel('fw.watch()', () => {
  it('tells what this firewall object has changed, in order, until it is closed', async () => {
    const firewall = await openFirewall()
    const told: string[] = []
    const watching = (async () => {
      for await (const event of firewall.watch())
        told.push(event.kind === 'change' ? event.change.what : event.kind)
    })()
    await firewall.chain('INPUT').append('-s 192.0.2.1 -j DROP')
    await firewall.chain('INPUT').takeOut(1)
    const set = await firewall.set('seen', { type: 'hash:ip' })
    await set.add('192.0.2.1')
    await firewall.ban('198.51.100.7')
    await firewall.unban('198.51.100.7')
    await firewall.apply(await firewall.plan({ sets: { seen: { absent: true } } }))
    await firewall[Symbol.asyncDispose]()
    await watching
    expect(told).toEqual(['rules', 'rules', 'set', 'ban', 'unban', 'plan'])
  })

  it('tells when a ban has ended by itself, and not when it was renewed or taken back', async () => {
    await using firewall = await openFirewall()
    const watch = firewall.watch()
    const expiry = (async () => {
      for await (const event of watch) if (event.kind === 'expiry') return event
      return undefined
    })()
    for (const address of ['198.51.100.1', '198.51.100.2']) await firewall.ban(address, { for: 1 })
    await firewall.ban('198.51.100.3', { for: 1, scope: { ports: ['tcp:22'] }, reason: 'guessing' })
    await firewall.ban('198.51.100.1', { for: 60 })
    await firewall.unban('198.51.100.2')
    expect(await expiry).toMatchObject({
      count: 1,
      bans: [{ address: '198.51.100.3', scope: 'tcp:22', reason: 'guessing' }],
      detail: 'The ban of 198.51.100.3 from tcp:22 has ended (guessing).',
    })
    expect(execFileSync('ipset', ['save'], { encoding: 'utf8' })).toMatch(
      /^(?!.*198\.51\.100\.[23]).*198\.51\.100\.1 /s,
    )
  })
})
