import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { type DaemonProcess, startProcess } from '../daemon-process.ts'

function run(program: string, ...words: string[]): string {
  return execFileSync(program, words, { encoding: 'utf8' })
}

const rulesPath = '/v1/tables/filter/chains/INPUT/rules?family=ipv4'

/** One daemon for all: each test has addresses, chains and sets of its own. */
describeOnKernel('through the daemon', () => {
  let folder: string
  let daemon: DaemonProcess

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-probation-'))
    daemon = await startProcess(folder)
  })

  afterEach(() => {
    run('iptables', '-P', 'INPUT', 'ACCEPT')
    run('iptables', '-F', 'INPUT')
  })

  afterAll(async () => {
    await daemon.end('SIGKILL')
    rmSync(folder, { recursive: true })
    run('nft', 'flush', 'ruleset')
    run('ipset', 'destroy')
  })

  const ask = (method: string, path: string, body?: unknown): Promise<unknown> =>
    daemon.client.request(method, path, body)

  describe('a change on probation', () => {
    /** Those of a network of 256 addresses. */
    const banned = (network: string): readonly string[] =>
      run('ipset', 'save', 'chainmail-ban4')
        .matchAll(/^add \S+ (\S+)/gm)
        .map(([, address = '']) => address)
        .filter((address) => address.startsWith(network))
        .toArray()
        .toSorted()
    const ban = (address: string, confirmWithin: string) =>
      ask('PUT', `/v1/bans/${address}?confirmWithin=${confirmWithin}`, { reason: 'trial' })
    const idOf = (answer: unknown): string => {
      expect(answer).toMatchObject({ probation: { id: expect.any(String), deadline: expect.any(String) } })
      return JSON.stringify(answer).match(/"probation":\{"id":"([a-z0-9]+)"/)?.[1] ?? ''
    }
    /** What the latest revisions are about, the youngest first. */
    const whys = async (): Promise<readonly string[]> => {
      const answer = await ask('GET', '/v1/revisions?limit=10')
      return Array.from(JSON.stringify(answer).matchAll(/"why":"([^"]*)"/g), ([, why = '']) => why)
    }
    const latest = async (): Promise<number> => {
      const answer = await ask('GET', '/v1/revisions?limit=1')
      return Number(/"number":(\d+)/.exec(JSON.stringify(answer))?.[1] ?? 0)
    }

    it('that is a ban goes from the kernel and the store when nobody confirms it, and the other bans stay', async () => {
      await ask('PUT', '/v1/bans/192.0.2.1')
      const before = await latest()
      await ban('192.0.2.2', '1s')
      expect(banned('192.0.2.')).toEqual(['192.0.2.1', '192.0.2.2'])
      await ask('PUT', '/v1/bans/192.0.2.3')
      await vi.waitFor(
        async () => expect(await whys()).toContain(`revision ${before + 1} was taken back`),
        10_000,
      )
      expect(banned('192.0.2.')).toEqual(['192.0.2.1', '192.0.2.3'])
      await expect(ask('GET', '/v1/bans/192.0.2.2')).rejects.toMatchObject({ code: 'not-banned' })
    }, 30_000)

    it('that is a ban leaves one that somebody else has made of it meanwhile', async () => {
      const before = await latest()
      await ban('192.0.2.12', '2s')
      await ask('PUT', '/v1/bans/192.0.2.12', { reason: 'for good' })
      await vi.waitFor(
        async () => expect(await whys()).toContain(`revision ${before + 1} was taken back`),
        10_000,
      )
      expect(banned('192.0.2.12')).toEqual(['192.0.2.12'])
      expect(await ask('GET', '/v1/bans/192.0.2.12')).toMatchObject({ reason: 'for good' })
      await ask('DELETE', '/v1/bans/192.0.2.12')
    }, 30_000)

    it('that is a rule is confirmed, reverted, and listed until then, and the store has it with the answer', async () => {
      const before = await latest()
      const first = idOf(
        await ask('POST', `${rulesPath}&confirmWithin=60s`, { rule: '-s 192.0.2.1 -j DROP' }),
      )
      expect(await ask('GET', '/v1/probations')).toMatchObject({
        probations: [{ id: first, touches: ['ipv4 filter INPUT'], guarded: true }],
      })
      await ask('POST', `/v1/probations/${first}/confirm`)
      expect((await whys())[0]).toBe(`revision ${before + 1} was confirmed`)
      const second = idOf(
        await ask('DELETE', `${rulesPath}&confirmWithin=60s`, { rule: '-s 192.0.2.1 -j DROP' }),
      )
      expect(run('iptables', '-S', 'INPUT')).not.toContain('192.0.2.1')
      await ask('POST', `/v1/probations/${second}/revert`)
      expect(run('iptables', '-S', 'INPUT')).toContain('-A INPUT -s 192.0.2.1/32 -j DROP')
      expect((await whys())[0]).toBe(`revision ${before + 3} was taken back`)
    }, 30_000)

    it('that could not be taken back is not decided, and can be taken back when that is possible again', async () => {
      run('ipset', 'create', 'needed', 'hash:ip')
      const text = '-m set --match-set needed src -j DROP'
      await ask('POST', rulesPath, { rule: text })
      const before = run('iptables', '-S', 'INPUT')
      const start = await latest()
      const id = idOf(await ask('DELETE', `${rulesPath}&confirmWithin=60s`, { rule: text }))
      run('ipset', 'destroy', 'needed')
      const revert = () => ask('POST', `/v1/probations/${id}/revert`)
      await expect(revert()).rejects.toMatchObject({ code: 'revert-failed' })
      await daemon.end('SIGTERM')
      daemon = await startProcess(folder)
      expect(await latest()).toBe(start + 1)
      run('ipset', 'create', 'needed', 'hash:ip')
      await revert()
      expect((await whys())[0]).toBe(`revision ${start + 1} was taken back`)
      expect(run('iptables', '-S', 'INPUT')).toBe(before)
      run('iptables', '-F', 'INPUT')
      run('ipset', 'destroy', 'needed')
    }, 30_000)

    it('that is a transaction goes back with its sets and tables', async () => {
      const saved = (): string =>
        (
          run('iptables-save') +
          run('ipset', 'save', '-o', 'save').replaceAll(/^(add|create) chainmail-.*/gm, '')
        ).replaceAll(/^#.*|\[\d+:\d+\]/gm, '')
      await ask('POST', rulesPath, { rule: '-s 192.0.2.9 -j DROP' })
      await ask('POST', '/v1/tables/mangle/chains/INPUT/rules?family=ipv4', {
        rule: '-s 192.0.2.9 -j ACCEPT',
      })
      const before = saved()
      const id = idOf(
        await ask('POST', '/v1/transactions?confirmWithin=60s', {
          changes: [
            { do: 'createSet', set: 'both', options: { type: 'hash:ip' } },
            { do: 'addEntry', set: 'both', entry: '192.0.2.1' },
            { do: 'appendRule', chain: 'INPUT', rule: '-m set --match-set both src -j DROP' },
            { do: 'flushChain', chain: 'INPUT', table: 'mangle' },
          ],
        }),
      )
      expect(run('iptables', '-S', 'INPUT')).toContain('--match-set both src')
      await ask('POST', `/v1/probations/${id}/revert`)
      expect(saved()).toBe(before)
      run('iptables', '-t', 'mangle', '-F')
    }, 30_000)

    it('that is a rollback goes back as a whole, rules and bans', async () => {
      const start = await latest()
      await ask('PUT', '/v1/bans/198.18.0.1')
      await ask('POST', rulesPath, { rule: '-s 198.18.0.1 -j DROP' })
      const before = run('iptables', '-S', 'INPUT')
      const id = idOf(await ask('POST', `/v1/revisions/${start}/rollback?confirmWithin=60s`))
      expect(banned('198.18.0.')).toEqual([])
      expect(run('iptables', '-S', 'INPUT')).not.toContain('198.18.0.1')
      await ask('POST', `/v1/probations/${id}/revert`)
      expect(run('iptables', '-S', 'INPUT')).toBe(before)
      expect(banned('198.18.0.')).toEqual(['198.18.0.1'])
    }, 30_000)

    it('is decided whether a daemon runs or not, and whichever runs', async () => {
      await ask('PUT', '/v1/bans/203.0.113.1', { for: '1h', reason: 'before' })
      const kept = idOf(await ban('203.0.113.9', '60s'))
      const plan = { owner: 'web', tables: [{ chains: { web: ['-j ACCEPT'] } }] }
      const planned = idOf(await ask('POST', '/v1/apply?confirmWithin=60s', plan))
      await ban('203.0.113.1', '1s')
      await ban('203.0.113.2', '1s')
      await daemon.end('SIGKILL')
      await vi.waitFor(() => expect(banned('203.0.113.')).toEqual(['203.0.113.1', '203.0.113.9']), 10_000)

      daemon = await startProcess(folder)
      expect(await ask('GET', '/v1/bans/203.0.113.1')).toMatchObject({
        reason: 'before',
        expiresIn: expect.any(Number),
      })
      expect(banned('203.0.113.')).toEqual(['203.0.113.1', '203.0.113.9'])
      for (const id of [kept, planned]) await ask('POST', `/v1/probations/${id}/confirm`)
      await daemon.end('SIGKILL')
      // As a restart of the machine does.
      run('nft', 'flush', 'ruleset')
      run('ipset', 'destroy')
      rmSync('/run/chainmail-probation', { recursive: true })

      daemon = await startProcess(folder)
      expect(banned('203.0.113.')).toEqual(['203.0.113.1', '203.0.113.9'])
      expect(banned('198.18.0.')).toEqual(['198.18.0.1'])
      expect(run('iptables', '-S', 'web')).toBe('-N web\n-A web -j ACCEPT\n')
    }, 60_000)
  })

  describe('a change that would lock out', () => {
    const sender = 'sender=198.51.100.7&port=22'
    const drop = { rule: '-s 198.51.100.0/24 -j DROP' }

    it('by a single rule, a chain or a program is refused, with the rule that does it, unless it is forced', async () => {
      const refused = {
        code: 'would-lock-out',
        message: expect.stringContaining(
          '(-s 198.51.100.0/24 -j DROP) would shut out the sender 198.51.100.7',
        ),
      }
      await expect(ask('POST', `${rulesPath}&${sender}`, drop)).rejects.toMatchObject(refused)
      await ask('POST', `${rulesPath}&${sender}`, { rule: '-s 198.51.100.7 -j ACCEPT' })
      await ask('POST', `${rulesPath}&${sender}`, drop)
      await expect(
        ask('DELETE', `${rulesPath}&${sender}`, { rule: '-s 198.51.100.7 -j ACCEPT' }),
      ).rejects.toMatchObject(refused)
      await expect(
        ask('POST', `/v1/programs/iptables?${sender}`, { arguments: ['-D', 'INPUT', '1'] }),
      ).rejects.toMatchObject(refused)
      await ask('PUT', '/v1/tables/filter/chains/INPUT/policy?family=ipv4', { policy: 'DROP' })
      await expect(
        ask('POST', `/v1/tables/filter/chains/INPUT/flush?family=ipv4&${sender}`),
      ).rejects.toMatchObject({ code: 'would-lock-out' })
      await ask('DELETE', `${rulesPath}&${sender}&force=true`, { rule: '-s 198.51.100.7 -j ACCEPT' })
    }, 30_000)

    it('by an entry of a set is refused, and its neighbours are not', async () => {
      await ask('POST', '/v1/sets', { name: 'blocked', type: 'hash:net' })
      await ask('POST', rulesPath, { rule: '-m set --match-set blocked src -j DROP' })
      const lines = ['"192.0.2.1"', '"198.51.100.0/24"', '"192.0.2.2"']
      const told = await Array.fromAsync(
        daemon.client.stream('POST', `/v1/sets/blocked/entries?${sender}`, lines),
      )
      expect(told).toMatchObject([
        { line: 1, ok: true },
        { line: 2, ok: false, error: { code: 'would-lock-out' } },
        { line: 3, ok: true },
        { summary: { accepted: 2, refused: 1 } },
      ])
      expect(run('ipset', 'save', 'blocked').match(/^add.*/gm)).toHaveLength(2)
      await expect(
        Array.fromAsync(daemon.client.stream('PUT', `/v1/sets/blocked/entries?${sender}`, lines)),
      ).rejects.toMatchObject({ code: 'would-lock-out' })
      await Array.fromAsync(
        daemon.client.stream('PUT', `/v1/sets/blocked/entries?${sender}&force=true`, lines),
      )
      expect(run('ipset', 'save', 'blocked')).toContain('198.51.100.0/24')
      run('iptables', '-F')
    }, 30_000)
  })
})
