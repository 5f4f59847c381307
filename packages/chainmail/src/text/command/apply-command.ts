import { ChainmailError } from '../../errors.ts'
import { shown } from '../../model/kind.ts'
import { builtInChainsOf, isTableName } from '../../model/names/tables.ts'
import type { Table } from '../save.ts'
import { ChangingTable } from './changing-table.ts'
import type { Command, Operation } from './command.ts'

/** Those that change nothing, unless they are told to zero what they listed. */
const looks: ReadonlySet<Operation> = new Set(['check', 'list', 'list-rules'])

/**
 * The tables as they are after the command; those that it does not change are the same objects. A table of the
 * kernel's that is not among them is taken as one that nothing has used yet. Commands that only look, `-C`, `-L`
 * and `-S`, return the tables or throw what iptables would answer.
 *
 * @throws ChainmailError `table-unknown`, `chain-not-found`, `chain-exists`, `chain-busy`, `chain-built-in`,
 * `chain-loop`, `rule-not-found`, `index-too-big` or `bad-command`
 */
export function applyCommand(tables: readonly Table[], command: Command): readonly Table[] {
  const found = tables.find(({ name }) => name === command.table)
  const changing = ChangingTable.of(found ?? unusedTable(command.table))
  changing.apply(command)
  if (looks.has(command.operation) && !('zero' in command)) return tables
  const table = changing.table()
  return found === undefined ? [...tables, table] : tables.map((one) => (one === found ? table : one))
}

/**
 * A table as the kernel makes it when it is first used.
 *
 * @throws ChainmailError `table-unknown`
 */
export function unusedTable(name: string): Table {
  if (!isTableName(name))
    throw new ChainmailError('table-unknown', `There is no table ${shown(name)}.`, { path: 'table' })
  const chains = builtInChainsOf(name).map((chain) => ({
    name: chain,
    policy: 'ACCEPT',
    counters: { packets: 0, bytes: 0 },
    rules: [],
  }))
  return { name, chains }
}
