import {
  type Ban,
  type Firewall,
  type BanOptions as LibraryBanOptions,
  type Chain as LibraryChain,
  type UnbanOptions as LibraryUnbanOptions,
  openFirewall,
} from 'chainmail'
import { asRefusal } from '../refusal.ts'
import type { BanOptions, Chain, FirewallAccess, ManyOutcome, UnbanOptions } from './access.ts'
import { directAudit } from './direct-audit.ts'
import { directHistory } from './direct-history.ts'
import { directKeys } from './direct-keys.ts'
import { directPlans, probationOf } from './direct-plans.ts'
import { directPrograms } from './direct-programs.ts'
import { directRecent } from './direct-recent.ts'
import { directRules } from './direct-rules.ts'
import { directSeeing } from './direct-seeing.ts'
import { directSets } from './direct-sets.ts'
import { told, toldEach } from './direct-told.ts'
import { isOwnedRule } from './ownership.ts'
import { scopeWord } from './scope-word.ts'

/**
 * The firewall of this network namespace, by the library alone.
 *
 * @throws Refusal, here and in each method, with the code of the library or the kernel
 */
export async function openDirectAccess(): Promise<FirewallAccess> {
  const firewall = await told(() => openFirewall())
  return {
    ...directRules(firewall),
    ban: (address, { confirmWithin, ...options }) =>
      told(async () => {
        const within = confirmWithin === undefined ? {} : { confirmWithin }
        const made = await firewall.ban(address, { ...libraryBanOptions(options), ...within })
        const { probation, ...ban } = made
        if (probation === undefined) return { document: ban, value: ban }
        const { id, deadline } = probation
        return {
          document: { ...ban, probation: { id, deadline } },
          value: ban,
          probation: probationOf(firewall, probation),
        }
      }),
    banMany: (addresses, options) =>
      toldEach(() => outcomes(firewall.banMany(addresses, libraryBanOptions(options)), ({ error }) => error)),
    unban: (address, options = {}) => told(() => firewall.unban(address, libraryUnbanOptions(options))),
    unbanMany: (addresses, options) =>
      toldEach(() => outcomes(unbanned(firewall, addresses, libraryUnbanOptions(options)), (error) => error)),
    allowed: () =>
      told(async () => {
        const entries = firewall.allowlist.list()
        return { document: { entries }, value: entries }
      }),
    allow: (address, reason) =>
      told(async () => {
        await firewall.allowlist.add(address, reason === undefined ? {} : { reason })
      }),
    disallow: (address) => told(() => firewall.allowlist.remove(address)),
    plans: directPlans(firewall),
    audit: directAudit,
    history: directHistory,
    seeing: directSeeing(firewall, async () => (await allBans(firewall)).length),
    keys: directKeys,
    programs: directPrograms(firewall),
    sets: directSets(firewall),
    recent: directRecent(firewall),
    bans: () =>
      told(async () => {
        const bans = await allBans(firewall)
        return {
          document: { bans },
          value: bans.map((ban) => ({ ...ban, scope: scopeWord(ban.scope) })),
        }
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
    [Symbol.asyncDispose]: () => firewall[Symbol.asyncDispose](),
  }
}

function libraryBanOptions({ for: length, reason, scope, exceptAllowed }: BanOptions): LibraryBanOptions {
  return {
    ...(length === undefined ? {} : { for: length }),
    ...(reason === undefined ? {} : { reason }),
    ...(scope === undefined ? {} : { scope }),
    ...(exceptAllowed === undefined ? {} : { exceptAllowed }),
  }
}

function libraryUnbanOptions({ scope }: UnbanOptions): LibraryUnbanOptions {
  return scope === undefined ? {} : { scope }
}

async function* outcomes<T>(
  items: AsyncIterable<T>,
  errorOf: (item: T) => unknown,
): AsyncGenerator<ManyOutcome, void> {
  let index = 0
  for await (const item of items) {
    const error = errorOf(item)
    const refused = error === undefined ? undefined : asRefusal(error)
    if (error !== undefined && (refused === undefined || refused.code === 'not-permitted')) throw error
    yield { index: index++, error: refused && { code: refused.code, message: refused.message } }
  }
}

async function* unbanned(
  firewall: Firewall,
  addresses: AsyncIterable<string>,
  options: LibraryUnbanOptions,
): AsyncGenerator<unknown, void> {
  for await (const address of addresses)
    yield await firewall.unban(address, options).catch((error: unknown) => error)
}

async function allBans(firewall: Firewall): Promise<Ban[]> {
  const bans: Ban[] = []
  for await (const ban of firewall.bans()) bans.push(ban)
  return bans
}

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
