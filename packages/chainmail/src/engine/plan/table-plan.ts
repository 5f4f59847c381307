import { builtInChainsOf, isBuiltIn } from '../../model/names/tables.ts'
import { renderRule } from '../../text/render-rule.ts'
import { isOwnedName } from '../ownership.ts'
import type { Operation, Place } from '../rules/operation.ts'
import { planRules, type RuleChange, type RulesPlan } from './chain-plan.ts'
import type { DesiredChain, DesiredState, DesiredTable } from './desired.ts'
import type { ListedChain, ListedTable } from './listing.ts'
import { REGISTRY, registration } from './marker.ts'

/** What happens to a chain. */
export interface ChainPlan {
  readonly name: string
  readonly do: 'create' | 'remove' | 'change'
  readonly policy?: { readonly before: string; readonly after: string }
  readonly rules: readonly RuleChange[]
  /** How many rules stay, those of others among them. */
  readonly stay: number
  /** How many of those that stay are of others. */
  readonly foreign: number
}

/** What happens to a table of a family: one commit of the kernel. */
export interface TablePlan {
  readonly place: Place
  /** Those that change. */
  readonly chains: readonly ChainPlan[]
  readonly operations: readonly Operation[]
  /** What takes the operations back, counters included, as long as nobody has changed the chains since. */
  readonly inverse: () => readonly Operation[]
}

/** What of a table a plan has looked at; the plan holds as long as this stays. */
export type Looked = ReadonlyMap<string, ListedChain | undefined>

export interface PlannedTable {
  readonly plan: TablePlan
  readonly looked: Looked
}

/** How a table becomes what is desired. */
export function planTable(
  { place, chains }: DesiredTable,
  actual: ListedTable | undefined,
  {
    owner,
    scope,
    registers = true,
    spelling,
  }: Pick<DesiredState, 'owner' | 'scope' | 'registers' | 'spelling'>,
): PlannedTable {
  const there = new Map((actual ?? { chains: [] }).chains.map((chain) => [chain.name, chain]))
  for (const name of builtInChainsOf(place.table))
    if (!there.has(name)) there.set(name, { name, policy: 'ACCEPT', rules: [] })
  const registry = new Registry(owner, place, there.get(REGISTRY))
  const wanted = new Map(chains)
  if (scope === 'table') for (const chain of unnamed(place, there, chains)) wanted.set(chain.name, chain)
  const looked = new Map<string, ListedChain | undefined>([[REGISTRY, there.get(REGISTRY)]])
  const steps = new Steps()
  const changed: ChainPlan[] = []
  for (const [name, desired] of wanted) {
    const found = there.get(name)
    looked.set(name, found)
    const exact = scope === 'table' || desired.exact || found === undefined || registry.holds(name)
    const context = { words: { ...place, ...spelling }, owner, shared: !exact }
    const plan = planChain(desired, found, context, steps)
    if (plan === undefined) continue
    changed.push(plan)
    if (plan.do === 'remove') registry.remove(name)
    else if (plan.do === 'create' && registers) registry.add(name)
  }
  registry.plan(steps)
  return {
    plan: { place, chains: changed, operations: steps.operations(), inverse: () => steps.inverse() },
    looked,
  }
}

/** What the whole of a table holds beside the named chains should be gone, but what chainmail has made for itself. */
function unnamed(
  { table }: Place,
  there: ReadonlyMap<string, ListedChain>,
  named: ReadonlyMap<string, DesiredChain>,
): readonly DesiredChain[] {
  return [...there.keys()]
    .filter((name) => !named.has(name) && !isOwnedName(name))
    .map((name) => ({ name, exact: true, at: 'end', absent: !isBuiltIn(table, name), rules: [] }))
}

