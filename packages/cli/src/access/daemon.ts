import { type ClientOptions, connect } from '@chainmail/daemon/client'
import type { Chain, FirewallAccess, Place, Reading, Rule } from './access.ts'
import { daemonAudit } from './daemon-audit.ts'
import { daemonBans } from './daemon-bans.ts'
import { daemonHistory } from './daemon-history.ts'
import { daemonKeys } from './daemon-keys.ts'
import { daemonPlans } from './daemon-plans.ts'
import { daemonPrograms } from './daemon-programs.ts'
import { daemonRecent } from './daemon-recent.ts'
import { daemonRules } from './daemon-rules.ts'
import { daemonSeeing } from './daemon-seeing.ts'
import { daemonSets } from './daemon-sets.ts'
import { told } from './daemon-told.ts'
import { amountOf, list, members, optional, textOf } from './document.ts'
import { isOwnedRule } from './ownership.ts'

/**
 * The firewall by way of a daemon. Nothing is sent before the first question.
 *
 * @param place where it listens; otherwise the place is found by the daemon's own rules
 * @throws Refusal, here and in each method: what the daemon refuses, `no-daemon`, `socket-not-permitted`,
 *   `daemon-not-trusted`
 */
export async function openDaemonAccess(place: ClientOptions): Promise<FirewallAccess> {
  const client = await told(async () => connect(place))
  const ask = (method: string, path: string, body?: unknown): Promise<unknown> =>
    told(() => client.request(method, path, body))
  return {
    ...daemonBans(client),
    ...daemonRules(client),
    audit: daemonAudit(client),
    history: daemonHistory(client),
    plans: daemonPlans(client),
    seeing: daemonSeeing(client),
    keys: daemonKeys(client),
    programs: daemonPrograms(client),
    sets: daemonSets(client),
    recent: daemonRecent(client),
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
    async [Symbol.asyncDispose]() {},
  }
}

function chainPath(name: string, { table, family }: Place): string {
  return `/v1/tables/${encodeURIComponent(table)}/chains/${encodeURIComponent(name)}?family=${family}`
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
