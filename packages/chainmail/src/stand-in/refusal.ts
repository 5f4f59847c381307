import { RestoreError, XtablesError } from '@chainmail/kernel'
import { ChainmailError } from '../errors.ts'
import { isBuiltIn } from '../model/names/tables.ts'
import { findTarget } from '../model/registry.ts'
import type { Rule } from '../model/rule.ts'
import { ChangingTable } from '../text/command/changing-table.ts'
import type { Command } from '../text/command/command.ts'
import type { Table } from '../text/save.ts'
import type { Outcome } from './outcome.ts'
import { exits, failed, nameOf, type Program, titleOf, wrongUsage } from './program.ts'

/**
 * What iptables prints, and how it ends, when it refuses a command: the words of the backend, as seen with 1.8.9.
 *
 * @param error what the kernel, or the model in its place, refused it with
 * @param table as the kernel had it
 */
export function refusalOf(program: Program, command: Command, error: unknown, table: Table): Outcome {
  return stateRefusal(program, command, table) ?? kernelRefusal(program, command, error)
}

/** What the table's own state does not allow; undefined where the model sees nothing wrong. */
export function stateRefusal(program: Program, command: Command, table: Table): Outcome | undefined {
  const missing = missingTarget(command, table)
  if (missing !== undefined) return targetRefusal(program, missing)
  try {
    ChangingTable.of(table).apply(command)
    return undefined
  } catch (error) {
    if (!(error instanceof ChainmailError)) throw error
    return knownRefusal(program, command, error.code, table)
  }
}

/** The chain that a rule of the command leads to and that is not there. */
function missingTarget(command: Command, { chains }: Table): Rule | undefined {
  const rules = 'rules' in command ? command.rules : 'rule' in command ? [command.rule] : []
  return rules.find((rule) => {
    const to = rule.goto ?? (typeof rule.target === 'string' ? rule.target : undefined)
    if (to === undefined || (rule.goto === undefined && findTarget(to, command.family) !== undefined))
      return false
    return !chains.some(({ name }) => name === to)
  })
}

function targetRefusal(program: Program, { goto, target }: Rule): Outcome {
  const name = goto ?? String(target)
  if (program.backend === 'nft') return wrongUsage(program, `Chain '${name}' does not exist`)
  return wrongUsage(
    program,
    goto === undefined
      ? `Couldn't load target \`${name}':No such file or directory\n`
      : `goto '${name}' is not a chain`,
  )
}

function knownRefusal(
  program: Program,
  command: Command,
  code: ChainmailError['code'],
  table: Table,
): Outcome | undefined {
  switch (code) {
    case 'chain-not-found':
      return chainRefusal(program, command)
    case 'chain-exists':
      return failed(program, command.operation === 'rename-chain' ? 'File exists.' : 'Chain already exists.')
    case 'chain-busy':
      return busyRefusal(program, command, table)
    case 'rule-not-found':
      return failed(program, BAD_RULE)
    case 'index-too-big':
      return failed(program, `Index of ${indexNames[command.operation] ?? 'rule'} too big.`)
    case 'chain-built-in':
      return builtInRefusal(program, command)
    case 'bad-command':
      return policyRefusal(program, command, table)
    default:
      return undefined
  }
}

const BAD_RULE = 'Bad rule (does a matching rule exist in that chain?).'
const NO_CHAIN = 'No chain/target/match by that name.'

const indexNames: Partial<Record<Command['operation'], string>> = {
  insert: 'insertion',
  replace: 'replacement',
  'delete-number': 'deletion',
  zero: 'counter',
}

function chainRefusal(program: Program, command: Command): Outcome {
  const { operation, table } = command
  if (operation === 'check' || operation === 'delete') return failed(program, BAD_RULE)
  if (operation === 'policy') return failed(program, 'Bad built-in chain name.')
  if ((operation === 'list' || operation === 'list-rules') && program.backend === 'nft') {
    const words = `chain \`${command.chain}' in table \`${table}' is incompatible, use 'nft' tool.`
    return { code: exits.failed, stdout: '', stderr: `${titleOf(program)}: ${words}\n` }
  }
  return failed(program, NO_CHAIN)
}

function busyRefusal(program: Program, command: Command, { chains }: Table): Outcome {
  const wanted = command.chain
  const leaving = chains.filter(({ name, policy }) =>
    wanted === undefined ? policy === undefined : name === wanted,
  )
  const isReferred = (name: string): boolean =>
    chains.some(({ rules }) => rules.some(({ target, goto }) => (goto ?? target) === name))
  const referred = leaving.find(({ name }) => isReferred(name))
  if (program.backend === 'legacy')
    return failed(program, referred === undefined ? 'Directory not empty.' : 'Too many links.')
  const busy = leaving.findLast(({ name, rules }) => rules.length > 0 || isReferred(name))
  return nftRefusal(program, `CHAIN_DEL failed (Device or resource busy): chain ${busy?.name ?? wanted}`)
}

function builtInRefusal(program: Program, { operation }: Command): Outcome | undefined {
  if (operation === 'delete-chain') return failed(program, program.backend === 'nft' ? NO_CHAIN : INVALID)
  return operation === 'rename-chain' ? failed(program, NO_CHAIN) : undefined
}

const INVALID = "Invalid argument. Run `dmesg' for more information."

function policyRefusal(program: Program, command: Command, table: Table): Outcome | undefined {
  if (command.operation !== 'policy') return undefined
  if (!isBuiltIn(table.name, command.chain)) return failed(program, 'Bad built-in chain name.')
  if (table.name !== 'nat' || command.policy !== 'DROP') return undefined
  return wrongUsage(program, NAT_DROP)
}

const NAT_DROP =
  '\nThe "nat" table is not intended for filtering, the use of DROP is therefore inhibited.\n\n'

/** What the kernel itself refused, in the words that it or iptables-restore used. */
function kernelRefusal(program: Program, command: Command, error: unknown): Outcome {
  if (!(error instanceof XtablesError)) throw error
  const { code, kernelWords = '' } = error
  if (code === 'set-not-found') return wrongUsage(program, `${kernelWords}\n`)
  if (code === 'extension-unknown')
    return wrongUsage(
      program,
      `${kernelWords}
`,
    )
  if (code === 'bad-rule')
    return wrongUsage(program, kernelWords.startsWith("Can't use") ? `${kernelWords}\n` : kernelWords)
  if (code === 'lock-timeout' || code === 'lock-unavailable')
    return { code: exits.resources, stdout: '', stderr: `${kernelWords}\n` }
  if (code === 'not-permitted') return permissionRefusal(program, command)
  if (program.backend === 'legacy')
    return failed(program, error instanceof RestoreError ? INVALID : kernelWords)
  return nftRefusal(program, kernelWords)
}

/** The blank before the words is iptables-nft's own. */
function nftRefusal(program: Program, words: string): Outcome {
  return { code: exits.resources, stdout: '', stderr: `${titleOf(program)}:  ${words}\n` }
}

function permissionRefusal(program: Program, { table }: Command): Outcome {
  if (program.backend === 'nft') {
    const words = 'Could not fetch rule set generation id: Permission denied (you must be root)'
    return { code: exits.resources, stdout: '', stderr: `${titleOf(program)}: ${words}\n` }
  }
  const words = `can't initialize ${nameOf(program)} table \`${table}': Permission denied (you must be root)`
  const advice = 'Perhaps iptables or your kernel needs to be upgraded.'
  return { code: exits.version, stdout: '', stderr: `${titleOf(program)}: ${words}\n${advice}\n` }
}
