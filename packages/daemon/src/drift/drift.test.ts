import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Firewall, type FirewallEvent, openFirewall } from 'chainmail'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { AllowBook } from '../bans/allow-book.ts'
import { BanBook } from '../bans/ban-book.ts'
import { History } from '../history/history.ts'
import { EntryBook } from '../rfw/entry-book.ts'
import { FirewallDoor } from '../rfw/firewall-door.ts'
import { readNetwork } from '../rfw/network.ts'
import { openStore, type Store } from '../store.ts'
import { banContents } from './ban-contents.ts'
import { allowPart, entryPart } from './book-parts.ts'
import { logDrift } from './drift-log.ts'

describeOnKernel.each(['nft', 'legacy'] as const)("a daemon's books on the %s backend", (backend) => {
  const program = `iptables-${backend}`
  const save = async (table: string) => (await runCommand(`${program}-save`, ['-t', table])).stdout
  const set = async (name: string) =>
    (await runCommand('ipset', ['save', name])).stdout.match(/^add \S+ \S+/gm)?.toSorted()

  let folder: string
  let store: Store
  let firewall: Firewall
  let bans: BanBook
  let allowlist: AllowBook
  let entries: EntryBook
  const events: FirewallEvent[] = []
  const logged: string[] = []
  let wake = Promise.withResolvers<void>()

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-drift-'))
    store = openStore(folder)
    firewall = await openFirewall({ backend })
    const history = new History({ store })
    bans = new BanBook({ kernel: firewall.bookedBans, store, history })
    allowlist = new AllowBook({ kernel: firewall.allowlist, bans, store, history })
    entries = new EntryBook({ kernel: new FirewallDoor(firewall), store, history })
    await bans.open()
    await entries.open()
    firewall.events.listen(logDrift(pino({}, { write: (line) => void logged.push(line) })))
    firewall.events.listen((event) => {
      events.push(event)
      wake.resolve()
    })
    await firewall.watchDrift({
      book: banContents(bans),
      parts: [allowPart(allowlist, bans), entryPart(entries)],
    })
  })
  afterEach(async () => {
    await entries.close()
    await firewall[Symbol.asyncDispose]()
    store.close()
    rmSync(folder, { recursive: true })
    await runCommand('nft', ['flush', 'ruleset'])
    for (const table of ['filter', 'raw'])
      for (const words of ['-F', '-X']) await runCommand('iptables-legacy', ['-t', table, words])
  })

  /** Has somebody change something, and prints how long it takes until it is repaired. */
  async function repaired(what: string, part: string, change: () => Promise<unknown>): Promise<void> {
    events.length = 0
    await change()
    const began = performance.now()
    while (!events.some((event) => event.kind === 'repair' && event.part === part)) {
      wake = Promise.withResolvers()
      await wake.promise
    }
    process.stdout.write(`${backend}: ${what}: repaired ${Math.round(performance.now() - began)} ms later\n`)
  }

  it('bans come back with their contents after a flush of the rules, and of the set', async () => {
    for (let host = 1; host <= 20; host++)
      await bans.ban(`198.51.100.${host}`, { for: '1h', who: 'test', door: 'socket' })
    const before = await set('chainmail-ban4')
    expect(before).toHaveLength(20)
    await repaired('ipset flush', 'bans', () => runCommand('ipset', ['flush', 'chainmail-ban4']))
    expect(await set('chainmail-ban4')).toEqual(before)
    await repaired('rules flushed, set destroyed', 'bans', async () => {
      await runCommand(program, ['-t', 'raw', '-F'])
      for (;;) {
        try {
          return await runCommand('ipset', ['destroy', 'chainmail-ban4'])
        } catch {
          // nf_tables lets go of a rule's sets shortly after it has answered.
        }
      }
    })
    expect(await set('chainmail-ban4')).toEqual(before)
    expect(await save('raw')).toContain('--match-set chainmail-ban4 src')
    expect(logged).toContainEqual(
      expect.stringMatching(/"msg":"[^"]* changed the bans, which is repaired\."/),
    )
  })

  it('the allowlist comes back after its set was destroyed', async () => {
    await allowlist.allow('203.0.113.0/24', 'office', { who: 'test', door: 'socket' })
    const before = await set('chainmail-allow4')
    await repaired('ipset destroy of the allowlist', 'allowlist', () =>
      runCommand('ipset', ['destroy', 'chainmail-allow4']),
    )
    expect(await set('chainmail-allow4')).toEqual(before)
  })

  it("the rfw protocol's rules come back after a flush, and where their jump was removed", async () => {
    await entries.put({ action: 'drop', chain: 'input', family: 'ipv4', source: readNetwork('192.0.2.1') }, 0)
    const before = await save('filter')
    await repaired(`${program} -F`, 'rfw entries', () => runCommand(program, ['-F']))
    const rules = (text: string) => text.split('\n').filter((line) => line.startsWith('-A'))
    expect(rules(await save('filter'))).toEqual(rules(before))
    await repaired('the jump removed', 'rfw entries', () => runCommand(program, ['-D', 'INPUT', '1']))
    expect(rules(await save('filter'))).toEqual(rules(before))
  })
})
