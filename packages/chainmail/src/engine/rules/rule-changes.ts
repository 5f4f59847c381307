import type { Table } from '../../text/save.ts'
import type { FirewallDoors } from '../doors.ts'
import { commandOperations, lineOperations } from '../guard/foreseen-operations.ts'
import type { Change as GuardedChange } from '../guard/lock-out.ts'
import type { GuardOptions } from '../guard/packets.ts'
import type { ChangedChain } from '../history/changed-chain.ts'
import type { ListedTable } from '../plan/listing.ts'
import { chainsOf } from '../probation/foresee.ts'
import type { PartOfProbation } from '../probation/probation.ts'
import { type Touched, touchedByOperations } from '../probation/touched.ts'
import type { PutOptions } from './chain.ts'
import { type ChangingCommand, operationsOf, runCommand } from './commands.ts'
import type { Place } from './operation.ts'
import { rehearseLines } from './rehearsal.ts'
import { type CommandTerms, changeTable } from './table-change.ts'

/** Changes that come as commands of iptables or as lines of iptables-restore. */
export class RuleChanges {
  readonly #doors: FirewallDoors

  constructor(doors: FirewallDoors) {
    this.#doors = doors
  }

  async command(command: ChangingCommand, { guard }: PutOptions): Promise<void> {
    const { table, family } = command
    const place = { table, family }
    await this.#refuseLockOut(place, commandOperations(command), guard)
    await runCommand(command, this.#doors.writer)
    this.#doors.events.changed(() => ({ what: 'rules', place, operations: operationsOf(command) }))
  }

  async change(
    place: Place,
    commands: readonly ChangingCommand[],
    { guard, partOf, ...terms }: CommandTerms & PutOptions & PartOfProbation,
  ): Promise<readonly ChangedChain[]> {
    const { probations, events } = this.#doors
    await this.#refuseLockOut(
      place,
      (chains) => commands.flatMap((command) => commandOperations(command)(chains)),
      guard,
    )
    const check = (tables: readonly Table[]): void => {
      terms.check?.(tables)
      if (partOf !== undefined) probations.renew(partOf, () => touchedIn(tables, place, commands))
    }
    const isLooked = partOf !== undefined || terms.check !== undefined
    const changed = await changeTable(place, commands, isLooked ? { ...terms, check } : terms, this.#doors)
    if (terms.dryRun !== true)
      events.changed(() => ({ what: 'rules', place, operations: commands.flatMap(operationsOf) }))
    return changed
  }

  async restore(
    place: Place,
    lines: readonly string[],
    { guard, dryRun = false }: PutOptions & { readonly dryRun?: boolean },
  ): Promise<void> {
    const { writer, events } = this.#doors
    await this.#refuseLockOut(place, lineOperations(place, lines), guard)
    if (dryRun) {
      await writer.alone((doors) => rehearseLines(doors, place, lines))
      return
    }
    await writer.change(place, lines)
    events.changed(() => ({ what: 'rules', place, operations: [] }))
  }

  async touchedBy(place: Place, commands: readonly ChangingCommand[]): Promise<Touched> {
    const { writer, pipes } = this.#doors
    return touchedIn(await writer.alone(() => pipes.list(place.family)), place, commands)
  }

  async #refuseLockOut(
    place: Place,
    operations: GuardedChange['operations'],
    guard: GuardOptions | undefined,
  ): Promise<void> {
    if (guard !== undefined) await this.#doors.lockOut.checkChanges([{ place, operations }], guard)
  }
}

/** What commands touch of the tables of a family. */
function touchedIn(
  tables: readonly ListedTable[],
  place: Place,
  commands: readonly ChangingCommand[],
): Touched {
  const listed = tables.find(({ name }) => name === place.table)
  const chains = chainsOf(place.table, listed)
  const operations = commands.flatMap((command) => commandOperations(command)(chains))
  return { tables: [touchedByOperations(place, operations, listed)], sets: [] }
}
