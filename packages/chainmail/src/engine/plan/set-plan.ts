import {
  type CanonicalElement,
  type CreateOptions,
  canonicalElement,
  type EntryRequest,
  InputError,
  type SetEntry,
} from '@chainmail/kernel'
import type { DesiredSet } from './desired.ts'

/** A set of the kernel, as far as a plan looks at it. */
export interface ListedSet {
  readonly type: string
  readonly options: CreateOptions
  /** Absent where the plan does not look at them. */
  readonly entries?: readonly SetEntry[]
}

/** What happens to an entry. */
export type EntryChange =
  | { readonly do: 'add'; readonly entry: EntryRequest }
  | { readonly do: 'remove'; readonly entry: SetEntry }
  | { readonly do: 'change'; readonly before: SetEntry; readonly entry: EntryRequest }

/** What happens to a set. `rebuild` makes it anew with other options and swaps it in. */
export interface SetPlan {
  readonly name: string
  readonly do: 'create' | 'destroy' | 'rebuild' | 'change'
  readonly type: string
  readonly options: CreateOptions
  /** Options in which a set that is rebuilt differs. */
  readonly changed: readonly string[]
  readonly entries: readonly EntryChange[]
  /** How many entries stay. */
  readonly stay: number
}

/** Options that the kernel changes by itself, or that only say how the set is stored: no reason to build it anew. */
const INCIDENTAL: ReadonlySet<string> = new Set(['hashsize', 'initval', 'bucketsize'])

/** How a set becomes what is desired; undefined where it is so already. @throws InputError `bad-element`, `bad-set-option` */
export function planSet(desired: DesiredSet, actual: ListedSet | undefined): SetPlan | undefined {
  const { name } = desired
  if (desired.absent) {
    if (actual === undefined) return undefined
    const { type, options, entries = [] } = actual
    const removed = entries.map((entry): EntryChange => ({ do: 'remove', entry }))
    return { name, do: 'destroy', type, options, changed: [], entries: removed, stay: 0 }
  }
  const { type, options } = desired
  const wanted = desired.entries === undefined ? undefined : wantedEntries(desired, desired.entries)
  if (actual === undefined) {
    const entries = [...(wanted?.values() ?? [])].map((entry): EntryChange => ({ do: 'add', entry }))
    return { name, do: 'create', type, options, changed: [], entries, stay: 0 }
  }
  if (actual.type !== type || (options.family ?? actual.options.family) !== actual.options.family)
    throw new InputError(
      'bad-set-option',
      `The set ${name} is there as a ${actual.type} of family ${actual.options.family ?? 'unspec'}, and what refers to a set keeps it from being exchanged for one of another type: choose another name for the new one.`,
    )
  const changed = changedOptions(options, actual.options)
  const { entries, stay } =
    wanted === undefined ? { entries: [], stay: actual.entries?.length ?? 0 } : compare(wanted, actual)
  if (changed.length === 0 && entries.length === 0) return undefined
  const whole = { ...actual.options, ...options }
  return { name, do: changed.length > 0 ? 'rebuild' : 'change', type, options: whole, changed, entries, stay }
}

function changedOptions(desired: CreateOptions, actual: CreateOptions): readonly string[] {
  const now = new Map<string, unknown>(Object.entries(actual))
  return Object.entries(desired).flatMap(([name, value]) => {
    if (name === 'family' || INCIDENTAL.has(name) || value === undefined) return []
    return (now.get(name) ?? false) === value ? [] : [name]
  })
}

/** The desired entries by the text of their elements in the kernel; of two with the same one the later counts. */
function wantedEntries(
  { name, type, options }: Exclude<DesiredSet, { readonly absent: true }>,
  entries: readonly EntryRequest[],
): ReadonlyMap<string, EntryRequest> {
  if (options.netmask !== undefined || options.bitmask !== undefined)
    throw new InputError(
      'bad-set-option',
      `The entries of ${name} cannot be planned: what the kernel keeps of an element is not known beforehand in a set with a netmask or bitmask.`,
    )
  const canonical: CanonicalElement = canonicalElement(type)
  const wanted = new Map<string, EntryRequest>()
  for (const entry of entries) {
    const element = canonical(entry.element)
    if (element === undefined)
      throw new InputError(
        'bad-element',
        `The kernel makes several entries of ${JSON.stringify(entry.element)} in a set of type ${type}: name each of them in a desired state.`,
      )
    wanted.set(element, { ...entry, element })
  }
  return wanted
}

function compare(
  wanted: ReadonlyMap<string, EntryRequest>,
  actual: ListedSet,
): { entries: readonly EntryChange[]; stay: number } {
  const entries: EntryChange[] = []
  const there = new Set<string>()
  let stay = 0
  for (const before of actual.entries ?? []) {
    const entry = wanted.get(before.element)
    there.add(before.element)
    if (entry === undefined) entries.push({ do: 'remove', entry: before })
    else if (isSameEntry(entry, before, actual.options)) stay++
    else entries.push({ do: 'change', before, entry })
  }
  for (const [element, entry] of wanted) if (!there.has(element)) entries.push({ do: 'add', entry })
  return { entries, stay }
}

/** Counters are no wish. Of a timeout it counts whether there is one: what is left of it runs down by itself. */
function isSameEntry(wanted: EntryRequest, actual: SetEntry, { timeout: usual }: CreateOptions): boolean {
  const ends = (wanted.timeout ?? usual ?? 0) > 0
  return (
    ends === (actual.timeout ?? 0) > 0 &&
    (wanted.comment ?? '') === (actual.comment ?? '') &&
    (wanted.nomatch ?? false) === (actual.nomatch ?? false) &&
    (wanted.wildcard ?? false) === (actual.wildcard ?? false) &&
    wanted.skbmark === actual.skbmark &&
    wanted.skbprio === actual.skbprio &&
    wanted.skbqueue === actual.skbqueue
  )
}
