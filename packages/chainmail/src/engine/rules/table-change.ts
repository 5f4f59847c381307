import type { Family } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { applyCommand } from '../../text/command/apply-command.ts'
import type { Table } from '../../text/save.ts'
import type { ChangedChain } from '../history/changed-chain.ts'
import { tableChanges } from '../history/table-changes.ts'
import { type ChangingCommand, linesOf } from './commands.ts'
import type { Place } from './operation.ts'
import { rehearseLines } from './rehearsal.ts'
import type { RuleDoors, RuleWriter } from './writer.ts'

/** On which terms commands are done. */
export interface CommandTerms {
  /** Looks at the rules as they are at that moment, all tables of the family; what it throws ends the change. */
  readonly check?: ((tables: readonly Table[]) => void) | undefined
  /** Only tells what would change. */
  readonly dryRun?: boolean
}

export interface TableChangeDoors {
  readonly writer: RuleWriter
  /** The generation of nf_tables; undefined on the legacy backend. */
  readonly generation: () => number | undefined
}

/**
 * The change was made, and another program changed the same chain between the look that was checked and the commit.
 * {@link chains} is what has changed since the look, the change itself with it.
 */
export class ChainRacedError extends ChainmailError {
  readonly chains: readonly ChangedChain[]

  constructor({ chain, table }: ChangedChain, chains: readonly ChangedChain[]) {
    super(
      'plan-raced',
      `Another program changed the chain ${chain} of ${table} at the moment at which the change was made, and it is not what was looked at: read the rules before going on.`,
    )
    this.chains = chains
  }
}

/** Looks that are taken while others keep changing rules. */
const LOOKS = 5

/**
 * Does commands of one table in one commit, with a look at the rules before it and one after it, while nothing else of
 * this process writes.
 *
 * @returns what has changed, or would
 * @throws what `check` throws, with nothing done; RestoreError or ChainmailError what a command is refused for;
 *   ChainRacedError where a program changed the same chains between the look that was checked and the commit
 */
export function changeTable(
  place: Place,
  commands: readonly ChangingCommand[],
  { check, dryRun = false }: CommandTerms,
  { writer, generation }: TableChangeDoors,
): Promise<readonly ChangedChain[]> {
  const lines = commands.flatMap(linesOf)
  const { family } = place
  return writer.alone(async (doors) => {
    const { tables, generation: before } = await steadyLook(doors, family, generation)
    check?.(tables)
    if (dryRun) {
      await rehearseLines(doors, place, lines)
      return tableChanges(family, tables, commands.reduce(applyCommand, tables))
    }
    await doors.commit(place, lines)
    const isAlone = before !== undefined && generation() === before + 1
    const after = await doors.read(family)
    if (check !== undefined && !isAlone) refuseRace(place, commands, tables, after)
    return tableChanges(family, tables, after)
  })
}

interface Look {
  readonly tables: readonly Table[]
  /** While it lasted; undefined on the legacy backend, or where others did not stop changing rules. */
  readonly generation: number | undefined
}

async function steadyLook(
  doors: RuleDoors,
  family: Family,
  generation: () => number | undefined,
): Promise<Look> {
  for (let look = 1; ; look++) {
    const before = generation()
    const tables = await doors.read(family)
    if (before === generation() || look === LOOKS)
      return { tables, generation: before === generation() ? before : undefined }
  }
}

/** What others have done to other chains does not matter. */
function refuseRace(
  { family }: Place,
  commands: readonly ChangingCommand[],
  before: readonly Table[],
  after: readonly Table[],
): void {
  const expected = commands.reduce(applyCommand, before)
  const isMeant = ({ table, chain }: ChangedChain): boolean =>
    commands.some((one) => one.table === table && (one.chain === undefined || one.chain === chain))
  const other = tableChanges(family, expected, after).find(isMeant)
  if (other === undefined) return
  throw new ChainRacedError(other, tableChanges(family, before, after).filter(isMeant))
}
