import type { Command } from '../../text/command/command.ts'
import { quoteName } from '../../text/quote.ts'
import { type Operation, type Place, restoreLines } from './operation.ts'
import type { RuleWriter } from './writer.ts'

/** A command that changes something, which those that list or check do not. */
export type ChangingCommand = Exclude<Command, { readonly operation: 'check' | 'list' | 'list-rules' }>

/**
 * Makes the change that one command of iptables asks for, in one commit: all of its rules or none.
 *
 * @throws RestoreError what the kernel or iptables refuses it for
 */
export function runCommand(command: ChangingCommand, writer: RuleWriter): Promise<void> {
  const { table, family } = command
  return writer.change({ table, family }, linesOf(command))
}

/** The lines of iptables-restore that do what the command says. */
export function linesOf(command: ChangingCommand): readonly string[] {
  switch (command.operation) {
    case 'flush':
      return [joined('-F', command.chain)]
    case 'zero':
      return [joined('-Z', command.chain, command.number)]
    case 'delete-chain':
      return [joined('-X', command.chain)]
    case 'rename-chain':
      return [joined('-E', command.chain, command.to)]
    default:
      return restoreLines(operationsOf(command), { family: command.family })
  }
}

/** The command in the words of transactions, which have none for what concerns every chain, counters or names. */
export function operationsOf(command: ChangingCommand): readonly Operation[] {
  const { chain } = command
  if (chain === undefined) return []
  switch (command.operation) {
    case 'append':
      return command.rules.map((rule) => ({ do: 'append', chain, rule }))
    case 'insert':
      return command.rules.map((rule) => ({ do: 'insert', chain, position: command.number, rule }))
    case 'delete':
      return command.rules.map((rule) => ({ do: 'delete', chain, rule }))
    case 'delete-number':
      return [{ do: 'delete', chain, rule: command.number }]
    case 'replace':
      return [{ do: 'replace', chain, position: command.number, rule: command.rule }]
    case 'new-chain':
      return [{ do: 'create', chain }]
    case 'policy':
      return [{ do: 'policy', chain, policy: command.policy }]
    case 'flush':
      return [{ do: 'flush', chain }]
    case 'delete-chain':
      return [{ do: 'remove', chain }]
    case 'zero':
    case 'rename-chain':
      return []
  }
}

/** An operation of a transaction as the command that does it. */
export function commandOf(operation: Operation, place: Place): ChangingCommand {
  const { chain } = operation
  switch (operation.do) {
    case 'create':
      return { ...place, operation: 'new-chain', chain }
    case 'flush':
      return { ...place, operation: 'flush', chain }
    case 'remove':
      return { ...place, operation: 'delete-chain', chain }
    case 'policy':
      return { ...place, operation: 'policy', chain, policy: operation.policy }
    case 'append':
      return { ...place, operation: 'append', chain, rules: [operation.rule] }
    case 'insert':
      return { ...place, operation: 'insert', chain, number: operation.position, rules: [operation.rule] }
    case 'delete':
      return typeof operation.rule === 'number'
        ? { ...place, operation: 'delete-number', chain, number: operation.rule }
        : { ...place, operation: 'delete', chain, rules: [operation.rule] }
    case 'replace':
      return { ...place, operation: 'replace', chain, number: operation.position, rule: operation.rule }
  }
}

function joined(flag: string, chain: string | undefined, more?: string | number): string {
  const words = chain === undefined ? [] : [quoteName(chain)]
  return [flag, ...words, ...(more === undefined ? [] : [String(more)])].join(' ')
}
