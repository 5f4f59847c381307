import { type Backend, type Family, hostNames, nameAddresses } from '@chainmail/kernel'
import type { ChangingCommand } from '../engine/rules/commands.ts'
import { ChainmailError } from '../errors.ts'
import { isTableName } from '../model/names/tables.ts'
import { isNegation } from '../model/negation.ts'
import type { Rule } from '../model/rule.ts'
import { spellingOf } from '../model/version.ts'
import { unusedTable } from '../text/command/apply-command.ts'
import { sortedChains } from '../text/command/chain-order.ts'
import type { Command } from '../text/command/command.ts'
import { type Call, parseCall } from '../text/command/parse-command.ts'
import {
  type ListedNames,
  type ListingContext,
  noNames,
  renderListing,
  renderRuleSpecifications,
  verboseLine,
} from '../text/listing/index.ts'
import type { Table } from '../text/save.ts'
import { resolveHosts } from './hosts.ts'
import type { CommandSets } from './ipset/sets.ts'
import { iptablesHelp } from './iptables-help.ts'
import { type Outcome, printed, silent } from './outcome.ts'
import { exits, nameOf, type Program, titleOf } from './program.ts'
import { refusalOf, stateRefusal } from './refusal.ts'
import { DEPRECATED, usageOutcome } from './usage.ts'

/** What the stand-in needs of the firewall. */
export interface CommandFirewall {
  readonly backend: Backend
  readonly host: {
    readonly states: readonly {
      readonly family: Family
      readonly backend: Backend
      readonly version: string
    }[]
  }
  readonly setCommands: CommandSets
  tables(options: { readonly family: Family }): Promise<readonly Table[]>
  command(command: ChangingCommand): Promise<void>
  /** Commits lines of a dump to a table, which is not flushed before. */
  restore(place: { readonly table: string; readonly family: Family }, lines: readonly string[]): Promise<void>
}

/** The program of a family that a firewall stands in for. */
export function programOf({ backend, host }: CommandFirewall, family: Family): Program {
  const state = host.states.find((one) => one.backend === backend && one.family === family)
  return { backend, family, version: state?.version ?? '' }
}

/**
 * Does what a call of iptables or ip6tables would do, and prints and ends as it would.
 *
 * @param words the arguments behind the program's name
 */
export async function iptables(
  words: readonly string[],
  family: Family,
  firewall: CommandFirewall,
): Promise<Outcome> {
  const program = programOf(firewall, family)
  const call = await readCall(program, words)
  if ('code' in call) return call
  const outcome = await runCall(program, call, firewall)
  return call.setsInterval ? { ...outcome, stderr: `${DEPRECATED}\n${outcome.stderr}` } : outcome
}

async function runCall(
  program: Program,
  { command, verbose }: Call,
  firewall: CommandFirewall,
): Promise<Outcome> {
  if (!isTableName(command.table)) return unknownTable(program, command.table)
  const { operation } = command
  if (operation === 'check') return check(program, command, verbose, firewall)
  if (operation === 'list' || operation === 'list-rules') return list(program, command, firewall)
  return change(program, command, verbose, firewall)
}

async function readCall(program: Program, words: readonly string[]): Promise<Call | Outcome> {
  const { family } = program
  if (words.some((word) => word === '-V' || word === '--version')) return printed(`${titleOf(program)}\n`)
  if (words.some((word) => word === '-h' || word === '--help')) return printed(iptablesHelp(program))
  try {
    return parseCall(words, { family, ...spellingOf(program.version) })
  } catch (error) {
    if (!(error instanceof ChainmailError)) throw error
    const resolved = ADDRESS.test(error.message) ? await resolveHosts(words, family) : undefined
    return resolved === undefined ? usageOutcome(program, words, error) : readCall(program, resolved)
  }
}

const ADDRESS = /^-[sd]: ".*" is not an address/s

async function change(
  program: Program,
  command: ChangingCommand,
  verbose: boolean,
  firewall: CommandFirewall,
): Promise<Outcome> {
  const before = verbose && tellsChains.has(command.operation) ? await read(firewall, command) : undefined
  try {
    await firewall.command(command)
  } catch (error) {
    const refusal = refusalOf(program, command, error, await read(firewall, command))
    return verbose ? withTold(program, command, refusal) : refusal
  }
  if (!verbose) return silent
  return printed(before === undefined ? told(program, command) : toldChains(program, command, before))
}

/** The nft backend tells of a rule once it has found it, and legacy before. */
function withTold(program: Program, command: Command, refusal: Outcome): Outcome {
  if (program.backend === 'nft' && (command.operation !== 'append' || refusal.code === exits.resources))
    return refusal
  return refusal.code === exits.usage ? refusal : { ...refusal, stdout: told(program, command) }
}

