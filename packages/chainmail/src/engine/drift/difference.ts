import type { Family } from '@chainmail/kernel'
import { align, type Candidate } from '../plan/alignment.ts'
import type { RuleChange } from '../plan/chain-plan.ts'
import type { ListedChain, ListedTable } from '../plan/listing.ts'
import type { Plan } from '../plan/plan.ts'
import type { Place } from '../rules/operation.ts'

/** The rules that the kernel holds, as text. */
export type Listing = Readonly<Partial<Record<Family, readonly ListedTable[]>>>

/** What has become of one rule. Positions are counted from 1: `from` before, `to` now. */
export type RuleDrift = Exclude<RuleChange, { readonly do: 'change' }>

/** What has become of a chain. */
export interface ChainDrift extends Place {
  readonly name: string
  /** `create`: it is new. `remove`: it is gone. */
  readonly do: 'create' | 'remove' | 'change'
  readonly policy?: { readonly before: string; readonly after: string }
  readonly rules: readonly RuleDrift[]
}

/** What has become of a set: it is gone, it has lost its entries, or it is another than it should be. */
export interface SetDrift {
  readonly name: string
  readonly do: 'remove' | 'empty' | 'change'
}

/** What others have changed: from what was to what is. */
export interface Difference {
  readonly chains: readonly ChainDrift[]
  readonly sets: readonly SetDrift[]
}

/** Compares by the text that the host's own iptables-save prints; counters do not matter. */
export function differenceOf(before: Listing, after: Listing): Difference {
  const families = new Set<Family>([...familiesOf(before), ...familiesOf(after)])
  const chains = [...families].flatMap((family) => {
    const was = new Map(before[family]?.map((table) => [table.name, table]))
    const is = new Map(after[family]?.map((table) => [table.name, table]))
    return [...new Set([...was.keys(), ...is.keys()])].flatMap((table) =>
      tableDrift({ family, table }, was.get(table), is.get(table)),
    )
  })
  return { chains, sets: [] }
}

export function isNone({ chains, sets }: Difference): boolean {
  return chains.length === 0 && sets.length === 0
}

/** What has been done to what a plan would bring back. */
export function differenceFrom({ tables, sets }: Plan): Difference {
  return {
    chains: tables.flatMap(({ place, chains }) =>
      chains.map(
        ({ name, do: verb, policy, rules }): ChainDrift => ({
          ...place,
          name,
          do: reversed[verb],
          ...(policy === undefined ? {} : { policy: { before: policy.after, after: policy.before } }),
          rules: rules.flatMap(undone),
        }),
      ),
    ),
    sets: sets.map(({ name, do: verb }) => ({ name, do: verb === 'create' ? 'remove' : 'change' })),
  }
}

/** A difference in short lines for a log: `+` came, `-` went, `>` moved. */
export function renderDifference({ chains, sets }: Difference, most = Number.POSITIVE_INFINITY): string[] {
  const lines = [
    ...sets.map(({ name, do: verb }) => `set ${name} ${setWords[verb]}`),
    ...chains.flatMap(({ family, table, name, do: verb, policy, rules }) => [
      `${family} ${table} ${name}${chainWords[verb]}`,
      ...(policy === undefined ? [] : [`  policy ${policy.before} → ${policy.after}`]),
      ...rules.map(ruleLine),
    ]),
  ]
  return lines.length <= most ? lines : [...lines.slice(0, most), `… and ${lines.length - most} lines more`]
}

const setWords = { remove: 'is gone', empty: 'has lost its entries', change: 'is another' } as const
const chainWords = { create: ' is new', remove: ' is gone', change: '' } as const
const reversed = { create: 'remove', remove: 'create', change: 'change' } as const

function ruleLine(change: RuleDrift): string {
  if (change.do === 'add') return `  + ${change.to}  ${change.text}`
  if (change.do === 'remove') return `  - ${change.from}  ${change.text}`
  return `  > ${change.from} → ${change.to}  ${change.text}`
}

function undone(change: RuleChange): readonly RuleDrift[] {
  switch (change.do) {
    case 'add':
      return [{ do: 'remove', from: change.to, text: change.text }]
    case 'remove':
      return [{ do: 'add', to: change.from, text: change.text }]
    case 'move':
      return [{ do: 'move', from: change.to, to: change.from, text: change.text }]
    case 'change':
      return [
        { do: 'remove', from: change.to, text: change.after },
        { do: 'add', to: change.from, text: change.before },
      ]
  }
}

function familiesOf(listing: Listing): readonly Family[] {
  return (['ipv4', 'ipv6'] as const).filter((family) => listing[family] !== undefined)
}

function tableDrift(
  place: Place,
  before: ListedTable | undefined,
  after: ListedTable | undefined,
): readonly ChainDrift[] {
  const was = new Map(before?.chains.map((chain) => [chain.name, chain]))
  const is = new Map(after?.chains.map((chain) => [chain.name, chain]))
  return [...new Set([...was.keys(), ...is.keys()])].flatMap(
    (name) => chainDrift({ ...place, name }, was.get(name), is.get(name)) ?? [],
  )
}

function chainDrift(
  named: Place & { readonly name: string },
  before: ListedChain | undefined,
  after: ListedChain | undefined,
): ChainDrift | undefined {
  const rules = ruleDrift(before, after)
  const isBuiltIn = (before?.policy ?? after?.policy) !== undefined
  // A table that iptables has not made yet is the same as one with empty chains.
  const [was, is] = [before?.policy ?? 'ACCEPT', after?.policy ?? 'ACCEPT']
  if (isBuiltIn || (before !== undefined && after !== undefined)) {
    if (rules.length === 0 && was === is) return undefined
    const policy = was === is ? {} : { policy: { before: was, after: is } }
    return { ...named, do: 'change', ...policy, rules }
  }
  return { ...named, do: before === undefined ? 'create' : 'remove', rules }
}

function ruleDrift(before: ListedChain | undefined, after: ListedChain | undefined): readonly RuleDrift[] {
  const was = before?.rules ?? []
  const is = after?.rules ?? []
  if (was.length === is.length && was.every(({ text }, index) => text === is[index]?.text)) return []
  const numbers = new Map<string, number>()
  const numberOf = (text: string): number => {
    const number = numbers.get(text) ?? numbers.size
    numbers.set(text, number)
    return number
  }
  const kept = align(
    is.map(({ text }) => numberOf(text)),
    was.map(({ text }): Candidate => ({ id: numberOf(text), ours: true })),
  )
  const staying = new Set(kept)
  const gone = new Map<string, number[]>()
  was.forEach(({ text }, index) => {
    if (staying.has(index)) return
    const places = gone.get(text)
    if (places === undefined) gone.set(text, [index])
    else places.push(index)
  })
  const drift: RuleDrift[] = []
  is.forEach(({ text }, index) => {
    if (kept[index] !== -1) return
    const from = gone.get(text)?.shift()
    if (from === undefined) drift.push({ do: 'add', to: index + 1, text })
    else drift.push({ do: 'move', from: from + 1, to: index + 1, text })
  })
  for (const [text, places] of gone)
    for (const from of places) drift.push({ do: 'remove', from: from + 1, text })
  return drift
}
