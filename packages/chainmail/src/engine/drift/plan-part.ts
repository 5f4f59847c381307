import type { Family } from '@chainmail/kernel'
import { renderRule } from '../../text/render-rule.ts'
import type { DesiredState } from '../plan/desired.ts'
import { REGISTRY, registration } from '../plan/marker.ts'
import type { Plan } from '../plan/plan.ts'
import type { Operation, Place } from '../rules/operation.ts'
import type { DesiredPart } from './desired-part.ts'
import { type ChainDrift, type Difference, differenceFrom, type Listing } from './difference.ts'

/** What plans are made and applied with. */
export interface PlanDoors {
  plan(desired: DesiredState): Promise<Plan>
  apply(plan: Plan): Promise<unknown>
  /** Changes the rules of a table in one commit. */
  change(place: Place, operations: readonly Operation[]): Promise<void>
}

/**
 * A desired state that was applied: its chains and marked rules, its sets and their entries.
 *
 * `iptables -F` takes the registry of the state's own chains too (plan/marker.ts). What it said is remembered here, and
 * written back first, so that the chains are known as the state's own when the plan is made.
 */
export class PlanPart implements DesiredPart {
  readonly name: string
  readonly families: readonly Family[]
  readonly #desired: DesiredState
  readonly #doors: PlanDoors
  /** The chains that were registered when the state was last in place, by their tables. */
  readonly #registered = new Map<Place, readonly string[]>()
  readonly #missing = new Map<Place, readonly Operation[]>()

  constructor(desired: DesiredState, doors: PlanDoors) {
    this.#desired = desired
    this.#doors = doors
    this.name = `plan ${desired.owner}`
    this.families = [...new Set(desired.tables.map(({ place }) => place.family))]
  }

  async check(listing: Listing): Promise<Difference | undefined> {
    this.#missing.clear()
    for (const { place, chains } of this.#desired.tables)
      this.#checkRegistry(place, [...chains.keys()], listing)
    const plan = await this.#doors.plan(this.#desired)
    const { chains, sets } = differenceFrom(plan)
    const registries = [...this.#missing].map(([place, operations]) => registryDrift(place, operations))
    return { chains: [...registries, ...chains], sets }
  }

  async repair(): Promise<void> {
    for (const [place, operations] of this.#missing) await this.#doors.change(place, operations)
    this.#missing.clear()
    await this.#doors.apply(await this.#doors.plan(this.#desired))
  }

  #checkRegistry(place: Place, names: readonly string[], listing: Listing): void {
    const chains = listing[place.family]?.find(({ name }) => name === place.table)?.chains ?? []
    const registry = chains.find(({ name }) => name === REGISTRY)
    const texts = new Set(registry?.rules.map(({ text }) => text))
    const { owner } = this.#desired
    const isThere = (name: string): boolean => texts.has(renderRule(registration(owner, name), place))
    const before = this.#registered.get(place) ?? []
    const missing = before.filter((name) => !isThere(name))
    if (missing.length === 0) {
      this.#registered.set(place, names.filter(isThere))
      return
    }
    const create: readonly Operation[] = registry === undefined ? [{ do: 'create', chain: REGISTRY }] : []
    const append = missing.map(
      (name): Operation => ({ do: 'append', chain: REGISTRY, rule: registration(owner, name) }),
    )
    this.#missing.set(place, [...create, ...append])
  }
}

function registryDrift(place: Place, operations: readonly Operation[]): ChainDrift {
  const appended = operations.filter((operation) => operation.do === 'append')
  const rules = appended.map(
    ({ rule }) => ({ do: 'remove', from: 1, text: renderRule(rule, place) }) as const,
  )
  return { ...place, name: REGISTRY, do: 'change', rules }
}