function planChain(
  desired: DesiredChain,
  found: ListedChain | undefined,
  context: Parameters<typeof planRules>[2],
  steps: Steps,
): ChainPlan | undefined {
  const { name, absent, policy, rules } = desired
  if (absent) {
    if (found === undefined) return undefined
    steps.remove(planRules({ ...desired, rules: [] }, found, { ...context, shared: false }), name)
    return {
      name,
      do: 'remove',
      rules: found.rules.map(({ text }, index) => ({ do: 'remove', from: index + 1, text })),
      stay: 0,
      foreign: 0,
    }
  }
  if (found === undefined) steps.create(name)
  const actual = found ?? { name, rules: [] }
  const isNewPolicy = policy !== undefined && actual.policy !== policy
  if (isNewPolicy) steps.policy(name, policy, actual.policy ?? 'ACCEPT')
  const edited = rules === undefined ? undefined : planRules(desired, actual, context)
  if (edited !== undefined && edited.changes.length > 0) steps.edit(edited)
  if (found !== undefined && !isNewPolicy && (edited === undefined || edited.changes.length === 0))
    return undefined
  return {
    name,
    do: found === undefined ? 'create' : 'change',
    ...(isNewPolicy ? { policy: { before: actual.policy ?? 'ACCEPT', after: policy } } : {}),
    rules: edited?.changes ?? [],
    stay: edited?.stay ?? actual.rules.length,
    foreign: edited?.foreign ?? actual.rules.length,
  }
}

/** Which chains the owner's states have created; see marker.ts. */
class Registry {
  readonly #owner: string
  readonly #place: Place
  readonly #chain: ListedChain | undefined
  readonly #added: string[] = []
  readonly #removed = new Set<string>()
  readonly #texts: ReadonlySet<string>

  constructor(owner: string, place: Place, chain: ListedChain | undefined) {
    this.#owner = owner
    this.#place = place
    this.#chain = chain
    this.#texts = new Set(chain?.rules.map(({ text }) => text))
  }

  holds(chain: string): boolean {
    return this.#texts.has(this.#text(chain))
  }

  add(chain: string): void {
    if (!this.holds(chain)) this.#added.push(chain)
  }

  remove(chain: string): void {
    this.#removed.add(this.#text(chain))
  }

  plan(steps: Steps): void {
    const actual = this.#chain ?? { name: REGISTRY, rules: [] }
    const kept = actual.rules.filter(({ text }) => !this.#removed.has(text))
    if (this.#added.length === 0 && kept.length === actual.rules.length) return
    if (this.#chain === undefined) steps.create(REGISTRY)
    const rules = [
      ...kept.map(({ text }) => ({ rule: {}, text })),
      ...this.#added.map((chain) => ({ rule: registration(this.#owner, chain), text: this.#text(chain) })),
    ]
    const context = { words: this.#place, owner: this.#owner, shared: false }
    steps.edit(planRules({ name: REGISTRY, exact: true, at: 'end', absent: false, rules }, actual, context))
  }

  #text(chain: string): string {
    return renderRule(registration(this.#owner, chain), this.#place)
  }
}

/** The steps of a table's plan, put into an order that one commit takes, and the way back. */
class Steps {
  readonly #created: string[] = []
  readonly #policies: { readonly chain: string; readonly before: string; readonly after: string }[] = []
  readonly #edits: RulesPlan[] = []
  readonly #removed: string[] = []

  create(chain: string): void {
    this.#created.push(chain)
  }

  policy(chain: string, after: string, before: string): void {
    this.#policies.push({ chain, before, after })
  }

  edit(plan: RulesPlan): void {
    this.#edits.push(plan)
  }

  remove(rules: RulesPlan, chain: string): void {
    this.#edits.push(rules)
    this.#removed.push(chain)
  }

  operations(): readonly Operation[] {
    return [
      ...this.#created.map((chain): Operation => ({ do: 'create', chain })),
      ...this.#policies.map(({ chain, after }): Operation => ({ do: 'policy', chain, policy: after })),
      ...this.#edits.flatMap((plan) => plan.operations()),
      ...this.#removed.map((chain): Operation => ({ do: 'remove', chain })),
    ]
  }

  inverse(): readonly Operation[] {
    return [
      ...this.#removed.map((chain): Operation => ({ do: 'create', chain })),
      ...this.#policies.map(({ chain, before }): Operation => ({ do: 'policy', chain, policy: before })),
      ...this.#edits.flatMap((plan) => plan.inverse()),
      ...this.#created.map((chain): Operation => ({ do: 'remove', chain })),
    ]
  }
}
