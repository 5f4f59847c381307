import { ChainmailError } from '../../errors.ts'
import type { Rule } from '../../model/rule.ts'
import { renderRule } from '../render-rule.ts'
import { Words } from '../words.ts'
import type { Command } from './command.ts'
import { quoteForShell } from './shell.ts'

/**
 * The arguments of the command, as they follow the program's name; {@link parseCommand} reads them back.
 *
 * @throws ChainmailError `bad-command` when the rules are not one rule for each pair of some sources and destinations
 */
export function renderCommand(command: Command): string[] {
  const words = command.table === 'filter' ? [] : ['-t', command.table]
  switch (command.operation) {
    case 'append':
      return [...words, '-A', command.chain, ...rulesWords(command.rules, command)]
    case 'insert': {
      const number = command.number === 1 ? [] : [String(command.number)]
      return [...words, '-I', command.chain, ...number, ...rulesWords(command.rules, command)]
    }
    case 'delete':
      return [...words, '-D', command.chain, ...rulesWords(command.rules.map(withoutCounters), command)]
    case 'delete-number':
      return [...words, '-D', command.chain, String(command.number)]
    case 'replace':
      return [...words, '-R', command.chain, String(command.number), ...rulesWords([command.rule], command)]
    case 'check':
      return [...words, '-C', command.chain, ...rulesWords(command.rules.map(withoutCounters), command)]
    case 'flush':
      return [...words, '-F', ...optional(command.chain)]
    case 'zero':
      return [...words, '-Z', ...optional(command.chain), ...optional(command.number)]
    case 'new-chain':
      return [...words, '-N', command.chain]
    case 'delete-chain':
      return [...words, '-X', ...optional(command.chain)]
    case 'rename-chain':
      return [...words, '-E', command.chain, command.to]
    case 'policy':
      return [...words, '-P', command.chain, command.policy]
    case 'list': {
      const { numeric, exact, lineNumbers } = command
      const settings = [
        ...(numeric === true ? ['-n'] : []),
        ...(exact === true ? ['-x'] : []),
        ...(lineNumbers === true ? ['--line-numbers'] : []),
      ]
      return [
        ...words,
        '-L',
        ...optional(command.chain),
        ...optional(command.number),
        ...settings,
        ...shared(command),
      ]
    }
    case 'list-rules':
      return [...words, '-S', ...optional(command.chain), ...optional(command.number), ...shared(command)]
  }
}

/** The whole command as one line that a POSIX shell reads as exactly these arguments. */
export function renderCommandLine(command: Command): string {
  const program = command.family === 'ipv4' ? 'iptables' : 'ip6tables'
  return [program, ...renderCommand(command)].map(quoteForShell).join(' ')
}

function optional(value: string | number | undefined): readonly string[] {
  return value === undefined ? [] : [String(value)]
}

function shared({ verbose, zero }: { readonly verbose?: true; readonly zero?: true }): readonly string[] {
  return [...(verbose === true ? ['-v'] : []), ...(zero === true ? ['-Z'] : [])]
}

function withoutCounters({ counters: _, ...rule }: Rule): Rule {
  return rule
}

/** The words of all the rules, their addresses joined by commas. */
function rulesWords(rules: readonly Rule[], command: Command): readonly string[] {
  const [first] = rules
  const { family } = command
  if (first === undefined) throw notOne()
  const counters =
    first.counters === undefined ? [] : ['-c', String(first.counters.packets), String(first.counters.bytes)]
  if (rules.length === 1) return [...wordsOf(first, command), ...counters]

  const everything = family === 'ipv4' ? '0.0.0.0/0' : '::/0'
  const { sources, destinations } = factors(rules, everything)
  const rest = restOf(first, command)
  if (rules.some((rule) => restOf(rule, command) !== rest || !sameCounters(rule, first))) throw notOne()
  return [
    ...list('-s', sources, everything),
    ...list('-d', destinations, everything),
    ...new Words(rest).list.filter((word) => rest !== '' || word !== ''),
    ...counters,
  ]
}

function wordsOf(rule: Rule, { family }: Command): readonly string[] {
  const text = renderRule(rule, { family })
  return text === '' ? [] : new Words(text).list
}

function restOf({ source: _source, destination: _destination, ...rest }: Rule, { family }: Command): string {
  return renderRule(rest, { family })
}

function sameCounters({ counters: one }: Rule, { counters: other }: Rule): boolean {
  return one?.packets === other?.packets && one?.bytes === other?.bytes
}

function list(flag: string, addresses: readonly string[], everything: string): readonly string[] {
  return addresses.every((address) => address === everything) && addresses.length === 1
    ? []
    : [flag, addresses.join(',')]
}

/** The sources and destinations whose pairs, in iptables' order, are those of the rules. */
function factors(
  rules: readonly Rule[],
  everything: string,
): { readonly sources: readonly string[]; readonly destinations: readonly string[] } {
  const pairs = rules.map(({ source = everything, destination = everything }) => {
    if (typeof source !== 'string' || typeof destination !== 'string') throw notOne()
    return { source, destination }
  })
  for (let width = 1; width <= pairs.length; width++) {
    if (pairs.length % width !== 0) continue
    const destinations = pairs.slice(0, width).map(({ destination }) => destination)
    const sources = pairs.filter((_, index) => index % width === 0).map(({ source }) => source)
    const fits = pairs.every(
      ({ source, destination }, index) =>
        source === sources[Math.floor(index / width)] && destination === destinations[index % width],
    )
    if (fits) return { sources, destinations }
  }
  throw notOne()
}

function notOne(): ChainmailError {
  return new ChainmailError(
    'bad-command',
    'rules: one command takes rules that differ in their addresses only, one for each source and destination.',
    { path: 'rules' },
  )
}
