import { splitLine } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { parseDumpLine } from '../../text/command/parse-command.ts'
import type { ListedChain } from '../plan/listing.ts'
import { type ChangingCommand, operationsOf } from '../rules/commands.ts'
import type { Operation, Place } from '../rules/operation.ts'

type Chains = ReadonlyMap<string, ListedChain>

/** A command of iptables as operations on the chains that are there. */
export function commandOperations(command: ChangingCommand): (chains: Chains) => readonly Operation[] {
  return (chains) => {
    if (command.operation === 'flush' && command.chain === undefined)
      return Array.from(chains.keys(), (chain) => ({ do: 'flush', chain }))
    return operationsOf(command)
  }
}

/** Lines of iptables-restore as such operations; those that it will refuse are left out. */
export function lineOperations(
  place: Place,
  lines: readonly string[],
): (chains: Chains) => readonly Operation[] {
  return (chains) => lines.flatMap((line) => ofLine(line, place, chains))
}

const CHAIN_LINE = /^:(\S+) (\S+)/

function ofLine(line: string, { table, family }: Place, chains: Chains): readonly Operation[] {
  const [, chain, policy] = CHAIN_LINE.exec(line) ?? []
  if (chain !== undefined && policy !== undefined) {
    const isPolicy = policy !== '-'
    return isPolicy
      ? [{ do: 'flush', chain }, ...(chains.has(chain) ? [{ do: 'policy', chain, policy } as const] : [])]
      : [{ do: 'create', chain }]
  }
  try {
    const words = splitLine(line)
    const command = words && parseDumpLine(words, table, { table, family })
    if (command === undefined || !isChanging(command)) return []
    return commandOperations(command)(chains)
  } catch (error) {
    if (error instanceof ChainmailError) return []
    throw error
  }
}

function isChanging(command: NonNullable<ReturnType<typeof parseDumpLine>>): command is ChangingCommand {
  const { operation } = command
  return operation !== 'check' && operation !== 'list' && operation !== 'list-rules'
}
