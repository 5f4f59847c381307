import { type IpsetCall, type IpsetOptions, noOptions, readCall } from './call.ts'
import { IpsetRefusal } from './refusal.ts'
import { restoreWords } from './restore-words.ts'

/** The sets that a call of ipset may change. */
export interface ConcernedSets {
  readonly names: readonly string[]
  /** All that there are, whatever their names. */
  readonly all: boolean
}

const nothing: ConcernedSets = { names: [], all: false }

/** @param input what comes by its standard input */
export function concernedSets(words: readonly string[], input: string): ConcernedSets {
  const call = readOrNothing(words, noOptions)
  if (call === undefined) return nothing
  if (call.command !== 'restore' && call.command !== 'interactive') return concernedBy(call)
  const names = new Set<string>()
  let all = false
  let { options } = call
  for (const line of input.split('\n')) {
    const read = readOrNothing(restoreWords(line), options)
    if (read === undefined) continue
    options = read.options
    const concerned = concernedBy(read)
    all ||= concerned.all
    for (const name of concerned.names) names.add(name)
  }
  return { names: [...names], all }
}

function concernedBy({ command, operands }: IpsetCall): ConcernedSets {
  switch (command) {
    case 'create':
    case 'add':
    case 'del':
      return { names: operands.slice(0, 1), all: false }
    case 'rename':
    case 'swap':
      return { names: operands, all: false }
    case 'flush':
    case 'destroy':
      return { names: operands, all: operands.length === 0 }
    default:
      return nothing
  }
}

/** What cannot be read changes nothing. */
function readOrNothing(words: readonly string[], options: IpsetOptions): IpsetCall | undefined {
  try {
    return readCall(words, options)
  } catch (error) {
    if (error instanceof IpsetRefusal) return undefined
    throw error
  }
}
