import { release } from 'node:os'
import { type Firewall, type Chain as LibraryChain, openFirewall } from 'chainmail'
import { asRefusal, Refusal } from '../refusal.ts'
import type { Chain, Fact, FirewallAccess } from './access.ts'
import { isOwnedRule } from './ownership.ts'

/**
 * The firewall of this network namespace, by the library alone.
 *
 * @throws Refusal, here and in each method, with the code of the library or the kernel
 */
export async function openDirectAccess(): Promise<FirewallAccess> {
  const firewall = await told(() => openFirewall())
  return {
    ban: (address, options) =>
      told(async () => {
        const { for: length, reason } = options
        const ban = await firewall.bans.add(address, {
          ...(length === undefined ? {} : { for: length }),
          ...(reason === undefined ? {} : { reason }),
        })
        return { document: ban, value: ban }
      }),
    unban: (address) => told(() => firewall.bans.remove(address)),
    bans: () =>
      told(async () => {
        const bans = firewall.bans.list()
        return { document: { bans }, value: bans }
      }),
    chains: ({ table, family }) =>
      told(async () => {
        const found = (await firewall.tables({ family })).find(({ name }) => name === table)
        const chains = found?.chains ?? []
        return {
          document: { name: table, family, chains: chains.map(documentOf) },
          value: chains.map(shownChain),
        }
      }),
    chain: (name, place) =>
      told(async () => {
        const chain = await firewall.chain(name, place).read()
        return { document: documentOf(chain), value: shownChain(chain) }
      }),
    status: () => told(async () => statusOf(firewall)),
    [Symbol.asyncDispose]: () => firewall[Symbol.asyncDispose](),
  }
}

/** Failures of the library in the command's words. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const refusal = asRefusal(error)
    if (refusal?.code === 'not-permitted') throw new Refusal(refusal.problem, NOT_PERMITTED)
    throw refusal ?? error
  }
}

const NOT_PERMITTED =
  'With --direct the command has to run as root, for instance with sudo. A daemon needs no root of its callers.'

/** As the daemon documents a chain. */
function documentOf({ rules, ...chain }: LibraryChain): unknown {
  return { ...chain, rules: rules.map((rule, index) => ({ number: index + 1, ...rule })) }
}

function shownChain({ name, policy, counters, rules }: LibraryChain): Chain {
  return {
    name,
    policy,
    ...counters,
    rules: rules.map((rule) => ({
      text: rule.text,
      owned: isOwnedRule(name, rule.matches),
      ...(rule.counters ?? { packets: 0, bytes: 0 }),
    })),
  }
}

function statusOf({ backend, host, bans }: Firewall): { document: unknown; value: readonly Fact[] } {
  const { mixed, report } = host
  const kernel = release()
  const amount = bans.list().length
  return {
    document: { kernel, backend, mixed, report, bans: amount },
    value: [
      { name: 'daemon', value: 'not asked, by --direct' },
      { name: 'kernel', value: `Linux ${kernel}` },
      { name: 'iptables', value: `${backend} backend` },
      { name: 'host', value: report, bad: mixed },
      { name: 'bans', value: String(amount) },
    ],
  }
}
