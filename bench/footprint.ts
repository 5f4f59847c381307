import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from '../packages/daemon/src/client.ts'
import { startProcess } from '../packages/daemon/src/daemon-process.ts'
import { compare, type Effort, type Measurement } from './harness.ts'
import { addressTexts, randomAddresses } from './random-addresses.ts'
import { chainsOf, RULES_PER_COMMIT } from './ruleset.ts'

const BANS = 100_000
const RULES = 5_000

const MEGABYTE = 1_000_000
/** Bytes that may be resident. */
const IDLE_LIMIT = 90 * MEGABYTE
const LOADED_LIMIT = 200 * MEGABYTE

/** Milliseconds between two looks at the memory. */
const STEP = 250
/** To start a daemon takes a while, and so does to wait until it has settled: there are fewer rounds by so much. */
const FEWER_ROUNDS = 5

/**
 * What of the daemon is in memory (VmRSS in proc_pid_status(5)) when it has settled, beside an empty server of the same
 * Fastify. Its doors are those of an installation: the socket, and HTTPS. Tells on stderr how much of it is files, which
 * is shared with every other process that runs Node, and in the page cache anyway.
 */
export async function measureFootprint(effort: Effort): Promise<Measurement[]> {
  const rounds = Math.ceil(effort.rounds / FEWER_ROUNDS)
  const steady = 3 * effort.duration
  // For longer than it takes the daemon to give memory back after work.
  const steadyAfterWork = 12 * effort.duration
  const [bans, rules] = [effort.operations(BANS), effort.operations(RULES)]
  const beside = { name: 'empty server, same Fastify', round: () => emptyServer(steady) }
  const what = (load: string): string => `the daemon's memory, ${load}`
  return [
    await compare(
      {
        what: what('idle'),
        unit: 'memory',
        bar: IDLE_LIMIT,
        ours: { name: 'VmRSS', round: () => daemon(steady, async () => undefined) },
        beside,
      },
      rounds,
    ),
    await compare(
      {
        what: what(`${bans.toLocaleString('en-US')} bans, ${rules.toLocaleString('en-US')} rules`),
        unit: 'memory',
        bar: LOADED_LIMIT,
        ours: { name: 'VmRSS', round: () => daemon(steadyAfterWork, (client) => load(client, bans, rules)) },
        beside,
      },
      rounds,
    ),
  ]
}

/** Bytes that a daemon has resident after some work. */
async function daemon(steady: number, work: (client: Client) => Promise<void>): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'chainmail-bench-'))
  const https = ['--https', 'true', '--https-host', '127.0.0.1', '--https-port', '0']
  const started = await startProcess(folder, ['--log-level', 'warn', ...https], undefined, { checked: false })
  try {
    await work(started.client)
    const { all, files } = await settled(started.child, steady)
    process.stderr.write(`  of ${megabytes(all)} MB ${megabytes(files)} are files\n`)
    return all
  } finally {
    await started.end('SIGTERM')
    await rm(folder, { recursive: true })
  }
}

/** Through the doors that anybody uses: one stream of bans, and desired states that last. */
async function load(client: Client, bans: number, rules: number): Promise<void> {
  // Addresses of these two networks are refused.
  const addresses = randomAddresses(2 * bans).filter((address) => ![0, 127].includes(address >>> 24))
  const summary: unknown[] = []
  for await (const line of client.stream(
    'POST',
    '/v1/bans?results=refused',
    banLines(addresses.slice(0, bans)),
  ))
    summary.push(line)
  if (!JSON.stringify(summary).includes(`"accepted":${bans}`)) throw new Error('not every ban was accepted')
  for (const { name, rules: texts } of chainsOf(rules, RULES_PER_COMMIT))
    await client.request('POST', '/v1/apply', { owner: name, tables: [{ chains: { [name]: texts } }] })
}

function* banLines(addresses: Iterable<number>): Generator<string, void> {
  for (const address of addressTexts(addresses))
    yield JSON.stringify({ address, for: '1h', reason: 'too many requests' })
}

async function emptyServer(steady: number): Promise<number> {
  const server = fork(join(import.meta.dirname, 'empty-server.ts'))
  try {
    await once(server, 'message')
    return (await settled(server, steady)).all
  } finally {
    const ended = once(server, 'exit')
    server.disconnect()
    await ended
  }
}

interface Resident {
  readonly all: number
  readonly files: number
}

/** What is resident when that has not changed by a hundredth for a while. */
async function settled({ pid }: ChildProcess, steady: number): Promise<Resident> {
  let seen = await residentOf(pid)
  for (let since = 0; since < steady; since += STEP) {
    await wait(STEP)
    const now = await residentOf(pid)
    if (Math.abs(now.all - seen.all) * 100 > seen.all) {
      seen = now
      since = 0
    }
  }
  return residentOf(pid)
}

async function residentOf(pid: number | undefined): Promise<Resident> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1')
  const bytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024
  return { all: bytes('VmRSS'), files: bytes('RssFile') }
}

function megabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(0)
}
