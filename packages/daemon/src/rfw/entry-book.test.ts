import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Firewall, openFirewall } from 'chainmail'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { openStore, type Store } from '../store.ts'
import { parseCommand } from './command.ts'
import type { Entry } from './entry.ts'
import { EntryBook } from './entry-book.ts'
import { FirewallDoor } from './firewall-door.ts'
import type { KernelDoor } from './kernel-door.ts'
import { defaultSettings } from './settings.ts'

function entry(path: string): Entry {
  const command = parseCommand('PUT', path, defaultSettings)
  if (command.do !== 'put') throw new Error(path)
  return command.entry
}

const dropTen = entry('/drop/input/any/10.0.0.0/16')
const acceptOne = entry('/accept/input/any/10.0.0.1')
const dropTwo = entry('/drop/input/any/10.0.0.2')
const dropThree = entry('/drop/input/any/10.0.0.3')
const dropSix = entry('/drop/output/eth0/2001:db8::/64')

describe.each(['nft', 'legacy'] as const)('the book of entries with %s', (backend) => {
  describeOnKernel('on the kernel', () => {
    let folder = ''
    let store: Store
    let firewall: Firewall
    const faults: unknown[] = []

    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'chainmail-entries-'))
      store = openStore(folder)
      firewall = await openFirewall({ backend })
    })
    afterEach(async () => {
      await firewall[Symbol.asyncDispose]()
      store.close()
      rmSync(folder, { recursive: true })
      for (const command of [`iptables-${backend}`, `ip6tables-${backend}`]) {
        await runCommand(command, ['-F'])
        await runCommand(command, ['-X'])
      }
      await runCommand('ipset', ['destroy'])
      expect(faults.splice(0)).toEqual([])
    })

    const onFault = (error: unknown): void => void faults.push(error)

    async function open(
      kernel: KernelDoor = new FirewallDoor(firewall),
      now: () => number = Date.now,
      own: Store = store,
    ): Promise<EntryBook> {
      const book = new EntryBook({ kernel, store: own, now, onFault })
      await book.open()
      return book
    }

    /** All rules and sets, as the standard tools show them, without counters and what is left of timeouts. */
    async function state(): Promise<string[]> {
      const commands = [`iptables-${backend}-save`, `ip6tables-${backend}-save`, 'ipset']
      const outputs = commands.map((command) => runCommand(command, command === 'ipset' ? ['save'] : []))
      const lines = (await Promise.all(outputs)).flatMap(({ stdout }) => stdout.split('\n'))
      return lines
        .filter((line) => /^(-A|add) /.test(line))
        .map((line) => line.replace(/ timeout .*/, ''))
        .toSorted()
    }

    it('puts, renews, deletes and lists', async () => {
      const book = await open()
      await Promise.all([book.put(dropTen, 60), book.put(acceptOne, 0), book.put(dropSix, 60)])
      expect(await state()).toEqual([
        '-A INPUT -m comment --comment chainmail -j chainmail-input',
        '-A OUTPUT -m comment --comment chainmail -j chainmail-output',
        '-A chainmail-input -m set --match-set chainmail-input-drop4 src -j DROP',
        '-A chainmail-input -s 10.0.0.1/32 -j ACCEPT',
        '-A chainmail-output -d 2001:db8::/64 -o eth0 -j DROP',
        'add chainmail-input-drop4 10.0.0.0/16',
      ])
      const listed = (await book.list()).map(({ chain, target, out, source, destination }) =>
        [chain, target, out, source, destination].join(' '),
      )
      expect(listed).toEqual([
        'INPUT ACCEPT * 10.0.0.1 0.0.0.0/0',
        'INPUT DROP * 10.0.0.0/16 0.0.0.0/0',
        'OUTPUT DROP eth0 ::/0 2001:db8::/64',
      ])
      await Promise.all([
        book.put(dropTen, 0),
        book.delete(acceptOne),
        book.delete(dropSix),
        book.delete(dropTwo),
      ])
      expect(await state()).toEqual([
        '-A INPUT -m comment --comment chainmail -j chainmail-input',
        '-A OUTPUT -m comment --comment chainmail -j chainmail-output',
        '-A chainmail-input -m set --match-set chainmail-input-drop4 src -j DROP',
        'add chainmail-input-drop4 10.0.0.0/16',
      ])
      await book.close()
    })

    it('carries requests about the same entry out in their order', async () => {
      const book = await open()
      const put = entry('/drop/input/any/192.0.2.1')
      await Promise.all([
        book.put(put, 60),
        book.delete(put),
        book.put(put, 0),
        book.delete(put),
        book.put(put, 9),
      ])
      expect(await book.list('input')).toHaveLength(1)
      await book.close()
    })

    it('changes nothing when the store refuses, and says so', async () => {
      let refusing = false
      const flaky: Store = {
        ...store,
        transaction(work) {
          if (refusing) throw new Error('the disk is full')
          return store.transaction(work)
        },
      }
      const book = await open(new FirewallDoor(firewall), Date.now, flaky)
      await runCommand(`iptables-${backend}`, ['-A', 'INPUT', '-s', '10.0.0.2', '-j', 'DROP'])
      await runCommand(`iptables-${backend}`, ['-A', 'INPUT', '-s', '10.0.0.3', '-j', 'DROP'])
      await book.put(dropTen, 60)
      const before = await state()
      refusing = true
      for (const change of [
        () => book.put(acceptOne, 60),
        () => book.put(dropTwo, 60),
        () => book.delete(dropTen),
      ])
        await expect(change()).rejects.toMatchObject({ code: 'store-failed', message: /the disk is full/ })
      expect(await state()).toEqual(before)
      refusing = false
      await book.put(acceptOne, 60)
      expect(await state()).toContain('-A chainmail-input -s 10.0.0.1/32 -j ACCEPT')
      await book.close()
    })

    it('lets a request that the kernel refuses fail alone', async () => {
      const door = new FirewallDoor(firewall)
      const refusing: KernelDoor = {
        families: door.families,
        read: (family) => door.read(family),
        readCounters: (family) => door.readCounters(family),
        elements: (scope, action) => door.elements(scope, action),
        async apply(changes) {
          await door.apply(changes)
          const steps = changes.flatMap(({ setSteps }) => setSteps)
          if (steps.some((step) => step.do === 'add' && step.entry === dropTwo)) throw new Error('refused')
        },
      }
      const book = await open(refusing)
      const results = await Promise.allSettled([
        book.put(dropTen, 60),
        book.put(dropTwo, 60),
        book.put(dropThree, 60),
      ])
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      expect((await state()).filter((line) => line.startsWith('add'))).toEqual([
        'add chainmail-input-drop4 10.0.0.0/16',
        'add chainmail-input-drop4 10.0.0.3',
      ])
      await book.close()
    })

    it('holds an entry longer than a timeout of the kernel can be, and takes it away itself', async () => {
      let now = 1_000_000
      const book = await open(new FirewallDoor(firewall), () => now)
      await book.put(dropTen, 100 * 86_400)
      const { stdout } = await runCommand('ipset', ['save', 'chainmail-input-drop4'])
      expect(stdout).toMatch(/^add chainmail-input-drop4 10\.0\.0\.0\/16 timeout 0 /m)
      now += 100 * 86_400_000
      await book.put(dropTwo, 60)
      expect((await state()).filter((line) => line.startsWith('add'))).toEqual([
        'add chainmail-input-drop4 10.0.0.2',
      ])
      await book.close()
    })

    it('takes rules away at their end without being asked', async () => {
      const book = await open()
      await book.put(dropSix, 1)
      expect(await state()).toHaveLength(2)
      await vi.waitFor(async () => expect(await state()).toHaveLength(1), { timeout: 10_000 })
      await book.close()
    })

    it('makes the kernel equal to the store when it opens', async () => {
      const book = await open()
      await Promise.all([book.put(dropTen, 0), book.put(acceptOne, 0), book.put(dropSix, 60)])
      await book.close()
      const before = await state()
      await runCommand('ipset', ['add', 'chainmail-input-drop4', '192.0.2.9'])
      await runCommand('ipset', ['del', 'chainmail-input-drop4', '10.0.0.0/16'])
      await runCommand(`iptables-${backend}`, ['-F', 'chainmail-input'])
      await runCommand(`ip6tables-${backend}`, ['-D', 'OUTPUT', '1'])
      const again = await open()
      expect(await state()).toEqual(before)
      await again.close()
    })

    it('refuses when it is closed', async () => {
      const book = await open()
      await book.close()
      await expect(book.put(dropTen, 60)).rejects.toMatchObject({ code: 'closed' })
      expect(await state()).toEqual([])
    })
  })
})
