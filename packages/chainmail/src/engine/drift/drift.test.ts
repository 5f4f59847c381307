import { afterEach, beforeEach, expect, it } from 'vitest'
import { runCommand } from '../../../../../testing/command.ts'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import type { FirewallEvent } from '../events.ts'
import { type Firewall, openFirewall } from '../firewall.ts'
import { desiredFromText } from '../plan/desired-text.ts'

const HOOK = '-A PREROUTING -m set --match-set chainmail-ban4 src -m comment --comment chainmail -j DROP'

describeOnKernel.each(['nft', 'legacy'] as const)('drift on the %s backend', (backend) => {
  const program = `iptables-${backend}`
  const iptables = (...words: string[]) => runCommand(program, words)
  const rules = async (table: string) =>
    (await runCommand(`${program}-save`, ['-t', table])).stdout
      .split('\n')
      .filter((line) => line.startsWith('-A'))

  let firewall: Firewall
  let events: FirewallEvent[]
  let wake = Promise.withResolvers<void>()
  beforeEach(async () => {
    await runCommand('nft', ['flush', 'ruleset'])
    for (const table of ['filter', 'raw'])
      for (const words of ['-F', '-X']) await runCommand('iptables-legacy', ['-t', table, words])
    await runCommand('ipset', ['destroy']).catch(() => undefined)
    firewall = await openFirewall({ backend })
    events = []
    firewall.events.listen((event) => {
      events.push(event)
      wake.resolve()
    })
  })
  afterEach(async () => {
    await firewall[Symbol.asyncDispose]()
  })

  /** The first event of a kind from now on that fits. */
  async function next(kind: FirewallEvent['kind'], part?: string): Promise<FirewallEvent> {
    for (;;) {
      const found = events.find(
        (event) => event.kind === kind && (!('part' in event) ? undefined : event.part) === part,
      )
      if (found !== undefined) return found
      wake = Promise.withResolvers()
      await wake.promise
    }
  }

  /** Has somebody change what is owned, and prints how long it takes until it is repaired. */
  async function repaired(what: string, change: () => Promise<unknown>, part = 'bans'): Promise<void> {
    events.length = 0
    await change()
    const began = performance.now()
    await next('repair', part)
    const took = Math.round(performance.now() - began)
    process.stdout.write(`${backend}: ${what}: repaired ${took} ms later\n`)
    expect(events.filter(({ kind }) => kind === 'repair')).toMatchObject([{ outcome: 'repaired' }])
  }

  it('what others change is told with a difference, and with who did it where the kernel says so', async () => {
    await iptables('-A', 'INPUT', '-s', '192.0.2.1', '-j', 'DROP')
    await using _drift = await firewall.watchDrift()
    await iptables('-A', 'INPUT', '-s', '192.0.2.2', '-j', 'DROP')
    const event = await next('drift')
    expect(event).toMatchObject({
      difference: {
        chains: [
          {
            family: 'ipv4',
            table: 'filter',
            name: 'INPUT',
            do: 'change',
            rules: [{ do: 'add', to: 2, text: '-s 192.0.2.2/32 -j DROP' }],
          },
        ],
        sets: [],
      },
      diff: 'ipv4 filter INPUT\n  + 2  -s 192.0.2.2/32 -j DROP',
      who: backend === 'nft' ? [{ processName: 'iptables-nft' }] : [],
    })
  })

  it('our own changes are not told as those of others', async () => {
    await using drift = await firewall.watchDrift()
    for (let host = 1; host < 40; host++) await firewall.chain('INPUT').append(`-s 192.0.2.${host} -j DROP`)
    await firewall.ban('198.51.100.1')
    await iptables('-N', 'last')
    await next('drift')
    expect(drift.counts).toEqual({ changes: 1, drifts: 0, repairs: 0 })
  })

  it('the rule of the bans is put back after a flush, and where the set was destroyed or the rule moved', async () => {
    await firewall.ban('198.51.100.1')
    await iptables('-t', 'raw', '-A', 'PREROUTING', '-s', '192.0.2.7', '-j', 'ACCEPT')
    await using drift = await firewall.watchDrift()
    await repaired(`${program} -t raw -F`, () => iptables('-t', 'raw', '-F'))
    expect(await rules('raw')).toEqual([HOOK])
    await iptables('-t', 'raw', '-A', 'PREROUTING', '-s', '192.0.2.7', '-j', 'ACCEPT')
    await next('drift')
    await repaired('the rule moved to the end', () =>
      runCommand(`${program}-restore`, ['--noflush'], {
        input: `*raw\n${HOOK.replace('-A', '-D')}\n${HOOK}\nCOMMIT\n`,
      }),
    )
    expect(await rules('raw')).toEqual([HOOK, '-A PREROUTING -s 192.0.2.7/32 -j ACCEPT'])
    expect(drift.counts).toMatchObject({ drifts: 2, repairs: 2 })
  })

  it('a destroyed set is made again', async () => {
    await firewall.ban('198.51.100.1')
    await using _drift = await firewall.watchDrift()
    await repaired('the set destroyed', async () => {
      await iptables('-t', 'raw', '-F')
      for (;;) {
        try {
          return await runCommand('ipset', ['destroy', 'chainmail-ban4'])
        } catch {
          // nf_tables lets go of a rule's sets shortly after it has answered.
        }
      }
    })
    expect(await rules('raw')).toEqual([HOOK])
  })

  it.runIf(backend === 'nft')('everything is put back after nft flush ruleset', async () => {
    await firewall.ban('198.51.100.1')
    await firewall.ban('2001:db8::1')
    await using _drift = await firewall.watchDrift()
    await repaired('nft flush ruleset', () => runCommand('nft', ['flush', 'ruleset']))
    expect(await rules('raw')).toEqual([HOOK])
    expect((await runCommand('ip6tables-nft-save', ['-t', 'raw'])).stdout).toContain('chainmail-ban6')
  })

  it('a desired state that is kept is repaired, foreign rules left where they are', async () => {
    const desired = desiredFromText(
      '*filter\n:app - [0:0]\n-A INPUT -j app\n-A app -s 192.0.2.0/24 -j DROP\nCOMMIT\n',
    )
    await firewall.apply(await firewall.plan(desired))
    const applied = await rules('filter')
    await using _drift = await firewall.watchDrift({ parts: [firewall.planPart(desired)] })
    await repaired(`${program} -F`, () => iptables('-F'), 'plan main')
    expect((await rules('filter')).toSorted()).toEqual(applied.toSorted())
    await iptables('-I', 'INPUT', '-s', '203.0.113.1', '-j', 'DROP')
    await repaired(`${program} -D INPUT -j app`, () => iptables('-D', 'INPUT', '2'), 'plan main')
    expect((await rules('filter'))[0]).toBe('-A INPUT -s 203.0.113.1/32 -j DROP')
    expect(await rules('filter')).toHaveLength(applied.length + 1)
  })

  it('a rule that somebody removes again and again is told of, and left to him for a while', async () => {
    await firewall.ban('198.51.100.1')
    await using drift = await firewall.watchDrift()
    for (let time = 0; time < 2; time++) await repaired('flushed again', () => iptables('-t', 'raw', '-F'))
    events.length = 0
    await iptables('-t', 'raw', '-F')
    const event = await next('drift', 'bans')
    expect(event).toMatchObject({ detail: expect.stringMatching(/again and again: the repair waits 1 s/) })
    expect(await rules('raw')).toEqual([])
    await next('repair', 'bans')
    expect(await rules('raw')).toEqual([HOOK])
    expect(drift.counts.repairs).toBe(3)
  })

  it('where only a report is asked for, drift is told once and nothing is written', async () => {
    await firewall.ban('198.51.100.1')
    await using drift = await firewall.watchDrift({ handling: 'report' })
    await iptables('-t', 'raw', '-F')
    await next('drift', 'bans')
    await iptables('-A', 'INPUT', '-s', '192.0.2.9')
    events.length = 0
    await next('drift')
    expect(await rules('raw')).toEqual([])
    expect(drift.counts).toMatchObject({ drifts: 1, repairs: 0 })
  })
})
