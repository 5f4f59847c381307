import { type Family, type Ipset, type NftablesGeneration, RuleHandles } from '@chainmail/kernel'
import { renderRule } from '../../text/render-rule.ts'
import type { Table } from '../../text/save.ts'
import { OWNED_COMMENT } from '../ownership.ts'
import { type Operation, type Place, restoreLines } from '../rules/operation.ts'
import type { RuleDoors, RuleWriter } from '../rules/writer.ts'
import { isAbsence } from '../sets/entry-batches.ts'
import { banSetName, type ScopeKind, scopeDefinitions } from './scope.ts'

/** The bans of a family and a kind of scope: one set, and one rule that looks it up. */
export interface BanSlot {
  readonly kind: ScopeKind
  readonly family: Family
}

/** A rule that was found, and the generation of nf_tables in which it stood there. */
interface Standing {
  readonly handle: bigint
  generation: number
}

/** A hash:net holds at most this many; it costs no memory before they are there. */
const MAX_ENTRIES = 2 ** 24

/**
 * Buckets: two megabytes for a set, which hold some 700,000 bans before the kernel rehashes them. It does that within
 * one add, which takes 20 ms at 60,000 entries and 70 ms at 220,000. A copy made beforehand would lose what other
 * processes ban meanwhile.
 */
const HASH_SIZE = 2 ** 18

/** How often a chain is read that others change meanwhile. */
const ATTEMPTS = 3

/**
 * The rules that look up the bans, one for each set.
 *
 * 1. Before every ban somebody asks whether the rule still stands, so the answer has to take microseconds: on the nft
 *    backend, while the generation of nf_tables is the one in which the rule was seen, it stands; when it is another,
 *    the kernel is asked for the rule by its handle. What refers to the set besides does not matter.
 * 2. The legacy backend has neither: there the set is asked whether anything refers to it. A foreign rule that names
 *    the set of the bans hides that ours was flushed.
 */
export class BanHooks implements Disposable {
  readonly #ipset: Ipset
  readonly #writer: RuleWriter
  readonly #generation: NftablesGeneration | undefined
  readonly #handles: RuleHandles | undefined
  readonly #standing = new Map<string, Standing>()

  /** `generation` on the nft backend. */
  constructor(ipset: Ipset, writer: RuleWriter, generation: NftablesGeneration | undefined) {
    this.#ipset = ipset
    this.#writer = writer
    this.#generation = generation
    this.#handles = generation === undefined ? undefined : new RuleHandles()
  }

  /** Whether the set is there and its rule looks it up: takes microseconds, whatever the set holds. */
  inPlace(slot: BanSlot): boolean {
    const set = banSetName(slot.kind, slot.family)
    if (this.#generation === undefined || this.#handles === undefined) return this.#isReferenced(set)
    const standing = this.#standing.get(set)
    if (standing === undefined) return false
    const generation = this.#generation.read()
    if (standing.generation === generation) return true
    if (this.#handles.has({ ...placeOf(slot), chain: scopeDefinitions[slot.kind].chain }, standing.handle)) {
      standing.generation = generation
      return true
    }
    this.#standing.delete(set)
    return false
  }

  /** Makes the sets and their rules, as far as they are missing. */
  async ensure(slots: Iterable<BanSlot>): Promise<void> {
    const wanted = [...slots]
    await this.#writer.alone(async (doors) => {
      const readings = new Readings(doors, this.#generation)
      await readings.begin(wanted.map(placeOf))
      for (const slot of wanted) {
        this.createSet(slot)
        if (!(await this.#find(readings, slot))) {
          await insert(doors, slot)
          readings.forget()
          await this.#find(readings, slot)
        }
      }
    })
  }

  /** Puts the rules back to where new ones are put, without a moment in which one of them is missing. */
  async moveToHead(slots: Iterable<BanSlot>): Promise<void> {
    for (const slot of slots) {
      const { chain } = scopeDefinitions[slot.kind]
      const rule = ruleOf(slot)
      const moved: readonly Operation[] = [
        { do: 'delete', chain, rule },
        { do: 'insert', chain, position: 1, rule },
      ]
      await this.#writer.change(placeOf(slot), restoreLines(moved, slot))
    }
  }

  createSet({ kind, family }: BanSlot): void {
    this.#ipset.create(
      banSetName(kind, family),
      scopeDefinitions[kind].type,
      {
        family: family === 'ipv4' ? 'inet' : 'inet6',
        maxelem: MAX_ENTRIES,
        // Only here do bans come by the ten thousand.
        ...(kind === 'everything' ? { hashsize: HASH_SIZE } : {}),
        timeout: 0,
        counters: true,
        comment: true,
      },
      { exists: 'ignore' },
    )
  }

