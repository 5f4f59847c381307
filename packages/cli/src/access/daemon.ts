import { type Client, connect } from '@chainmail/daemon/client'
import { asRefusal, refusal } from '../refusal.ts'
import { duration } from '../terminal/quantity.ts'
import type {
  Allowed,
  Ban,
  Chain,
  Fact,
  FirewallAccess,
  ListedBan,
  ManyOutcome,
  Place,
  Reading,
  Rule,
  UnbanOptions,
} from './access.ts'
import { daemonRecent } from './daemon-recent.ts'
import { daemonSets } from './daemon-sets.ts'
import { told } from './daemon-told.ts'
import { amountOf, flagOf, list, members, numberOf, optional, textOf } from './document.ts'
import { isOwnedRule } from './ownership.ts'

/**
 * The firewall by way of a daemon. Nothing is sent before the first question.
 *
 * @param socket where it listens; otherwise the place is found by the daemon's own rules
 * @throws Refusal, here and in each method: what the daemon refuses, `no-daemon`, `socket-not-permitted`
 */
export async function openDaemonAccess(socket: string | undefined): Promise<FirewallAccess> {
  const client = await told(async () => connect({ socket }))
  const ask = (method: string, path: string, body?: unknown): Promise<unknown> =>
    told(() => client.request(method, path, body))
  return {
    async ban(address, options) {
      const document = await ask('PUT', banPath(address), options)
      return { document, value: readBan(document, 'ban') }
    },
    banMany: (addresses, options) => eachOf(addresses, (address) => ask('PUT', banPath(address), options)),
    async unban(address, options = {}) {
      ofEveryScope(options)
      await ask('DELETE', banPath(address))
    },
    unbanMany(addresses, options) {
      ofEveryScope(options)
      return eachOf(addresses, (address) => ask('DELETE', banPath(address)))
    },
    async allowed() {
      const document = await ask('GET', '/v1/allowlist')
      return { document, value: list(members(document, 'the answer').entries, 'entries', readAllowed) }
    },
    async allow(address, reason) {
      await ask('PUT', allowPath(address), { reason })
    },
    async disallow(address) {
      await ask('DELETE', allowPath(address))
    },
    plans: { plan: directOnly, apply: directOnly },
    sets: daemonSets(client),
    recent: daemonRecent(client),
    async bans() {
      const document = await ask('GET', '/v1/bans')
      return { document, value: list(members(document, 'the answer').bans, 'bans', readListedBan) }
    },
    async chains({ table, family }) {
      const tables = members(await ask('GET', `/v1/tables?family=${family}`), 'the answer').tables
      const read = (item: unknown, path: string): Reading<readonly Chain[]> & { name: string } => {
        const { name, chains } = members(item, path)
        return {
          document: item,
          name: textOf(name, `${path}.name`),
          value: list(chains, `${path}.chains`, readChain),
        }
      }
      const found = list(tables, 'tables', read).find(({ name }) => name === table)
      return found ?? { document: { name: table, family, chains: [] }, value: [] }
    },
    async chain(name, place) {
      const document = await ask('GET', chainPath(name, place))
      return { document, value: readChain(document, 'chain') }
    },
    async status() {
      const document = await ask('GET', '/v1/status')
      return { document, value: factsOf(document, client) }
    },
    async [Symbol.asyncDispose]() {},
  }
}

function banPath(address: string): string {
  return `/v1/bans/${encodeURIComponent(address)}`
}

function allowPath(address: string): string {
  return `/v1/allowlist/${encodeURIComponent(address)}`
}

function chainPath(name: string, { table, family }: Place): string {
  return `/v1/tables/${encodeURIComponent(table)}/chains/${encodeURIComponent(name)}?family=${family}`
}

/** The daemon takes a ban back whatever its scope is. @throws Refusal `direct-only` */
function ofEveryScope({ scope }: UnbanOptions): void {
  if (scope === undefined) return
  throw refusal(
    'direct-only',
    'Only with --direct',
    'The daemon takes bans of every scope back together.',
    'Leave --scope out, or add --direct, as root: the command then talks to the kernel itself.',
  )
}

/** Requests that are on their way at the same time. */
const TOGETHER = 32

