import { addLine, createLine, type Family } from '@chainmail/kernel'
import { type Place, restoreLines } from '../rules/operation.ts'
import type { DesiredState } from './desired.ts'
import type { ListedTable } from './listing.ts'
import { type ListedSet, planSet, type SetPlan } from './set-plan.ts'
import { type Looked, planTable, type TablePlan } from './table-plan.ts'

/**
 * The difference between a desired state and what the kernel holds, as data.
 *
 * 1. Thinking is apart from doing: {@link planOf} is a pure function of two values, and the plan shows what would be
 *    sent before anything is. It can be printed, logged and tested without a kernel.
 * 2. What stays is not touched: equal rules are recognised whatever their spelling and keep their counters, and the
 *    rules that change are moved by numbers, at the cost of what differs and not of what there is.
 * 3. Foreign rules stay where they are, in order. What is ours is told from them by marks in the kernel itself, so
 *    that a restart forgets nothing: marker.ts.
 * 4. A plan holds for the kernel that it was made from. It remembers the chains and sets that it looked at, and is
 *    refused when one of them has changed; what changes elsewhere does not matter.
 * 5. One commit for a table and family; sets are ordered around: new ones and their entries first, those that go last.
 */

/** What the kernel holds, as far as a desired state names it. */
export interface ActualState {
  readonly tables: Readonly<Partial<Record<Family, readonly ListedTable[]>>>
  readonly sets: ReadonlyMap<string, ListedSet>
  /** Of nf_tables when this was read; undefined where it is not known. */
  readonly generation?: number | undefined
}

/** How many there are of each kind of change. */
export interface PlanSummary {
  readonly rules: {
    readonly added: number
    readonly removed: number
    readonly moved: number
    readonly changed: number
    /** In the chains that are named and change. */
    readonly stay: number
  }
  readonly chains: { readonly created: number; readonly removed: number; readonly policies: number }
  readonly sets: { readonly created: number; readonly destroyed: number; readonly rebuilt: number }
  readonly entries: { readonly added: number; readonly removed: number; readonly changed: number }
}

/** Makes a plan. Pure: the same two values always give the same plan. */
export function planOf(desired: DesiredState, actual: ActualState): Plan {
  const planned = desired.tables.map((table) => {
    const there = actual.tables[table.place.family]?.find(({ name }) => name === table.place.table)
    return { ...planTable(table, there, desired), listed: { place: table.place, listed: there } }
  })
  const sets = desired.sets.flatMap((set) => planSet(set, actual.sets.get(set.name)) ?? [])
  return new Plan(
    desired,
    planned.flatMap(({ plan }) => (plan.operations.length === 0 ? [] : [plan])),
    sets,
    {
      chains: planned.map(({ looked }) => looked),
      tables: planned.map(({ listed }) => listed),
      sets: new Map(desired.sets.map(({ name }) => [name, actual.sets.get(name)])),
      generation: actual.generation,
    },
  )
}

/** What a plan has looked at. */
export interface PlanBasis {
  /** For each table of the desired state. */
  readonly chains: readonly Looked[]
  /** Each of them as a whole, as it was when the plan was made; undefined where it was not there. */
  readonly tables: readonly { readonly place: Place; readonly listed: ListedTable | undefined }[]
  readonly sets: ReadonlyMap<string, ListedSet | undefined>
  readonly generation: number | undefined
}

export class Plan {
  readonly desired: DesiredState
  /** Those that change. */
  readonly tables: readonly TablePlan[]
  /** Those that change. */
  readonly sets: readonly SetPlan[]
  readonly basis: PlanBasis

  constructor(
    desired: DesiredState,
    tables: readonly TablePlan[],
    sets: readonly SetPlan[],
    basis: PlanBasis,
  ) {
    this.desired = desired
    this.tables = tables
    this.sets = sets
    this.basis = basis
  }

  /** Whether the kernel holds what is desired already. */
  get isEmpty(): boolean {
    return this.tables.length === 0 && this.sets.length === 0
  }

