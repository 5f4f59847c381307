import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProcess } from '../packages/daemon/src/daemon-process.ts'
import { measureBulkBans } from './bulk-bans.ts'
import { compare, type Effort, type Measurement, type Side } from './harness.ts'
import { Load } from './load.ts'

const CONNECTIONS = 64

/** TMPFS_MAGIC of linux/magic.h: such a file system is no disk. */
const TMPFS = 0x01021994

/**
 * Bans over HTTP against an empty route of the same Fastify. Both servers and the load generator are processes of
 * their own; the daemon's store is on a disk.
 */
export async function measureRest(effort: Effort): Promise<Measurement[]> {
  const folder = await mkdtemp(join(await diskFolder(), 'chainmail-bench-'))
  try {
    return [...(await measureSingleBans(folder, effort)), await measureBulkBans(folder, effort)]
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function measureSingleBans(folder: string, { rounds, duration }: Effort): Promise<Measurement[]> {
  await using opened = new AsyncDisposableStack()
  const daemon = await startProcess(folder, ['--log-level', 'warn'], undefined, { checked: false })
  opened.defer(async () => {
    await daemon.end('SIGTERM')
  })
  const empty = fork(join(import.meta.dirname, 'empty-server.ts'))
  opened.defer(() => end(empty))
  const [emptyPort]: unknown[] = await once(empty, 'message')
  const load = opened.use(new Load())
  const ports = { daemon: portOf(daemon.report), empty: Number(emptyPort) }

  const latency = (name: string, port: number): Side => ({
    name,
    round: async () => (await load.generate({ port, connections: 1, duration })).median,
  })
  const throughput = (name: string, port: number): Side => ({
    name,
    async round() {
      const { answers, duration: taken } = await load.generate({ port, connections: CONNECTIONS, duration })
      return taken / answers
    },
  })
  return [
    await compare(
      {
        what: 'a ban over REST, one client',
        unit: 'time',
        ours: latency('PUT /v1/bans/…', ports.daemon),
        beside: latency('empty route, same Fastify', ports.empty),
      },
      rounds,
    ),
    await compare(
      {
        what: `bans over REST, ${CONNECTIONS} connections`,
        unit: 'rate',
        bar: 0.6,
        ours: throughput('PUT /v1/bans/…', ports.daemon),
        beside: throughput('empty route, same Fastify', ports.empty),
      },
      rounds,
    ),
  ]
}

/** @throws Error where there is no folder for temporary files on a disk */
async function diskFolder(): Promise<string> {
  for (const folder of ['/var/tmp', tmpdir()]) if ((await statfs(folder)).type !== TMPFS) return folder
  throw new Error('the store has to be on a disk, and both /var/tmp and the temporary folder are in memory')
}

function portOf(report: string): number {
  const [, port] = /http:\/\/127\.0\.0\.1:(\d+)/.exec(report) ?? []
  if (port === undefined) throw new Error(`the daemon does not say where it listens: ${report}`)
  return Number(port)
}

async function end(server: ChildProcess): Promise<void> {
  const ended = once(server, 'exit')
  server.disconnect()
  await ended
}
