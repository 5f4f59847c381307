import { type Family, type Ipset, interfaceAddresses } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { overlaps } from '../../network.ts'
import { networkBlocks } from '../../network-span.ts'
import type { AllowedNetwork } from '../allow-snapshot.ts'
import type { Operation, Place } from '../operation.ts'
import type { ListedChain, ListedTable } from '../plan/listing.ts'
import type { Plan } from '../plan/plan.ts'
import { chainsOf, foresee } from '../probation/foresee.ts'
import { type GuardedPacket, type GuardOptions, guardedPackets } from './packets.ts'
import { SetContents } from './set-lookup.ts'
import { type JudgedState, type JudgedTable, judge } from './verdicts.ts'

export interface LockOutDoors {
  readonly ipset: Ipset
  readonly allowed: () => readonly AllowedNetwork[]
  readonly list: (family: Family) => Promise<readonly ListedTable[]>
}

/**
 * Refuses changes that would shut out the sender, an allowed address or a guarded port. What is shut out already is
 * none of its business: a change is refused for what it does.
 */
export class LockOutGuard {
  readonly #doors: LockOutDoors

  constructor(doors: LockOutDoors) {
    this.#doors = doors
  }

  /** @throws ChainmailError `would-lock-out`, with the rule or policy that does it */
  async checkPlan(plan: Plan, options: GuardOptions): Promise<void> {
    const packets = this.#packets(options)
    const changes = plan.tables.map(({ place, operations }) => ({ place, operations }))
    const listed = plan.basis.tables
    const tables = await this.#withSets(plan, packets, changes, (place) =>
      listed.find((one) => one.place.table === place.table && one.place.family === place.family),
    )
    const sets = new SetContents(this.#doors.ipset)
    const changed = new SetContents(this.#doors.ipset, plan.sets)
    refuse(
      { tables: tables.map(({ before }) => before), sets: sets.of },
      { tables: tables.map(({ after }) => after), sets: changed.of },
      packets,
    )
  }

  /** @throws ChainmailError `would-lock-out`, with the rule or policy that does it */
  async checkChanges(changes: readonly Change[], options: GuardOptions): Promise<void> {
    const packets = this.#packets(options)
    const tables: BothTables[] = []
    for (const change of changes) {
      const listed = await this.#doors.list(change.place.family)
      tables.push(
        both(
          change,
          listed.find(({ name }) => name === change.place.table),
        ),
      )
    }
    const { of: sets } = new SetContents(this.#doors.ipset)
    refuse(
      { tables: tables.map(({ before }) => before), sets },
      { tables: tables.map(({ after }) => after), sets },
      packets,
    )
  }

  #packets(options: GuardOptions): readonly GuardedPacket[] {
    return guardedPackets(options, { allowed: this.#doors.allowed(), interfaces: interfaceAddresses() })
  }

  /** The tables that change; all of a family where sets get entries that hold one of the packets' addresses. */
  async #withSets(
    plan: Plan,
    packets: readonly GuardedPacket[],
    changes: readonly Change[],
    known: (place: Place) => { readonly listed: ListedTable | undefined } | undefined,
  ): Promise<readonly BothTables[]> {
    const tables = changes.map((change) => both(change, known(change.place)?.listed))
    const families = familiesOf(plan, packets)
    for (const family of families)
      for (const listed of await this.#doors.list(family)) {
        const place = { table: listed.name, family }
        const isThere = changes.some((one) => one.place.table === place.table && one.place.family === family)
        if (!isThere) tables.push(both({ place, operations: [] }, listed))
      }
    return tables
  }
}

/** What changes in a table. */
interface Change {
  readonly place: Place
  readonly operations: readonly Operation[]
}

interface BothTables {
  readonly before: JudgedTable
  readonly after: JudgedTable
}

function both({ place, operations }: Change, listed: ListedTable | undefined): BothTables {
  const chains = chainsOf(place.table, listed)
  const after = new Map<string, ListedChain>(chains)
  for (const [name, chain] of foresee(operations, chains, place.family)) {
    if (chain === undefined) after.delete(name)
    else after.set(name, chain)
  }
  return { before: { place, chains }, after: { place, chains: after } }
}

/** The families in which a set gets an entry that holds, or lies in, the other end of a packet. */
function familiesOf({ sets }: Plan, packets: readonly GuardedPacket[]): ReadonlySet<Family> {
  const families = new Set<Family>()
  const remotes = packets.flatMap(({ remote }) => (remote === undefined ? [] : [remote]))
  for (const { entries } of sets)
    for (const change of entries) {
      if (change.do === 'remove') continue
      const [address = ''] = change.entry.element.split(',', 1)
      for (const block of blocksOf(address))
        if (remotes.some((remote) => overlaps(remote, block))) families.add(block.family)
    }
  return families
}

function blocksOf(address: string): ReturnType<typeof networkBlocks> {
  try {
    return networkBlocks(address)
  } catch {
    return []
  }
}

function refuse(before: JudgedState, after: JudgedState, packets: readonly GuardedPacket[]): void {
  const now = judge(after, packets)
  if (now.every(({ passes }) => passes)) return
  const were = judge(before, packets)
  for (const [index, verdict] of now.entries()) {
    if (verdict.passes || were[index]?.passes === false) continue
    const { place, chain, number, text } = verdict.by
    const rule =
      number === undefined
        ? `${place.family} ${place.table}: ${text}, which`
        : `Rule ${number} of ${place.family} ${place.table} ${chain} (${text})`
    throw new ChainmailError(
      'would-lock-out',
      `${rule} would shut out ${verdict.packet.about}, so nothing was changed. Accept it in an earlier rule, put the change on probation, or force it.`,
    )
  }
}