/** Asks for one after another, with some answers still to come, and tells of each in its order. */
async function* eachOf(
  addresses: AsyncIterable<string>,
  ask: (address: string) => Promise<unknown>,
): AsyncGenerator<ManyOutcome, void> {
  const waiting: Promise<ManyOutcome>[] = []
  let index = 0
  for await (const address of addresses) {
    const outcome = outcomeOf(index++, ask(address))
    // Of several that fail at once, the first one is told of.
    outcome.catch(() => undefined)
    waiting.push(outcome)
    const first = waiting.length < TOGETHER ? undefined : waiting.shift()
    if (first !== undefined) yield first
  }
  for (const each of waiting) yield each
}

async function outcomeOf(index: number, asked: Promise<unknown>): Promise<ManyOutcome> {
  try {
    await asked
    return { index }
  } catch (error) {
    const told = asRefusal(error)
    // Without a daemon, nothing that follows can be done either.
    if (told === undefined || told.code === 'no-daemon' || told.code === 'socket-not-permitted') throw error
    return { index, error: { code: told.code, message: told.message } }
  }
}

function readAllowed(value: unknown, path: string): Allowed {
  const { address, reason, origin } = members(value, path)
  return {
    address: textOf(address, `${path}.address`),
    reason: optional(reason, `${path}.reason`, textOf),
    origin: textOf(origin, `${path}.origin`),
  }
}

function readBan(value: unknown, path: string): Ban {
  const { address, expiresIn, reason } = members(value, path)
  return {
    address: textOf(address, `${path}.address`),
    expiresIn: optional(expiresIn, `${path}.expiresIn`, numberOf),
    reason: optional(reason, `${path}.reason`, textOf),
  }
}

function readListedBan(value: unknown, path: string): ListedBan {
  const { who, packets, bytes } = members(value, path)
  return {
    ...readBan(value, path),
    who: optional(who, `${path}.who`, textOf),
    packets: amountOf(packets, `${path}.packets`),
    bytes: amountOf(bytes, `${path}.bytes`),
  }
}

function readChain(value: unknown, path: string): Chain {
  const document = members(value, path)
  const name = textOf(document.name, `${path}.name`)
  return {
    name,
    policy: optional(document.policy, `${path}.policy`, textOf),
    ...readCounters(document.counters, `${path}.counters`),
    rules: list(document.rules, `${path}.rules`, (rule, rulePath) => readRule(rule, rulePath, name)),
  }
}

function readRule(value: unknown, path: string, chain: string): Rule {
  const { text, counters, matches } = members(value, path)
  return {
    text: textOf(text, `${path}.text`),
    owned: isOwnedRule(chain, matches),
    ...(optional(counters, `${path}.counters`, readCounters) ?? { packets: 0, bytes: 0 }),
  }
}

function readCounters(value: unknown, path: string): Pick<Chain, 'packets' | 'bytes'> {
  const { packets, bytes } = members(value, path)
  return { packets: amountOf(packets, `${path}.packets`), bytes: amountOf(bytes, `${path}.bytes`) }
}

function factsOf(value: unknown, { socket }: Client): readonly Fact[] {
  const status = members(value, 'status')
  const text = (name: string): string => textOf(status[name], `status.${name}`)
  const iptables = optional(status.iptables, 'status.iptables', textOf)
  return [
    {
      name: 'daemon',
      value: `version ${text('version')}, up ${duration(numberOf(status.uptime, 'status.uptime'))}`,
    },
    { name: 'socket', value: socket },
    { name: 'kernel', value: `Linux ${text('kernel')}` },
    { name: 'iptables', value: `${iptables === undefined ? '' : `${iptables}, `}${text('backend')} backend` },
    { name: 'host', value: text('report'), bad: flagOf(status.mixed, 'status.mixed') },
    { name: 'bans', value: String(numberOf(status.bans, 'status.bans')) },
  ]
}

/** The daemon has no routes for plans. */
async function directOnly(): Promise<never> {
  throw refusal(
    'direct-only',
    'Only with --direct',
    'The daemon does not make plans.',
    'Add --direct, as root: the command then talks to the kernel itself.',
  )
}