  get summary(): PlanSummary {
    const chains = this.tables.flatMap((table) => table.chains)
    const rules = chains.flatMap((chain) => chain.rules)
    const entries = this.sets.flatMap((set) => set.entries)
    const of = (list: readonly { readonly do: string }[], what: string): number =>
      list.filter((one) => one.do === what).length
    return {
      rules: {
        added: of(rules, 'add'),
        removed: of(rules, 'remove'),
        moved: of(rules, 'move'),
        changed: of(rules, 'change'),
        stay: chains.reduce((sum, { stay }) => sum + stay, 0),
      },
      chains: {
        created: of(chains, 'create'),
        removed: of(chains, 'remove'),
        policies: chains.filter(({ policy }) => policy !== undefined).length,
      },
      sets: {
        created: of(this.sets, 'create'),
        destroyed: of(this.sets, 'destroy'),
        rebuilt: of(this.sets, 'rebuild'),
      },
      entries: {
        added: of(entries, 'add'),
        removed: of(entries, 'remove'),
        changed: of(entries, 'change'),
      },
    }
  }

  /** What is sent to iptables-restore or ip6tables-restore, with --noflush; empty where nothing is. */
  restoreText(family: Family): string {
    return this.tables
      .filter(({ place }) => place.family === family)
      .map(({ place, operations }) => {
        const lines = restoreLines(operations, { ...place, ...this.desired.spelling }).map(
          (line) => `${line}\n`,
        )
        return `*${place.table}\n${lines.join('')}COMMIT\n`
      })
      .join('')
  }

  /**
   * The changes of sets in the words of `ipset restore`: what is done before the rules, and what is done after them.
   * The library sends the same by netlink, and changes what is there in a copy that it swaps in.
   */
  ipsetText(): { readonly before: string; readonly after: string } {
    const before = this.sets.flatMap(setLines)
    const after = this.sets.filter((set) => set.do === 'destroy').map(({ name }) => `destroy ${name}`)
    const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')
    return { before: text(before), after: text(after) }
  }

  /** The changes as plain data, for JSON. */
  toJSON(): PlanDocument {
    return {
      empty: this.isEmpty,
      summary: this.summary,
      owner: this.desired.owner,
      scope: this.desired.scope,
      tables: this.tables.map(({ place, chains }) => ({ ...place, chains })),
      sets: this.sets,
      restore: { ipv4: this.restoreText('ipv4'), ipv6: this.restoreText('ipv6') },
      ipset: this.ipsetText(),
    }
  }
}

/** A plan as data. */
export interface PlanDocument {
  readonly empty: boolean
  readonly summary: PlanSummary
  readonly owner: string
  readonly scope: DesiredState['scope']
  readonly tables: readonly (TablePlan['place'] & { readonly chains: TablePlan['chains'] })[]
  readonly sets: readonly SetPlan[]
  /** What is sent to iptables-restore and ip6tables-restore. */
  readonly restore: Readonly<Record<Family, string>>
  /** What is done to sets before and after the rules. */
  readonly ipset: { readonly before: string; readonly after: string }
}

function setLines({ name, do: verb, type, options, entries }: SetPlan): readonly string[] {
  if (verb === 'destroy') return []
  if (verb === 'rebuild')
    return [
      `# ${name} is filled into a set of these options, which is swapped in`,
      `# ${createLine(name, type, options, { forceadd: true })}`,
      ...entries.flatMap((change) => entryLines(name, change)),
    ]
  return [
    ...(verb === 'create' ? [createLine(name, type, options, { forceadd: true })] : []),
    ...entries.flatMap((change) => entryLines(name, change)),
  ]
}

function entryLines(name: string, change: SetPlan['entries'][number]): readonly string[] {
  if (change.do === 'add') return [addLine(name, listed(change.entry))]
  if (change.do === 'remove') return [`del ${name} ${change.entry.element}`]
  return [`del ${name} ${change.before.element}`, addLine(name, listed(change.entry))]
}

function listed({
  packets,
  bytes,
  ...entry
}: SetPlan['entries'][number]['entry']): Parameters<typeof addLine>[1] {
  return {
    ...entry,
    ...(packets === undefined ? {} : { packets: BigInt(packets) }),
    ...(bytes === undefined ? {} : { bytes: BigInt(bytes) }),
  }
}
