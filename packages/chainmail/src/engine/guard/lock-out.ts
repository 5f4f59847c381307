import { type Family, type Ipset, interfaceAddresses } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { type NetworkBlock, overlaps } from '../../network.ts'
import { networkBlocks } from '../../network-span.ts'
import type { AllowedNetwork } from '../bans/allow-snapshot.ts'
import type { ListedChain, ListedTable } from '../plan/listing.ts'
import type { Plan } from '../plan/plan.ts'
import { chainsOf, foresee } from '../probation/foresee.ts'
import type { Operation, Place } from '../rules/operation.ts'
import { mayConcern } from './concern.ts'
import { type GuardedPacket, type GuardOptions, guardedPackets } from './packets.ts'
import { type ForeseenSet, foreseenSets, SetContents } from './set-lookup.ts'
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
    const tables = changes.map((change) => {
      const { table, family } = change.place
      const known = listed.find((one) => one.place.table === table && one.place.family === family)
      return both(change, known?.listed)
    })
    const foreseen = foreseenSets(plan.sets)
    const families = familiesOf(foreseen, packets)
    for (const family of families) tables.push(...(await this.#others(family, changes)))
    this.#refuse(tables, foreseen, packets)
  }

  /**
   * Changes of rules, and of sets that are made before them.
   *
   * @throws ChainmailError `would-lock-out`, with the rule or policy that does it
   */
  async checkChanges(
    changes: readonly Change[],
    options: GuardOptions,
    foreseen: readonly ForeseenSet[] = [],
  ): Promise<void> {
    const packets = this.#packets(options)
    const { of: sets } = new SetContents(this.#doors.ipset, foreseen)
    const isConcerned = changes.some(
      ({ place, operations }) =>
        typeof operations === 'function' ||
        operations.some((operation) => mayConcern(operation, place, packets, sets(place.family))),
    )
    const families = familiesOf(foreseen, packets)
    if (!isConcerned && families.size === 0) return
    const tables: BothTables[] = []
    for (const change of changes) {
      const listed = await this.#doors.list(change.place.family)
      const table = listed.find(({ name }) => name === change.place.table)
      tables.push(both(change, table))
    }
    for (const family of families) tables.push(...(await this.#others(family, changes)))
    this.#refuse(tables, foreseen, packets)
  }

  /** The packets that a change must not shut out, for who looks first whether it concerns them. */
  packets(options: GuardOptions): readonly GuardedPacket[] {
    return this.#packets(options)
  }

  #packets(options: GuardOptions): readonly GuardedPacket[] {
    return guardedPackets(options, { allowed: this.#doors.allowed(), interfaces: interfaceAddresses() })
  }

  /** The tables of a family that do not change themselves, because sets do to which their rules may refer. */
  async #others(family: Family, changes: readonly Change[]): Promise<readonly BothTables[]> {
    const listed = await this.#doors.list(family)
    return listed.flatMap((table) => {
      const place = { table: table.name, family }
      const isThere = changes.some((one) => one.place.table === place.table && one.place.family === family)
      return isThere ? [] : [both({ place, operations: [] }, table)]
    })
  }

  #refuse(
    tables: readonly BothTables[],
    foreseen: readonly ForeseenSet[],
    packets: readonly GuardedPacket[],
  ): void {
    const { ipset } = this.#doors
    refuse(
      { tables: tables.map(({ before }) => before), sets: new SetContents(ipset).of },
      { tables: tables.map(({ after }) => after), sets: new SetContents(ipset, foreseen).of },
      packets,
    )
  }
}

/** What changes in a table. */
export interface Change {
  readonly place: Place
  /** Where what they are depends on the chains that are there, they are made from these. */
  readonly operations:
    | readonly Operation[]
    | ((chains: ReadonlyMap<string, ListedChain>) => readonly Operation[])
}

interface BothTables {
  readonly before: JudgedTable
  readonly after: JudgedTable
}

function both({ place, operations }: Change, listed: ListedTable | undefined): BothTables {
  const chains = chainsOf(place.table, listed)
  const after = new Map<string, ListedChain>(chains)
  const made = typeof operations === 'function' ? operations(chains) : operations
  for (const [name, chain] of foresee(made, chains, place)) {
    if (chain === undefined) after.delete(name)
    else after.set(name, chain)
  }
  return { before: { place, chains }, after: { place, chains: after } }
}

/** The families in which a set gets or loses an entry that holds, or lies in, the other end of a packet. */
function familiesOf(
  foreseen: readonly ForeseenSet[],
  packets: readonly GuardedPacket[],
): ReadonlySet<Family> {
  const families = new Set<Family>()
  const remotes = packets.flatMap(({ remote }) => (remote === undefined ? [] : [remote]))
  for (const { comes, goes } of foreseen) {
    if (goes === 'all') for (const { family } of remotes) families.add(family)
    else
      for (const element of [...comes.map((entry) => entry.element), ...goes])
        for (const family of overlappedFamilies(element, remotes)) families.add(family)
  }
  return families
}

/** The families of those networks that an element of a set overlaps with its first part. */
export function overlappedFamilies(element: string, networks: readonly NetworkBlock[]): readonly Family[] {
  const [address = ''] = element.split(',', 1)
  return blocksOf(address)
    .filter((block) => networks.some((network) => overlaps(network, block)))
    .map(({ family }) => family)
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
