import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type BurstRequest, burst } from '../../../../testing/burst.ts'
import { isGone } from '../../../../testing/chaos/callers/caller.ts'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { type DaemonProcess, startProcess } from '../daemon-process.ts'

/** Whoever has more time: `BURST=100000 npm test -- load/burst`. */
const REQUESTS = Number(process.env.BURST ?? 5_000)
const CONNECTIONS = 50
/** Bytes that so many requests may cost for good. */
const GROWTH = 100 * 1024 ** 2

let folder = ''
let daemon: DaemonProcess

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-burst-'))
})
afterEach(async () => {
  if (daemon.child.exitCode === null) await daemon.end('SIGKILL')
  for (const command of ['iptables', 'ip6tables']) await runCommand(command, ['-t', 'raw', '-F'])
  await runCommand('iptables', ['-F'])
  await runCommand('iptables', ['-X'])
  await runCommand('ipset', ['destroy'])
  rmSync(folder, { recursive: true })
})

/** Bytes. */
function residentMemory(): number {
  const status = readFileSync(`/proc/${daemon.child.pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}

/** Bans, and here and there a rule, which takes the kernel far longer. */
function* requests(count: number): Generator<BurstRequest> {
  for (let index = 0; index < count; index++) {
    if (index % 10 === 0) {
      const path = '/v1/tables/filter/chains/crowd/rules'
      const rule = { source: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, target: 'DROP' }
      yield { method: 'POST', path, body: { rule } }
    } else {
      const address = `198.18.${(index >> 8) & 3}.${index & 255}`
      yield { method: 'PUT', path: `/v1/bans/${address}`, body: { for: '1h' } }
    }
  }
}

/** What came of changes that were asked for one after another, until nobody answered any more. */
interface Asked {
  /** Answered with a 2xx. */
  readonly made: string[]
  /** Refused, which only an open daemon does. */
  readonly refused: string[]
}

/** Bans, or adds rules, as fast as they are answered. */
async function askOn(worker: number, onAnswer: () => void): Promise<Asked> {
  const asked: Asked = { made: [], refused: [] }
  for (let index = 0; ; index++) {
    const address = `198.19.${worker}.${index % 256}`
    try {
      if (worker % 8 === 0)
        await daemon.client.request('POST', '/v1/tables/filter/chains/crowd/rules', {
          rule: { source: address, target: 'DROP' },
        })
      else await daemon.client.request('PUT', `/v1/bans/${address}`, { for: '1h' })
    } catch (error) {
      if (!isGone(error)) asked.refused.push(String(error))
      return asked
    }
    asked.made.push(address)
    onAnswer()
  }
}

/** Asks again and again until told to stop. Milliseconds that each answer took. */
async function readings(until: AbortSignal): Promise<number[]> {
  const taken: number[] = []
  while (!until.aborted) {
    const asked = performance.now()
    await daemon.client.request('GET', '/v1/bans?limit=10')
    taken.push(performance.now() - asked)
    await setTimeout(20)
  }
  return taken
}

describeOnKernel('a burst of requests', () => {
  it('neither grows memory without bound nor keeps readers waiting', { timeout: 600_000 }, async () => {
    daemon = await startProcess(folder, ['--log-requests', 'none', '--changes-under-way', '40'], undefined, {
      checked: false,
    })
    const socket = join(folder, 'c.sock')
    await runCommand('iptables', ['-N', 'crowd'])
    // What the first requests load stays.
    await burst(socket, requests(500), CONNECTIONS)
    const before = residentMemory()
    const over = new AbortController()
    const reading = readings(over.signal)
    const began = performance.now()
    const { statuses, toldWhen } = await burst(socket, requests(REQUESTS), CONNECTIONS)
    const duration = performance.now() - began
    over.abort()
    const taken = await reading
    const after = residentMemory()
    const slowest = Math.max(...taken)
    process.stdout.write(
      `${REQUESTS} requests in ${(duration / 1000).toFixed(1)} s: ${JSON.stringify([...statuses])}; memory ${mebibytes(before)} before, ${mebibytes(after)} after; ${taken.length} reads meanwhile, the slowest ${Math.round(slowest)} ms\n`,
    )
    expect([...statuses.keys()].toSorted()).toEqual([200, 201, 429])
    expect([...statuses.values()].reduce((sum, count) => sum + count, 0)).toBe(REQUESTS)
    expect(toldWhen).toBe(statuses.get(429))
    expect(after - before).toBeLessThan(GROWTH)
    expect(taken.length).toBeGreaterThan(10)
    expect(slowest).toBeLessThan(duration / 4)
  })

  it('leaves everything that was answered in the kernel and the store, when the daemon is stopped meanwhile', async () => {
    daemon = await startProcess(folder, ['--log-requests', 'none', '--longest-wait', '600'], undefined, {
      checked: false,
    })
    await runCommand('iptables', ['-N', 'crowd'])
    let answers = 0
    const enough = Promise.withResolvers<void>()
    const workers = Array.from({ length: 32 }, (_, worker) =>
      askOn(worker, () => {
        if (++answers === 500) enough.resolve()
      }),
    )
    await Promise.race([enough.promise, ...workers])
    expect(await daemon.end('SIGTERM')).toBe(0)
    const all = await Promise.all(workers)
    expect(all.flatMap(({ refused }) => refused)).toEqual([])

    const bans = new Set(all.flatMap(({ made }, worker) => (worker % 8 === 0 ? [] : made)))
    const rules = all.flatMap(({ made }, worker) => (worker % 8 === 0 ? made : []))
    expect(bans.size + rules.length).toBeGreaterThan(100)
    const missing = async () => {
      const held = (await runCommand('ipset', ['save'])).stdout
      return [...bans].filter((address) => !held.includes(` ${address} `))
    }
    const saved = (await runCommand('iptables-save', ['-t', 'filter'])).stdout
    const crowd = [...saved.matchAll(/^-A crowd -s (\S+)\/32 -j DROP$/gm)].map(([, address]) => address)
    for (const address of rules) expect(crowd).toContain(address)
    expect(await missing()).toEqual([])

    // What the store has is there again although the kernel has lost it.
    for (const command of ['iptables', 'ip6tables']) await runCommand(command, ['-t', 'raw', '-F'])
    await runCommand('ipset', ['destroy'])
    daemon = await startProcess(folder, [], undefined, { checked: false })
    expect(await missing()).toEqual([])
  }, 120_000)
})

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MiB`
}
