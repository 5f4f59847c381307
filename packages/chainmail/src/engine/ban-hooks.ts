import { type Family, type Ipset, type NftablesGeneration, RuleHandles } from '@chainmail/kernel'
import { renderRule } from '../text/render-rule.ts'
import { isAbsence } from './entry-batches.ts'
import { type Place, restoreLines } from './operation.ts'
import { OWNED_COMMENT } from './ownership.ts'
import { banSetName, type ScopeKind, scopeDefinitions } from './scope.ts'
import type { RuleDoors, RuleWriter } from './writer.ts'

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
 * Buckets: half a megabyte for a set, which hold some 200,000 bans before the kernel rehashes them. It does that within
 * one add, which takes 20 ms at 60,000 entries and 70 ms at 220,000.
 */
const HASH_SIZE = 2 ** 16

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
    await this.#writer.alone(async (doors) => {
      for (const slot of slots) {
        this.createSet(slot)
        if (!(await this.#find(doors, slot))) {
          await insert(doors, slot)
          await this.#find(doors, slot)
        }
      }
    })
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
  async #find(doors: RuleDoors, slot: BanSlot): Promise<boolean> {
    const place = placeOf(slot)
    const { chain: name } = scopeDefinitions[slot.kind]
    const wanted = renderRule(ruleOf(slot), place)
    for (let attempt = 1; ; attempt++) {
      const generation = this.#generation?.read()
      const [table] = await doors.read(slot.family, place.table)
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

async function insert(doors: RuleDoors, slot: BanSlot): Promise<void> {
  const place = placeOf(slot)
  const { chain } = scopeDefinitions[slot.kind]
  const lines = restoreLines([{ do: 'insert', chain, position: 1, rule: ruleOf(slot) }], slot.family)
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
