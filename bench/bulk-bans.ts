import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { startProcess } from '../packages/daemon/src/daemon-process.ts'
import { runCommand } from '../testing/command.ts'
import { compare, type Effort, type Measurement } from './harness.ts'
import { addressText, randomAddresses } from './random-addresses.ts'

const BANS = 100_000

/** Milliseconds: for so many bans, and for which the event loop may be held meanwhile. */
const LONGEST = 3_000
const LONGEST_HOLD = 20
const NAME = 'chainmail-bench-bulk'

/** Networks whose addresses are no bans like others: 0.0.0.0/8 and loopback. */
const special = new Set([0, 127])

/**
 * Bans in one NDJSON request, each line answered when the kernel and the disk have it, against `ipset restore` of the
 * same addresses, which keeps them nowhere. Tells on stderr for how long the daemon's event loop was held.
 */
export async function measureBulkBans(folder: string, effort: Effort): Promise<Measurement> {
  const count = effort.operations(BANS)
  const addresses = Array.from(randomAddresses(count * 2))
    .filter((address) => !special.has(address >>> 24))
    .slice(0, count)
    .map(addressText)
  const own = await mkdtemp(join(folder, 'bulk-'))
  const file = join(own, 'holds')
  const monitor = join(import.meta.dirname, 'loop-monitor.ts')
  const node: [string, ...string[]] = [
    'env',
    `CHAINMAIL_BENCH_HOLDS=${file}`,
    process.execPath,
    '--import',
    monitor,
  ]
  const daemon = await startProcess(own, ['--log-level', 'warn'], node, { checked: false })
  const holds: number[] = []
  try {
    const body = addresses.map((address) => `${JSON.stringify({ address, for: '1h', reason: 'a list' })}\n`)
    const lines = body.join('')
    const addLines = addresses.map((address) => `add ${NAME} ${address} timeout 3600\n`).join('')
    const restore = `create ${NAME} hash:net timeout 0 comment counters maxelem ${BANS}\n${addLines}`
    return await compare(
      {
        what: `${count.toLocaleString('en')} bans over REST in one request, random addresses`,
        unit: 'time',
        ours: {
          name: 'POST /v1/bans',
          async round() {
            await longestHold(daemon.child.pid, file)
            const taken = await bulk(join(own, 'c.sock'), 'POST', lines, count)
            const hold = await longestHold(daemon.child.pid, file)
            holds.push(hold)
            await bulk(join(own, 'c.sock'), 'DELETE', lines.replaceAll(/,"for".*/g, '}'), count)
            return taken
          },
        },
        beside: {
          name: 'ipset restore',
          async round() {
            const began = performance.now()
            await pipe('ipset', ['restore'], restore)
            const taken = performance.now() - began
            await runCommand('ipset', ['destroy', NAME])
            return taken
          },
        },
      },
      Math.min(effort.rounds, 5),
    )
  } finally {
    const longest = Math.max(...holds).toFixed(1)
    process.stderr.write(
      `  bulk bans: ${BANS.toLocaleString('en')} may take ${LONGEST} ms; the daemon's event loop was held for ${longest} ms at most, the bar is ${LONGEST_HOLD}\n`,
    )
    await daemon.end('SIGTERM')
    await rm(own, { recursive: true })
  }
}

/** Milliseconds until the summary of a request is there. @throws Error unless every line was accepted */
async function bulk(socket: string, method: string, lines: string, count: number): Promise<number> {
  const began = performance.now()
  const request = httpRequest({
    socketPath: socket,
    method,
    path: '/v1/bans',
    headers: {
      host: 'localhost',
      'content-type': 'application/x-ndjson',
      'content-length': Buffer.byteLength(lines),
    },
  })
  request.end(lines)
  const [response] = await once(request, 'response')
  let last = ''
  for await (const line of createInterface({ input: response })) last = line
  const taken = performance.now() - began
  if (!last.includes(`"accepted":${count}`)) throw new Error(`not every ban was accepted: ${last}`)
  return taken
}

/** For how long the event loop was held since this was asked before, at most, in milliseconds. */
async function longestHold(pid: number | undefined, file: string): Promise<number> {
  if (pid === undefined) throw new Error('the daemon has ended')
  await rm(file, { force: true })
  process.kill(pid, 'SIGUSR2')
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '')
    if (text !== '') return Number(text)
  }
}

async function pipe(program: string, words: readonly string[], input: string): Promise<void> {
  const child = spawn(program, words, { stdio: ['pipe', 'ignore', 'inherit'] })
  child.stdin.end(input)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${program} ended with ${code}`)
}
