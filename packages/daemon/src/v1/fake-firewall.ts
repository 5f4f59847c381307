import { KernelError } from '@chainmail/kernel'
import {
  applyCommand,
  type Chain,
  ChainmailError,
  type ChangedChain,
  type ChangingCommand,
  type CommandFirewall,
  CommitFigures,
  FirewallEvents,
  type ListedRule,
  type Rule,
  renderRule,
  type Spelling,
  type Table,
  tableChanges,
} from 'chainmail'
import type { ChainPlace, RuleTerms } from '../history/rule-changes.ts'
import type { V1Sources } from './plugin.ts'
import type { RecentList } from './recent.ts'
import type { RuleChain } from './rules.ts'
import type { SetDoor } from './sets-firewall.ts'

const host = {
  states: [],
  plain: 'nft',
  mixed: false,
  chosen: 'nft',
  report: 'iptables 1.8.9, backend nft: no rules yet.',
} as const

/** A firewall with the filter table of IPv4 alone, without ipset, whose chains a test can look into. */
export class FakeFirewall {
  readonly host = host
  readonly backend = 'nft'
  spelling: Spelling = {}
  readonly chains = new Map<string, ListedRule[]>([['INPUT', []]])
  readonly events = new FirewallEvents()
  readonly commits = new CommitFigures()
  readonly bookedBans = { figures: new CommitFigures(), touchedBy: () => [] }
  /** What every call fails with. */
  failure: Error | undefined

  async tables({ family }: { family: 'ipv4' | 'ipv6' }): Promise<Table[]> {
    if (this.failure !== undefined) throw this.failure
    return family === 'ipv6'
      ? []
      : [{ name: 'filter', chains: [...this.chains.keys()].map((name) => this.#read(name)) }]
  }

  chain(name: string): RuleChain {
    const rules = (): ListedRule[] => {
      if (this.failure !== undefined) throw this.failure
      const found = this.chains.get(name)
      if (found !== undefined) return found
      throw new ChainmailError('chain-not-found', `There is no chain ${JSON.stringify(name)}.`, {
        path: 'chain',
      })
    }
    return {
      read: async () => ({ ...this.#read(name), rules: rules() }),
      append: async (rule) => {
        rules().push(listed(rule))
        return rule
      },
      insert: async (rule, { position }) => {
        rules().splice(position - 1, 0, listed(rule))
        return rule
      },
      delete: async (rule) => {
        const index =
          typeof rule === 'number' ? rule - 1 : rules().findIndex(({ text }) => text === listed(rule).text)
        if (index < 0 || index >= rules().length)
          throw new ChainmailError('rule-not-found', 'There is no such rule.')
        rules().splice(index, 1)
      },
      takeOut: async (rule) => {
        const index =
          typeof rule === 'number' ? rule - 1 : rules().findIndex(({ text }) => text === listed(rule).text)
        const [taken] = index < 0 ? [] : rules().splice(index, 1)
        if (taken === undefined) throw new ChainmailError('rule-not-found', 'There is no such rule.')
        return { rule: taken, position: index + 1, above: [], below: [] }
      },
    }
  }

  async change(
    { family }: ChainPlace,
    commands: readonly ChangingCommand[],
    { check, dryRun = false }: RuleTerms = {},
  ): Promise<readonly ChangedChain[]> {
    const tables = await this.tables({ family })
    check?.(tables)
    const after = commands.reduce<readonly Table[]>(applyCommand, tables)
    if (!dryRun) {
      this.chains.clear()
      for (const { name, rules } of after[0]?.chains ?? []) this.chains.set(name, [...rules])
    }
    return tableChanges(family, tables, after)
  }

  async rehearseSet(): Promise<never> {
    return noIpset()
  }

  get setCommands(): never {
    return noIpset()
  }

  setGuard(): never {
    return noIpset()
  }

  async touchedByCommands(): Promise<never> {
    return noPlan()
  }

  async onProbation(): Promise<never> {
    return noPlan()
  }

  /** Understands `-A` only. */
  async command(command: Parameters<CommandFirewall['command']>[0]): Promise<void> {
    if (command.operation !== 'append') return
    const place = this.chain(command.chain)
    for (const rule of command.rules) await place.append(rule)
  }

  async restore(): Promise<void> {}

  async plan(): Promise<never> {
    return noPlan()
  }

  async rehearse(): Promise<void> {}

  async planBack(): Promise<never> {
    return noPlan()
  }

  async apply(): Promise<never> {
    return noPlan()
  }

  async confirm(): Promise<never> {
    return noPlan()
  }

  async revert(): Promise<never> {
    return noPlan()
  }

  decision(): undefined {
    return undefined
  }

  async decided(): Promise<never> {
    return noPlan()
  }

  probations(): never[] {
    return []
  }

  setNames(): never {
    return noIpset()
  }

  async sets(): Promise<never> {
    return noIpset()
  }

  async set(): Promise<SetDoor> {
    return noIpset()
  }

  async transaction(): Promise<never> {
    return noIpset()
  }

  async rehearseTransaction(): Promise<never> {
    return noIpset()
  }

  async saveSets(): Promise<string> {
    return noIpset()
  }

  async restoreSets(): Promise<void> {
    noIpset()
  }

  recent(): string[]
  recent(name: string): RecentList
  recent(name?: string): string[] | RecentList {
    const list = { entries: noRecent, has: noRecent, add: noRecent, delete: noRecent, flush: noRecent }
    return name === undefined ? [] : list
  }

  recentLimit(): undefined {}

  async isBanned(): Promise<undefined> {}

  #read(name: string): Chain {
    return {
      name,
      policy: 'ACCEPT',
      counters: { packets: 2n ** 60n, bytes: 7 },
      rules: [...(this.chains.get(name) ?? [])],
    }
  }
}

function noPlan(): never {
  throw new ChainmailError('closed', 'The fake makes no plans.')
}

function noIpset(): never {
  throw new KernelError('no-ipset-support', 'This kernel has no ipset.', { operation: 'ipset protocol' })
}

async function noRecent(): Promise<never> {
  throw new KernelError('no-recent-support', 'The kernel shows no recent lists.', {
    operation: 'recent list',
  })
}

function listed(rule: Rule): ListedRule {
  return { ...rule, text: renderRule(rule, { family: 'ipv4' }), counters: { packets: 3, bytes: 2n ** 63n } }
}

/** The fake stands in for what the routes take. */
export type FakeSources = V1Sources & { readonly firewall: FakeFirewall }
