import type { RestoreOperation } from '@chainmail/kernel'
import { isOwnedName } from '../../engine/ownership.ts'
import type { IpsetCall } from './call.ts'
import { readCreation } from './creation.ts'
import { readEntry } from './entry.ts'
import { IpsetRefusal } from './refusal.ts'
import type { CommandSets } from './sets.ts'

/** A change that a call asks for, and what is told of it. */
export interface AskedChange {
  readonly operation: RestoreOperation
  readonly warnings: readonly string[]
}

/**
 * The change that a call asks for; undefined where it asks for none.
 *
 * @param line of what is restored, counted from 1
 * @throws IpsetRefusal; KernelError `set-not-found`, `set-type-unsupported`
 */
export async function changeOf(
  { command, operands, options }: IpsetCall,
  sets: Pick<CommandSets, 'checkType' | 'header'>,
  line = 1,
): Promise<AskedChange | undefined> {
  const [name = '', ...words] = operands
  const terms = { line, exists: options.exist ? 'ignore' : 'fail' } as const
  switch (command) {
    case 'create': {
      const { type, options: created, warnings } = await readCreation(words, sets)
      refuseOwned(name)
      return { operation: { command, name, type, options: created, ...terms }, warnings }
    }
    case 'add':
    case 'del': {
      const entry = await readEntry(command, words, sets.header(name))
      refuseOwned(name)
      return { operation: { command, name, entry, ...terms }, warnings: [] }
    }
    case 'flush':
    case 'destroy': {
      const [set] = operands
      if (set !== undefined) refuseOwned(set)
      return { operation: { command, name: set, ...terms }, warnings: [] }
    }
    case 'swap':
    case 'rename': {
      const [name2 = ''] = words
      refuseOwned(name)
      refuseOwned(name2)
      return { operation: { command, name, name2, ...terms }, warnings: [] }
    }
    default:
      return undefined
  }
}

/** What chainmail keeps for itself is changed by its own commands alone. */
function refuseOwned(name: string): void {
  if (isOwnedName(name))
    throw new IpsetRefusal(
      `The set ${name} is one of chainmail's own, which only ban, unban and allow change`,
    )
}
