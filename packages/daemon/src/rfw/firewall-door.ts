import { type Family, KernelError } from '@chainmail/kernel'
import { ChainmailError, type Firewall, type ListedRule, type SetHandle, type Transaction } from 'chainmail'
import type { SetStep } from './decision.ts'
import type { Scope } from './entries.ts'
import { type Action, chains, pathOf, setNetwork } from './entry.ts'
import type { FamilySnapshot, KernelDoor, ScopeChange, SetElement } from './kernel-door.ts'
import { builtInChain, ownedChain, setName } from './lines.ts'

/** What is used of the library. */
export type FirewallDoorFirewall = Pick<
  Firewall,
  'backend' | 'chain' | 'generation' | 'host' | 'set' | 'setNames' | 'transaction'
>

/** A hash:net holds at most this many; it costs no memory before they are there. */
const MAX_ENTRIES = 2 ** 24

type RulesByChain = ReadonlyMap<string, readonly ListedRule[] | undefined>

const chainNames = chains.flatMap((chain) => [builtInChain(chain), ownedChain(chain)])

/** The kernel, reached through the library. */
export class FirewallDoor implements KernelDoor {
  readonly families: readonly Family[]
  readonly #firewall: FirewallDoorFirewall
  /** The rules as they were when nf_tables had this generation. */
  readonly #known = new Map<Family, { readonly generation: number; readonly rules: RulesByChain }>()

  constructor(firewall: FirewallDoorFirewall) {
    const { backend, host } = firewall
    const served = host.states.filter((state) => state.backend === backend && state.unavailable === undefined)
    this.families = served.map(({ family }) => family)
    this.#firewall = firewall
  }

  /** What was read before is still true while nobody has changed a rule. */
  async read(family: Family): Promise<FamilySnapshot> {
    const generation = this.#firewall.generation()
    const known = this.#known.get(family)
    const unchanged = known !== undefined && generation !== undefined && known.generation === generation
    const rules = unchanged ? known.rules : await this.#readRules(family)
    if (generation !== undefined) this.#known.set(family, { generation, rules })
    return this.#snapshot(rules)
  }

  async readCounters(family: Family): Promise<FamilySnapshot> {
    return this.#snapshot(await this.#readRules(family))
  }

  #snapshot(rules: RulesByChain): FamilySnapshot {
    const sets = new Set(this.#firewall.setNames())
    return { chain: (name) => rules.get(name), hasSet: (name) => sets.has(name) }
  }

  /** Chains that are asked for together are read together. */
  async #readRules(family: Family): Promise<RulesByChain> {
    const read = chainNames.map(async (name) => [name, await this.#rules(name, family)] as const)
    return new Map(await Promise.all(read))
  }

  async elements(scope: Scope, action: Action): Promise<SetElement[]> {
    const set = await this.#firewall.set(setName(scope, action))
    const entries = await set.entries()
    return entries.map(({ element, timeout = 0, packets = 0n, bytes = 0n }) => ({
      network: element,
      ...(timeout === 0 ? {} : { timeout }),
      packets,
      bytes,
    }))
  }

  /**
   * The elements are changed one by one, so that a change costs the same however many others a set holds; all rules
   * of a family change in one commit.
   */
  async apply(changes: readonly ScopeChange[]): Promise<void> {
    for (const { scope, newSets, setSteps } of changes)
      for (const [action, steps] of Map.groupBy(setSteps, ({ entry }) => entry.action)) {
        if (newSets.includes(action)) await this.#createSet(scope, action, steps)
        else {
          const set = await this.#firewall.set(setName(scope, action))
          for (const step of steps) await changeElement(set, step)
        }
      }
    if (changes.some(({ ownedSteps, builtInSteps }) => ownedSteps.length + builtInSteps.length > 0))
      await this.#firewall.transaction((transaction) => {
        for (const change of changes) recordRules(transaction, change)
      })
  }

  async #rules(name: string, family: Family): Promise<readonly ListedRule[] | undefined> {
    try {
      return await this.#firewall.chain(name, { family }).rules()
    } catch (error) {
      if (error instanceof ChainmailError && error.code === 'chain-not-found') return undefined
      throw error
    }
  }

  async #createSet(scope: Scope, action: Action, steps: readonly SetStep[]): Promise<void> {
    const set = await this.#firewall.set(setName(scope, action), {
      type: 'hash:net',
      family: scope.family === 'ipv4' ? 'inet' : 'inet6',
      maxelem: MAX_ENTRIES,
      timeout: 0,
      counters: true,
    })
    const added = steps.filter((step) => step.do === 'add')
    await set.replace(added.map((step) => ({ element: elementOf(step), timeout: step.seconds })))
  }
}

async function changeElement(set: SetHandle, step: SetStep): Promise<void> {
  if (step.do === 'add') {
    await set.add(elementOf(step), { timeout: step.seconds })
    return
  }
  try {
    await set.delete(elementOf(step))
  } catch (error) {
    if (!(error instanceof KernelError) || error.code !== 'entry-not-found') throw error
  }
}

function elementOf({ entry }: SetStep): string {
  const network = setNetwork(entry)
  if (network === undefined) throw new TypeError(`${pathOf(entry)} can't stand in a set`)
  return network.text
}

function recordRules(transaction: Transaction, { scope, ownedSteps, builtInSteps }: ScopeChange): void {
  const { family } = scope
  const owned = ownedChain(scope.chain)
  for (const step of ownedSteps) {
    if (step.do === 'create') transaction.createChain(owned, { family })
    else if (step.do === 'flush') transaction.flushChain(owned, { family })
    else if (step.do === 'append') transaction.append(owned, step.line.rule, { family })
    else if (step.do === 'delete') transaction.delete(owned, step.line.rule, { family })
    else transaction.insert(owned, step.line.rule, { family, position: step.position })
  }
  const builtIn = builtInChain(scope.chain)
  for (const step of builtInSteps) {
    if (step.do === 'insert') transaction.insert(builtIn, step.line.rule, { family, position: step.position })
    else transaction.delete(builtIn, step.line.rule, { family })
  }
}
