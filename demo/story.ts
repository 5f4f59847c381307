import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DaemonProcess, startProcess } from '../packages/daemon/src/daemon-process.ts'
import type { Host } from '../testing/host.ts'
import { Network } from '../testing/network.ts'
import type { Caption } from './lanes.ts'
import { curlLines, jsonLines, type RestCall } from './rest-call.ts'
import type { Screen } from './screen.ts'
import { Traffic } from './traffic.ts'
import { type Claim, judge } from './verdict.ts'

/** Seconds. */
const BAN = 5
/** Packets of each client before the ban, and after it has run out. */
const PACKETS = 14
/** Milliseconds after the end of the ban in which a packet has to arrive again. */
const GRACE = 5_000
const JSON_WIDTH = 72

/**
 * One address blocked on the real kernel: alice and bob send packets to a victim, the daemon in the victim bans
 * alice for some seconds, and the ban runs out by itself. Needs root in the current network namespace.
 * @returns what was claimed, and whether it was seen
 */
export async function tell(screen: Screen, signal: AbortSignal): Promise<Claim[]> {
  const { bold, dim } = screen.style
  screen.say()
  screen.say(`  ${bold('chainmail: one address, blocked on the real kernel')}`)
  screen.say()
  screen.say('  victim, alice and bob are network namespaces of their own, joined by veth.')

  await using network = await Network.create({ hosts: ['victim', 'alice', 'bob'] })
  const victim = network.host('victim')
  const folder = await mkdtemp(join(tmpdir(), 'demo-'))
  await using opened = new AsyncDisposableStack()
  opened.defer(() => rm(folder, { recursive: true }))
  const daemon = await startDaemonIn(victim, folder)
  opened.defer(async () => {
    await daemon.end('SIGTERM')
  })
  const [version = '', found = ''] = daemon.report.split('\n').map((line) => line.trim())
  screen.say(`  The daemon runs in victim: ${version}.`)
  // What the sentence goes on to say is of a host that is in use.
  screen.say(`  ${dim(found.replace(/:.*/, ''))}`)

  const captions: Caption[] = []
  const traffic = new Traffic(network, 'victim', ['alice', 'bob'], () => screen.show(traffic.lanes, captions))
  const [alice, bob] = traffic.lanes
  if (alice === undefined || bob === undefined) throw new TypeError('the traffic has no two clients')
  // The first request to a fresh process takes much longer than those that follow.
  await daemon.client.request('GET', '/v1/status')
  await traffic.prepare()
  signal.throwIfAborted()

  say(screen, `alice and bob send the victim five packets a second: ${bold('all of them arrive')}.`)
  await traffic.sendUntil(() => traffic.count >= PACKETS, signal)

  say(screen, `One REST call bans alice for ${BAN} seconds:`)
  const ban: RestCall = {
    method: 'PUT',
    path: `/v1/bans/${alice.address}`,
    body: { for: `${BAN}s`, reason: 'demo' },
  }
  captions.push({ packet: traffic.count, text: `banned for ${BAN} s` })
  const called = performance.now()
  const answer = await call(screen, daemon, ban)
  const answered = performance.now()
  screen.say(dim(`    answered in ${(answered - called).toFixed(1)} ms, when the kernel had it`))
  for (const line of jsonLines(answer, JSON_WIDTH)) screen.say(`    ${line}`)

  say(screen, `From here on ${bold("alice's packets are dropped")}; bob's arrive as before.`)
  const deadline = called + BAN * 1000 + GRACE
  const isBack = () => alice.packets.some(({ sent, fate }) => sent > answered && fate?.arrived)
  await traffic.sendUntil(() => isBack() || performance.now() > deadline, signal)

  if (isBack()) {
    const first = alice.packets.findIndex(({ sent, fate }) => sent > answered && fate?.arrived)
    captions.push({ packet: first, text: 'over' })
    say(screen, `Nobody took it back: ${bold('the ban has run out by itself')}.`)
  }
  const bans = await call(screen, daemon, { method: 'GET', path: '/v1/bans' })
  for (const line of jsonLines(bans, JSON_WIDTH)) screen.say(`    ${line}`)
  const end = traffic.count + PACKETS
  await traffic.sendUntil(() => traffic.count >= end, signal)
  await traffic.settled()
  screen.settle()

  return judge({
    alice: alice.packets,
    bob: bob.packets,
    called,
    answered,
    seconds: BAN,
    bansLeft: countOf(bans),
    dropped: await droppedIn(victim),
  })
}

function startDaemonIn({ namespace }: Host, folder: string): Promise<DaemonProcess> {
  const inVictim = ['nsenter', `--net=/run/netns/${namespace}`, '--', process.execPath] as const
  return startProcess(folder, ['--log-level', 'warn'], [...inVictim])
}

function say(screen: Screen, line: string): void {
  screen.say()
  screen.say(`  ${line}`)
}

/** Sends the request, and shows it as a user would send it. */
function call(screen: Screen, { client }: DaemonProcess, { method, path, body }: RestCall): Promise<unknown> {
  const [first = '', ...more] = curlLines({ method, path, body }, client.place)
  screen.say()
  screen.say(`    ${screen.style.dim('$')} ${first}`)
  for (const line of more) screen.say(`      ${line}`)
  return client.request(method, path, body)
}

function countOf(answer: unknown): number {
  if (typeof answer === 'object' && answer !== null && 'bans' in answer && Array.isArray(answer.bans))
    return answer.bans.length
  throw new TypeError(`the daemon answered no list of bans: ${JSON.stringify(answer)}`)
}

/** What the rules in front of all others have dropped, in iptables' words and not the daemon's. */
async function droppedIn(host: Host): Promise<number> {
  const { stdout } = await host.run('iptables-save', ['-c', '-t', 'raw'])
  const counts = Array.from(stdout.matchAll(/^\[(\d+):\d+\] -A PREROUTING .*-j DROP$/gm), ([, packets]) =>
    Number(packets),
  )
  return counts.reduce((sum, packets) => sum + packets, 0)
}
