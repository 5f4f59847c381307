import { type CreateOptions, type EntryRequest, parseRestoreLine } from '@chainmail/kernel'
import { isBuiltIn } from '../../model/names/tables.ts'
import type { DesiredChain, DesiredSet, DesiredState, DesiredTable } from '../plan/desired.ts'
import { type ListedChain, type ListedTable, ruleOf } from '../plan/listing.ts'
import type { ActualState } from '../plan/plan.ts'
import type { ListedSet } from '../plan/set-plan.ts'
import { chainsOf, type ForeseenChain, foresee } from '../probation/foresee.ts'
import { entryOfLine, type TouchedWholeSet } from '../probation/journal.ts'
import { wayBack } from '../probation/way-back.ts'
import type { Operation, Place } from '../rules/operation.ts'
import { type ChangedChain, touchedChain } from './changed-chain.ts'

/** A change that was made, as it is kept. */
export interface PastChange {
  readonly chains: readonly ChangedChain[]
  /** How each set becomes what it was. */
  readonly sets: readonly TouchedWholeSet[]
  /** When it was made; milliseconds since 1970. */
  readonly time: number
}

/** What the firewall should be for some changes not to have been made. */
export interface DesiredBack {
  readonly desired: DesiredState
  /** What has to stay because of what others have done since, in a sentence each. */
  readonly left: readonly string[]
}

/** Whose state it is that was there before: no rule bears this mark. */
const OWNER = 'rollback'

/** What a desired state has to name so that everything is read which some changes are about. */
export function lookedAt(changes: readonly PastChange[]): DesiredState {
  const tables = placesOf(changes).map((place): DesiredTable => ({ place, chains: new Map() }))
  const names = new Set(changes.flatMap(({ sets }) => sets.map(({ name }) => name)))
  const sets = Array.from(names, (name): DesiredSet => ({ name, absent: true }))
  return { owner: OWNER, scope: 'named', tables, sets }
}

/**
 * Takes changes out of what there is, the newest first, and leaves in what others have made. Pure.
 *
 * @param changes the newest first
 * @param now milliseconds since 1970
 */
export function desiredBack(changes: readonly PastChange[], actual: ActualState, now: number): DesiredBack {
  const left: string[] = []
  const tables = placesOf(changes).map((place) => tableBack(place, changes, tableOf(actual, place), left))
  const names = new Set(changes.flatMap(({ sets }) => sets.map(({ name }) => name)))
  const sets = Array.from(names, (name) => setBack(name, changes, actual.sets.get(name), now))
  return {
    desired: {
      owner: OWNER,
      scope: 'named',
      registers: false,
      tables,
      sets: sets.filter((set) => set !== undefined),
    },
    left,
  }
}

function placesOf(changes: readonly PastChange[]): readonly Place[] {
  const places = new Map<string, Place>()
  for (const { chains } of changes)
    for (const { table, family } of chains) places.set(`${family} ${table}`, { table, family })
  return [...places.values()]
}

function tableOf({ tables }: ActualState, { family, table }: Place): ListedTable | undefined {
  return tables[family]?.find(({ name }) => name === table)
}

function tableBack(
  place: Place,
  changes: readonly PastChange[],
  listed: ListedTable | undefined,
  left: string[],
): DesiredTable {
  const actual = chainsOf(place.table, listed)
  let chains = actual
  const operations: Operation[] = []
  for (const change of changes) {
    const touched = change.chains.filter(
      (chain) => chain.table === place.table && chain.family === place.family,
    )
    if (touched.length === 0) continue
    const back = wayBack({ place, chains: touched.map(touchedChain) }, chains)
    left.push(...back.left)
    operations.push(...back.operations)
    chains = changed(chains, foresee(back.operations, chains, place))
  }
  const foreseen = foresee(operations, actual, place)
  const desired = Array.from(foreseen, ([name, chain]) => desiredChain(name, chain, place))
  return { place, chains: new Map(desired.map((chain) => [chain.name, chain])) }
}

function changed(
  chains: ReadonlyMap<string, ListedChain>,
  by: ReadonlyMap<string, ForeseenChain | undefined>,
): ReadonlyMap<string, ListedChain> {
  const now = new Map(chains)
  for (const [name, chain] of by) {
    if (chain === undefined) now.delete(name)
    else now.set(name, { ...chain, rules: chain.rules.map(({ from: _, ...rule }) => rule) })
  }
  return now
}

function desiredChain(
  name: string,
  chain: ForeseenChain | undefined,
  { table, family }: Place,
): DesiredChain {
  const known = { name, exact: true, at: 'end', absent: chain === undefined } as const
  if (chain === undefined) return known
  const rules = chain.rules.map((rule) => ({ rule: ruleOf(rule, { family }), text: rule.text }))
  return chain.policy === undefined || !isBuiltIn(table, name)
    ? { ...known, rules }
    : { ...known, rules, policy: chain.policy }
}

/** A set on its way back: what it is created with, and its entries by their elements. */
interface SetDraft {
  readonly type: string
  readonly options: CreateOptions
  readonly entries: Map<string, EntryRequest>
}

function setBack(
  name: string,
  changes: readonly PastChange[],
  actual: ListedSet | undefined,
  now: number,
): DesiredSet | undefined {
  let draft: SetDraft | undefined = actual && {
    type: actual.type,
    options: actual.options,
    entries: new Map((actual.entries ?? []).map((entry) => [entry.element, entry])),
  }
  for (const { sets, time } of changes) {
    for (const touched of sets) {
      if (touched.name !== name) continue
      draft = touched.do === 'destroy' ? undefined : setBefore(touched, draft, Math.max(0, now - time))
    }
  }
  if (draft === undefined) return actual === undefined ? undefined : { name, absent: true }
  const { type, options, entries } = draft
  return { name, absent: false, type, options, entries: [...entries.values()] }
}

/** @param elapsed milliseconds since the change was made */
function setBefore(
  touched: Exclude<TouchedWholeSet, { readonly do: 'destroy' }>,
  draft: SetDraft | undefined,
  elapsed: number,
): SetDraft | undefined {
  const created = parseRestoreLine(touched.create, 1)
  if (created?.command !== 'create') return draft
  // Somebody else has destroyed it since.
  if (draft === undefined && touched.do !== 'create') return undefined
  const entries = new Map(draft?.entries)
  for (const element of touched.take) entries.delete(element)
  for (const line of touched.put) {
    const entry = remaining(entryOfLine(line), elapsed)
    if (entry !== undefined) entries.set(entry.element, entry)
  }
  const { type, options } = touched.do === 'change' && draft !== undefined ? draft : created
  return { type, options, entries }
}

/** The entry with what would be left of its time by now; undefined where it would have ended. */
function remaining(entry: EntryRequest, elapsed: number): EntryRequest | undefined {
  const { timeout = 0 } = entry
  if (timeout === 0) return entry
  const left = timeout - Math.floor(elapsed / 1000)
  return left < 1 ? undefined : { ...entry, timeout: left }
}