const tellsChains: ReadonlySet<Command['operation']> = new Set(['flush', 'zero', 'delete-chain'])

/** The rules of a command, as `-v` tells them. */
function told(program: Program, command: Command): string {
  const rules: readonly Rule[] = 'rules' in command ? command.rules : 'rule' in command ? [command.rule] : []
  const context: ListingContext = {
    ...program,
    ...spellingOf(program.version),
    numeric: true,
    names: noNames,
  }
  return rules.map((rule) => `${verboseLine(rule, context)}\n`).join('')
}

function toldChains(
  { backend }: Program,
  { operation, chain: wanted }: Pick<Command, 'operation' | 'chain'>,
  { chains, unused }: SeenTable,
): string {
  const verb = operation === 'flush' ? 'Flushing' : operation === 'zero' ? 'Zeroing' : 'Deleting'
  return chains
    .filter(({ name, policy }) => {
      if (wanted !== undefined) return name === wanted
      if (operation === 'delete-chain') return policy === undefined
      return operation === 'flush' || backend === 'legacy' || !unused.has(name)
    })
    .map(({ name }) => `${verb} chain \`${name}'\n`)
    .join('')
}

async function check(
  program: Program,
  command: Command,
  verbose: boolean,
  firewall: CommandFirewall,
): Promise<Outcome> {
  const refusal = stateRefusal(program, command, await read(firewall, command))
  if (!verbose) return refusal ?? silent
  return refusal === undefined ? printed(told(program, command)) : withTold(program, command, refusal)
}

async function list(
  program: Program,
  command: Command & { readonly operation: 'list' | 'list-rules' },
  firewall: CommandFirewall,
): Promise<Outcome> {
  const table = await read(firewall, command)
  const refusal = stateRefusal(program, command, table)
  if (refusal !== undefined) return refusal
  const { family } = program
  const numeric = command.operation === 'list-rules' || command.numeric === true
  const names = numeric ? noNames : await namesFor(table)
  const context: ListingContext = { ...program, ...spellingOf(program.version), numeric, names }
  const verbose = command.verbose === true
  const text =
    command.operation === 'list-rules'
      ? renderRuleSpecifications(table, command, verbose, context)
      : renderListing(
          table,
          command,
          { verbose, exact: command.exact === true, lineNumbers: command.lineNumbers === true },
          context,
        )
  if (command.zero === true) {
    const { chain, number } = command
    await firewall.command({
      family,
      table: command.table,
      operation: 'zero',
      ...(chain === undefined ? {} : { chain }),
      ...(number === undefined ? {} : { number }),
    })
  }
  const zeroed =
    command.zero === true && verbose ? toldChains(program, { ...command, operation: 'zero' }, table) : ''
  return printed(text + zeroed)
}

interface SeenTable extends Table {
  /** Chains of the kernel's that nothing has used yet. */
  readonly unused: ReadonlySet<string>
}

/** The table as iptables sees it: with the kernel's own chains, even where nothing has used them yet. */
async function read(firewall: CommandFirewall, { family, table: name }: Command): Promise<SeenTable> {
  const found = (await firewall.tables({ family })).find((table) => table.name === name)
  const known = new Set(found?.chains.map((chain) => chain.name))
  const missing = unusedTable(name).chains.filter((chain) => !known.has(chain.name))
  return {
    name,
    chains: found === undefined ? missing : sortedChains(name, [...found.chains, ...missing]),
    unused: new Set(missing.map((chain) => chain.name)),
  }
}

async function namesFor({ chains }: Table): Promise<ListedNames> {
  const addresses = chains.flatMap(({ rules }) =>
    rules.flatMap(({ source, destination }) =>
      [source, destination].flatMap((value) => {
        const text = isNegation(value) ? value.not : value
        return typeof text === 'string' ? [text.replace(/\/.*$/, '')] : []
      }),
    ),
  )
  const hosts = await nameAddresses(addresses)
  return { ...hostNames(), host: (address) => hosts.get(address) }
}

function unknownTable(program: Program, table: string): Outcome {
  const words =
    program.backend === 'nft'
      ? `table '${table}' does not exist`
      : `can't initialize ${nameOf(program)} table \`${table}': Table does not exist (do you need to insmod?)`
  const advice = `Perhaps ${nameOf(program)} or your kernel needs to be upgraded.`
  return { code: exits.version, stdout: '', stderr: `${titleOf(program)}: ${words}\n${advice}\n` }
}
