import { isOwnedSet } from '../access/ownership.ts'
import type { Argument, Input } from '../command.ts'
import { quoted, refusal } from '../refusal.ts'
import { forceOption } from './force.ts'

export const nameArgument: Argument = {
  name: 'NAME',
  about: 'the name of the set',
  required: true,
  completes: 'sets',
}

/**
 * The name of a set that is to be changed.
 *
 * @throws Refusal `set-owned` for what chainmail keeps for itself, unless it is forced
 */
export function changeable(name: string, input: Input): string {
  if (!isOwnedSet(name) || input.has(forceOption)) return name
  throw refusal(
    'set-owned',
    'Set of chainmail itself',
    `The set ${quoted(name)} is one that chainmail keeps for itself.`,
    'chainmail ban, unban and allow change what it holds; --direct --force changes it nevertheless.',
  )
}
