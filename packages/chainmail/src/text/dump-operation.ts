import { ChainmailError } from '../errors.ts'
import type { Context } from '../model/kind.ts'
import { isBuiltIn } from '../model/names/tables.ts'
import { type ChangingChain, ChangingTable } from './command/changing-table.ts'
import type { Command } from './command/command.ts'
import { parseDumpLine } from './command/parse-command.ts'
import type { Words } from './words.ts'

const NOTHING = { packets: 0, bytes: 0 }

/** The chain of this name; one of the kernel's own is there without being declared. */
export function chainOf(
  table: string,
  chains: Map<string, ChangingChain>,
  name: string,
): ChangingChain | undefined {
  const known = chains.get(name)
  if (known !== undefined || !isBuiltIn(table, name)) return known
  const chain = { name, policy: 'ACCEPT', counters: NOTHING, rules: [] }
  chains.set(name, chain)
  return chain
}

/**
 * Does what a line inside the block of a table says, as iptables-restore does: any command of iptables, on the chains
 * as they are so far. A line for the other family does nothing.
 *
 * @throws ChainmailError what iptables would refuse the line for, with the column of the word at fault
 */
export function operate(
  words: Words,
  table: string,
  chains: Map<string, ChangingChain>,
  counters: readonly string[],
  context: Context,
): void {
  const list = counters.length === 0 ? words.list : [...words.list, '-c', ...counters]
  let command: Command | undefined
  try {
    command = parseDumpLine(list, table, context)
    if (command === undefined) return
    if ('chain' in command && command.chain !== undefined) chainOf(table, chains, command.chain)
    new ChangingTable(table, chains).apply(command)
  } catch (error) {
    if (!(error instanceof ChainmailError)) throw error
    const { code, message, path, cause } = error
    const column = words.start(wordAtFault(words.list, path, command)) + 1
    throw new ChainmailError(code, message, { path, cause, column })
  }
}

/** The word that the path of an error speaks of; the first one if there is none. */
function wordAtFault(
  list: readonly string[],
  path: string | undefined,
  command: Command | undefined,
): number {
  if (path === undefined) return 0
  if (path.startsWith('-')) {
    // Where an option stands twice, the second is one too many.
    const exact = list.lastIndexOf(path)
    return exact === -1
      ? Math.max(
          0,
          list.findIndex((word) => word.startsWith(path)),
        )
      : exact
  }
  const chain = path === 'chain' && command !== undefined && 'chain' in command ? command.chain : undefined
  if (chain !== undefined) return Math.max(0, list.indexOf(chain))
  return path === 'target' || path === 'goto' ? jumpWord(list) : 0
}

/** The word that names where a rule leads to. */
export function jumpWord(list: readonly string[]): number {
  return list.findLastIndex((word) => jumps.has(word)) + 1
}

const jumps: ReadonlySet<string> = new Set(['-j', '--jump', '-g', '--goto'])
