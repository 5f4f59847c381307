import { ChainmailError } from '../errors.ts'
import type { Context } from './kind.ts'
import type { Compiled } from './registry.ts'

/** iptables(8), TABLES. */
const known = new Set(['filter', 'nat', 'mangle', 'raw', 'security'])

/**
 * Refuses what the kernel does not take in the rule's table, where the table is known. x_tables compares the name
 * of the table in `xt_check_match` and `xt_check_target`; nft_compat asks it with the name of its own. A table that there is not is for whoever looks it up to refuse.
 *
 * @throws ChainmailError `wrong-table`
 */
export function refuseTable(
  extension: Compiled,
  options: Readonly<Record<string, unknown>>,
  path: string,
  { table }: Context,
): void {
  if (table === undefined || !known.has(table) || !extension.bound) return
  const { role, name, tables, anyTableOn } = extension
  if (tables !== undefined && anyTableOn === undefined && !tables.includes(table))
    throw wrongTable(`the ${role} ${name}`, tables, table, path)
  for (const { key, option } of extension.slots) {
    if (option.tables !== undefined && options[key] !== undefined && !option.tables.includes(table))
      throw wrongTable(`${option.flag} of the ${role} ${name}`, option.tables, table, `${path}.${key}`)
  }
}

function wrongTable(what: string, tables: readonly string[], table: string, path: string): ChainmailError {
  const where =
    tables.length === 1
      ? `the ${tables[0]} table`
      : `the ${tables.slice(0, -1).join(', ')} and ${tables.at(-1)} tables`
  return new ChainmailError(
    'wrong-table',
    `${path}: ${what} is only valid in ${where}, and the rule stands in ${table}.`,
    { path },
  )
}