  [Symbol.dispose](): void {
    this.#handles?.[Symbol.dispose]()
  }

  /** Whether the rule stands in its chain; remembers which one it is, unless others change the rules all the time. */
  async #find(readings: Readings, slot: BanSlot): Promise<boolean> {
    const place = placeOf(slot)
    const { chain: name } = scopeDefinitions[slot.kind]
    const wanted = renderRule(ruleOf(slot), place)
    for (let attempt = 1; ; attempt++) {
      const { table, generation } = await readings.of(place)
      const chain = table?.chains.find((candidate) => candidate.name === name)
      const index = chain?.rules.findIndex(({ text }) => text === wanted) ?? -1
      if (index === -1) return false
      const handle = this.#handles?.of({ ...place, chain: name })[index]
      if (generation === undefined || handle === undefined) return true
      if (this.#generation?.read() === generation) {
        this.#standing.set(banSetName(slot.kind, slot.family), { handle, generation })
        return true
      }
      if (attempt === ATTEMPTS) return true
    }
  }

  #isReferenced(set: string): boolean {
    try {
      return this.#ipset.isReferenced(set)
    } catch (error) {
      if (isAbsence(error)) return false
      throw error
    }
  }
}

interface Reading {
  readonly table: Table | undefined
  /** Of nf_tables, before the table was read. */
  readonly generation: number | undefined
}

/** Tables that are read once for the rules of many slots, and anew when somebody has changed a rule meanwhile. */
class Readings {
  readonly #doors: RuleDoors
  readonly #generation: NftablesGeneration | undefined
  readonly #read = new Map<string, Promise<Reading>>()

  constructor(doors: RuleDoors, generation: NftablesGeneration | undefined) {
    this.#doors = doors
    this.#generation = generation
  }

  /** Reads tables at the same time. */
  async begin(places: readonly Place[]): Promise<void> {
    const distinct = new Map(places.map((place) => [keyOf(place), place]))
    await Promise.all(Array.from(distinct.values(), (place) => this.of(place)))
  }

  async of(place: Place): Promise<Reading> {
    const { family, table } = place
    const key = keyOf(place)
    const known = await this.#read.get(key)
    const generation = this.#generation?.read()
    if (known !== undefined && known.generation === generation) return known
    const reading = this.#doors.read(family, table).then(([read]) => ({ table: read, generation }))
    this.#read.set(key, reading)
    return reading
  }

  /** What was read is no longer so. */
  forget(): void {
    this.#read.clear()
  }
}

function keyOf({ family, table }: Place): string {
  return `${family} ${table}`
}

/** Where the rule of a slot stands, and its text as iptables-save prints it. */
export function banHook(slot: BanSlot): Place & { readonly chain: string; readonly text: string } {
  const place = placeOf(slot)
  return { ...place, chain: scopeDefinitions[slot.kind].chain, text: renderRule(ruleOf(slot), place) }
}

async function insert(doors: RuleDoors, slot: BanSlot): Promise<void> {
  const place = placeOf(slot)
  const { chain } = scopeDefinitions[slot.kind]
  const lines = restoreLines([{ do: 'insert', chain, position: 1, rule: ruleOf(slot) }], slot)
  await doors.commit(place, lines)
}

function ruleOf({ kind, family }: BanSlot) {
  return {
    matches: {
      set: { matchSet: [banSetName(kind, family), scopeDefinitions[kind].directions] },
      comment: { comment: OWNED_COMMENT },
    },
    target: 'DROP',
  } as const
}

function placeOf({ kind, family }: BanSlot): Place {
  return { table: scopeDefinitions[kind].table, family }
}
