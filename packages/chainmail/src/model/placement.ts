import type { Family } from '@chainmail/kernel'
import { ChainmailError } from '../errors.ts'
import type { Context } from './kind.ts'
import { isBuiltIn } from './names/tables.ts'
import { type Compiled, findMatch, findTarget } from './registry.ts'
import type { Rule } from './rule.ts'

/** iptables(8), TABLES. */
const known = new Set(['filter', 'nat', 'mangle', 'raw', 'security'])

/**
 * Refuses what the kernel does not take in the rule's table, where the table is known. x_tables compares the name
 * of the table in `xt_check_match` and `xt_check_target`; nft_compat asks it with the name of its own. A table that
 * there is not is for whoever looks it up to refuse.
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

/** Where a packet has come in by an interface, and where it will leave by one. iptables(8), PARAMETERS */
const interfaceChains: Readonly<Record<'inInterface' | 'outInterface', readonly string[]>> = {
  inInterface: ['PREROUTING', 'INPUT', 'FORWARD'],
  outInterface: ['FORWARD', 'OUTPUT', 'POSTROUTING'],
}

/**
 * Refuses what is not taken in one of the kernel's own chains: iptables refuses the interfaces, and the kernel compares
 * the chain in `xt_check_match` and `xt_check_target` or in the extension itself.
 *
 * @throws ChainmailError `wrong-chain`
 */
export function refuseChain(
  rule: Rule,
  table: string,
  chain: string,
  { family }: Pick<Context, 'family'>,
): void {
  if (!isBuiltIn(table, chain)) return
  for (const [key, flag] of [
    ['inInterface', '-i'],
    ['outInterface', '-o'],
  ] as const)
    if (rule[key] !== undefined && !interfaceChains[key].includes(chain))
      throw wrongChain(flag, interfaceChains[key], chain, key)
  const { matches, target } = rule
  if (Array.isArray(matches))
    for (const [index, group] of matches.entries()) refuseMatches(group, family, chain, `matches[${index}]`)
  else if (matches !== undefined) refuseMatches(matches, family, chain, 'matches')
  if (typeof target === 'string') refuseHooked(findTarget(target, family), {}, chain, 'target')
  else
    for (const [name, options] of Object.entries(target ?? {}))
      refuseHooked(findTarget(name, family), options, chain, `target.${name}`)
}

function refuseMatches(group: object, family: Family, chain: string, path: string): void {
  for (const [name, options] of Object.entries(group))
    refuseHooked(findMatch(name, family), options, chain, `${path}.${name}`)
}

function refuseHooked(
  extension: Compiled | undefined,
  options: Readonly<Record<string, unknown>>,
  chain: string,
  path: string,
): void {
  if (extension === undefined || !extension.hooked) return
  const { role, name, chains } = extension
  const own: readonly string[] | undefined = typeof chains === 'function' ? chains(options) : chains
  if (own !== undefined && !own.includes(chain)) throw wrongChain(`the ${role} ${name}`, own, chain, path)
  for (const { key, option } of extension.slots) {
    const only: readonly string[] | undefined = option.chains
    if (only !== undefined && options[key] !== undefined && !only.includes(chain))
      throw wrongChain(`${option.flag} of the ${role} ${name}`, only, chain, `${path}.${key}`)
  }
}

function wrongChain(what: string, chains: readonly string[], chain: string, path: string): ChainmailError {
  return new ChainmailError(
    'wrong-chain',
    `${path}: of the kernel’s own chains ${what} may only stand in ${listOf(chains)}, and the rule stands in ${chain}.`,
    { path },
  )
}

function listOf(names: readonly string[]): string {
  return names.length === 1 ? String(names[0]) : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function wrongTable(what: string, tables: readonly string[], table: string, path: string): ChainmailError {
  const where = `the ${listOf(tables)} ${tables.length === 1 ? 'table' : 'tables'}`
  return new ChainmailError(
    'wrong-table',
    `${path}: ${what} is only valid in ${where}, and the rule stands in ${table}.`,
    { path },
  )
}
