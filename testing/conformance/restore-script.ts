import { ChainmailError, type Family } from 'chainmail'
import { applyCommand, parseCommand, type Table, unusedTable } from 'chainmail/text'

const RULE_COUNTERS = /^\[(\d+):(\d+)\]\s+/
const CHAIN = /^:(\S+)\s+(\S+)(?:\s+\[(\d+):(\d+)\])?$/
const WORD = /"(?:\\.|[^"\\])*"|[^\s"]+/g

/**
 * The tables that iptables-restore makes of its input: any command may stand in it, and the kernel's own chains need
 * no line of their own. iptables-restore(8)
 *
 * @throws ChainmailError where it would refuse the input
 */
export function restored(input: string, family: Family): readonly Table[] {
  let tables: readonly Table[] = []
  let table: string | undefined
  for (const line of input.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    if (table === undefined) {
      table = beginTable(line)
      tables = [...tables, unusedTable(table)]
    } else if (line === 'COMMIT') table = undefined
    else if (line.startsWith(':')) tables = declared(tables, table, line)
    else tables = commanded(tables, table, line, family)
  }
  if (table !== undefined) throw refused('COMMIT expected')
  return tables
}

function refused(what: string): ChainmailError {
  return new ChainmailError('bad-dump', what)
}

function beginTable(line: string): string {
  const [, name] = /^\*\s*(\S+)$/.exec(line) ?? []
  if (name === undefined) throw refused(`no table: ${line}`)
  return name
}

function declared(tables: readonly Table[], table: string, line: string): readonly Table[] {
  const [, name, policy, packets, bytes] = CHAIN.exec(line) ?? []
  if (name === undefined || policy === undefined) throw refused(`no chain: ${line}`)
  const known = tables.find((one) => one.name === table)?.chains.find((chain) => chain.name === name)
  if (known?.policy !== undefined) {
    if (policy === '-') return tables
    if (packets === undefined || bytes === undefined) throw refused(`counters are wanted: ${line}`)
    const counters = { packets: Number(packets), bytes: Number(bytes) }
    return tables.map((one) =>
      one.name === table
        ? {
            name: table,
            chains: one.chains.map((chain) => (chain === known ? { ...chain, policy, counters } : chain)),
          }
        : one,
    )
  }
  if (known !== undefined) return tables
  return applyCommand(tables, parseCommand(['-t', table, '-N', name], { family: 'ipv4' }))
}

function commanded(tables: readonly Table[], table: string, line: string, family: Family): readonly Table[] {
  const [counted = '', packets, bytes] = RULE_COUNTERS.exec(line) ?? []
  const words = wordsOf(line.slice(counted.length))
  if (words.some((word) => /^(?:-t|--table)/.test(word))) throw refused('-t inside of a table')
  const version = family === 'ipv4' ? '-6' : '-4'
  // A line for the other family is passed over.
  if (words.includes(version)) return tables
  const counters = packets === undefined || bytes === undefined ? [] : ['-c', packets, bytes]
  return applyCommand(tables, parseCommand(['-t', table, ...words, ...counters], { family }))
}

function wordsOf(text: string): readonly string[] {
  const words = text.trim().match(WORD) ?? []
  return words.map((word) => (word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/gs, '$1') : word))
}
