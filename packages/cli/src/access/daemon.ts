import { type Client, connect, DaemonError, ProblemError } from '@chainmail/daemon/client'
import { Refusal, refusal } from '../refusal.ts'
import { duration } from '../terminal/quantity.ts'
import type { Ban, Chain, Fact, FirewallAccess, ListedBan, Place, Reading, Rule } from './access.ts'
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
    async unban(address) {
      await ask('DELETE', banPath(address))
    },
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

function chainPath(name: string, { table, family }: Place): string {
  return `/v1/tables/${encodeURIComponent(table)}/chains/${encodeURIComponent(name)}?family=${family}`
}

const START =
  'Start one with npm start in the folder of chainmail, name its socket with --socket PATH, or ask the kernel without one: --direct'
const SOCKET_OWNER =
  'It belongs to the user who runs the daemon and to his group: run this command as that user, or with sudo.'

/** Failures of the client in the command's words. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ProblemError) throw new Refusal({ ...error.problem })
    if (!(error instanceof DaemonError)) throw error
    const advice = { 'no-daemon': START, 'socket-not-permitted': SOCKET_OWNER }
    const { code, message } = error
    throw refusal(
      code,
      code.replaceAll('-', ' '),
      message,
      Object.entries(advice).find(([key]) => key === code)?.[1],
    )
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
