import type { EntryRequest, Family, Ipset } from '@chainmail/kernel'
import { contains, isSingle, type NetworkBlock } from '../../network.ts'
import { networkBlocks } from '../../network-span.ts'
import type { SetPlan } from '../plan/set-plan.ts'
import { isAbsence } from '../sets/entry-batches.ts'
import type { SetOperation } from '../sets/set-operation.ts'
import type { Answer } from './answer.ts'
import type { SetLookup } from './conditions.ts'

/** Entries of a set beyond which none is searched for networks that overlap an allowed one. */
const SEARCHED = 100_000

/** A set as it will be. */
export interface ForeseenSet {
  readonly name: string
  /** Of one that is not there yet. */
  readonly type?: string | undefined
  readonly comes: readonly EntryRequest[]
  /** Elements. */
  readonly goes: ReadonlySet<string> | 'all'
}

/** What operations of a transaction make of sets. */
export function foreseenByOperations(operations: readonly SetOperation[]): readonly ForeseenSet[] {
  return Array.from(
    Map.groupBy(operations, ({ set }) => set),
    ([name, changes]) => {
      const created = changes.find((change) => change.do === 'create')
      const isEmptied = changes.some((change) => change.do === 'flush' || change.do === 'destroy')
      const deleted = changes.flatMap((change) => (change.do === 'delete' ? [change.element] : []))
      return {
        name,
        type: created?.type,
        comes: changes.flatMap((change) => (change.do === 'add' ? [change.entry] : [])),
        goes: isEmptied ? 'all' : new Set(deleted),
      }
    },
  )
}

/** What a plan makes of sets. */
export function foreseenSets(plans: readonly SetPlan[]): readonly ForeseenSet[] {
  return plans.map(({ name, type, entries }) => ({
    name,
    type,
    comes: entries.flatMap((change) => (change.do === 'remove' ? [] : [change.entry])),
    goes: new Set(
      entries.flatMap((change) =>
        change.do === 'add' ? [] : [change.do === 'remove' ? change.entry.element : change.before.element],
      ),
    ),
  }))
}

interface Held {
  readonly held: NetworkBlock
  readonly nomatch: boolean
}

/**
 * Looks addresses up in the sets of the kernel, with what a change makes of them if one is given. Of a set with
 * several dimensions only the first is compared: whether an entry that has it matches, nobody knows.
 */
export class SetContents {
  readonly #ipset: Ipset
  readonly #planned: ReadonlyMap<string, ForeseenSet>
  readonly #searched = new Map<string, readonly Held[] | undefined>()

  constructor(ipset: Ipset, foreseen: readonly ForeseenSet[] = []) {
    this.#ipset = ipset
    this.#planned = new Map(foreseen.map((set) => [set.name, set]))
  }

  readonly of =
    (family: Family): SetLookup =>
    (name, block) =>
      block?.family === family || block === undefined ? this.#look(name, block) : 'no'

  #look(name: string, block: NetworkBlock | undefined): Answer {
    const planned = this.#planned.get(name)
    const type = planned?.type ?? this.#typeOf(name)
    if (type === undefined) return 'no'
    const [first = '', ...more] = type.slice(type.indexOf(':') + 1).split(',')
    if (first === 'port') return 'part'
    if (first !== 'ip' && first !== 'net') return 'sometimes'
    if (block === undefined) return 'part'
    const found =
      planned === undefined && more.length === 0 && isSingle(block)
        ? this.#ask(name, block)
        : this.#search(name, block, planned)
    return more.length > 0 && found === 'yes' ? 'unknown' : found
  }

  #typeOf(name: string): string | undefined {
    try {
      return this.#ipset.header(name).type
    } catch (error) {
      if (isAbsence(error)) return undefined
      throw error
    }
  }

  #ask(name: string, { address }: NetworkBlock): Answer {
    try {
      return this.#ipset.test(name, address) ? 'yes' : 'no'
    } catch {
      // A set of the other family, or one that its type does not let be asked.
      return 'no'
    }
  }

  #search(name: string, block: NetworkBlock, planned: ForeseenSet | undefined): Answer {
    const entries = this.#entries(name, planned)
    if (entries === undefined) return 'sometimes'
    let found: Answer = 'no'
    for (const { held, nomatch } of entries) {
      const isHeld = contains(held, block)
      if (isHeld && nomatch) return 'no'
      if (isHeld && !nomatch) found = 'yes'
      else if (found === 'no' && !nomatch && contains(block, held)) found = 'unknown'
    }
    return found
  }

  #entries(name: string, planned: ForeseenSet | undefined): readonly Held[] | undefined {
    if (!this.#searched.has(name)) this.#searched.set(name, this.#read(name, planned))
    return this.#searched.get(name)
  }

  #read(name: string, planned: ForeseenSet | undefined): readonly Held[] | undefined {
    const { goes = new Set<string>(), comes = [] } = planned ?? {}
    if (goes === 'all') return comes.flatMap(heldOf)
    const there = this.#listed(name)
    if (there === undefined) return planned?.comes.flatMap(heldOf)
    const stays = goes.size === 0 ? there : there.filter(({ element }) => !goes.has(element))
    return [...stays, ...comes].flatMap(heldOf)
  }

  /** Undefined where there are too many. */
  #listed(name: string): readonly EntryRequest[] | undefined {
    try {
      const [described] = this.#ipset.list(name)
      return (described?.entries ?? 0) > SEARCHED ? undefined : this.#ipset.allEntries(name)
    } catch (error) {
      if (isAbsence(error)) return []
      throw error
    }
  }
}

function heldOf({ element, nomatch = false }: EntryRequest): readonly Held[] {
  const [address = ''] = element.split(',', 1)
  try {
    return networkBlocks(address).map((held) => ({ held, nomatch }))
  } catch {
    // A network with host bits or an address in another form than ipset lists: a plan that holds it is refused anyway.
    return []
  }
}
