import type { EntryRequest } from 'chainmail'
import type { BulkOutcome, SetFacts, SetsAccess } from '../access/sets.ts'
import { type Argument, accessOptions, type Command } from '../command.ts'
import { asRefusal, quoted, Refusal, refusal } from '../refusal.ts'
import { printable } from '../terminal/text.ts'
import { forceOption } from './force.ts'
import { counted, openList } from './list-input.ts'
import { changeable } from './set-name.ts'

const oneName: Argument = {
  name: 'NAME',
  about: 'one set; without it, all of them',
  required: false,
  completes: 'sets',
}

export const saveCommand: Command = {
  name: 'sets save',
  about: 'write sets as ipset save does',
  description: [
    'Writes the sets in the words of ipset save, for ipset restore or chainmail sets restore to read.',
  ],
  arguments: [oneName],
  options: accessOptions,
  examples: [
    { command: 'chainmail sets save', about: 'all sets' },
    { command: 'chainmail sets save customers', about: 'one set' },
  ],
  exits: { refused: 'there is no such set, or the daemon or the kernel refused' },
  run: async (input, session) => {
    const { addLine, createLine } = await import('chainmail/lists')
    const { sets } = await session.access()
    const name = input.argument(oneName)
    const chosen = name === undefined ? (await sets.list()).value : [(await sets.describe(name)).value]
    async function* text(): AsyncGenerator<string, void> {
      for (const set of chosen) {
        let piece = `${createLine(set.name, set.type, set.options)}\n`
        for await (const entry of sets.entries(set.name)) {
          piece += `${addLine(set.name, entry)}\n`
          if (piece.length < PIECE) continue
          yield piece
          piece = ''
        }
        yield piece
      }
    }
    return { document: { sets: chosen }, text, lines: () => [] }
  },
}

/** Characters that are written at once. */
const PIECE = 65_536

const fileArgument: Argument = {
  name: 'FILE',
  about: 'what ipset save or chainmail sets save printed; - or nothing for standard input',
  required: false,
  completes: 'files',
}

export const restoreCommand: Command = {
  name: 'sets restore',
  about: 'do what a file for ipset restore says',
  description: [
    'Reads create, add, del, flush, swap, rename and destroy, a command a line, and does them in their order, many adds at once. It stops at the first that is refused: what stood before it is done. Entries that are there already are renewed, and sets that are there with the same type are filled on, as ipset restore -exist does.',
  ],
  arguments: [fileArgument],
  options: [forceOption, ...accessOptions],
  examples: [
    { command: 'chainmail sets restore sets.txt', about: 'a file' },
    { command: 'ssh other ipset save | chainmail sets restore', about: 'the sets of another machine' },
  ],
  exits: { done: 'everything is done', refused: 'a line cannot be read or was refused; its number is told' },
  run: async (input, session) => {
    const file = input.argument(fileArgument) ?? '-'
    const source = await openList(file, session)
    const { sets } = await session.access()
    const progress = session.progress({ label: 'restoring', noun: 'commands', totalBytes: source.length })
    try {
      const reader = new CommandReader(counted(source.bytes, progress), (name) => changeable(name, input))
      let commands = 0
      for (let next = await reader.next(); next !== undefined; next = await reader.next()) {
        commands += await perform(sets, next, reader)
        progress.items(1)
      }
      return { document: { commands }, lines: () => [`${commands} commands are done.`] }
    } finally {
      progress.end()
    }
  },
}

type Operation = NonNullable<ReturnType<typeof import('chainmail/lists').parseRestoreLine>>

/** The commands of a text, with one looked at ahead. */
class CommandReader {
  readonly #operations: AsyncGenerator<Operation, void>
  #ahead: Operation | undefined

  constructor(bytes: AsyncIterable<Uint8Array | string>, check: (name: string) => void) {
    this.#operations = operationsIn(bytes, check)
  }

  async next(): Promise<Operation | undefined> {
    const ahead = this.#ahead
    this.#ahead = undefined
    if (ahead !== undefined) return ahead
    const next = await this.#operations.next()
    return next.done === true ? undefined : next.value
  }

  /** The entries of this command and of those right behind it that do the same to the same set. */
  async *run(
    first: Operation & { readonly entry: EntryRequest },
    lines: number[],
  ): AsyncGenerator<EntryRequest, void> {
    let operation: Operation | undefined = first
    while (operation !== undefined && 'entry' in operation) {
      if (operation.command !== first.command || operation.name !== first.name) break
      lines.push(operation.line)
      yield operation.entry
      operation = await this.next()
    }
    this.#ahead = operation
  }
}

async function* operationsIn(
  bytes: AsyncIterable<Uint8Array | string>,
  check: (name: string) => void,
): AsyncGenerator<Operation, void> {
  const { LineFault, lineBlocks, parseRestoreLine } = await import('chainmail/lists')
  for await (const { first, lines } of lineBlocks(bytes)) {
    for (const [index, line] of lines.entries()) {
      const number = first + index
      if (line instanceof LineFault) throw refusedLine(number, line.code, line.message)
      const operation = parsed(() => parseRestoreLine(line, number), number)
      if (operation === undefined) continue
      if (operation.name === undefined)
        throw refusedLine(number, 'bad-restore-line', `${operation.command} needs the name of a set here.`)
      check(operation.name)
      if ('name2' in operation) check(operation.name2)
      yield operation
    }
  }
}

function parsed<T>(read: () => T, line: number): T {
  try {
    return read()
  } catch (error) {
    const told = asRefusal(error)
    throw told === undefined ? error : refusedLine(line, told.code, told.message)
  }
}

/** Does one command, or the run of adds or dels that it begins, and returns how many lines that were. */
async function perform(sets: SetsAccess, operation: Operation, reader: CommandReader): Promise<number> {
  const { line } = operation
  try {
    switch (operation.command) {
      case 'add':
      case 'del': {
        const lines: number[] = []
        const entries = reader.run(operation, lines)
        const outcome = await (operation.command === 'add'
          ? sets.add(operation.name, entries)
          : sets.delete(operation.name, entries))
        stopAtRefused(outcome, lines)
        return lines.length
      }
      case 'create':
        await create(sets, operation.name, operation.type, operation.options)
        return 1
      case 'swap':
        await sets.swap(operation.name, operation.name2)
        return 1
      case 'rename':
        await sets.rename(operation.name, operation.name2)
        return 1
      case 'flush':
        await sets.flush(operation.name ?? '')
        return 1
      case 'destroy':
        await sets.destroy(operation.name ?? '')
        return 1
    }
  } catch (error) {
    const told = asRefusal(error)
    if (told === undefined || told.problem.line !== undefined) throw error
    throw refusedLine(line, told.code, told.message)
  }
}

/** A set that is there with the same type is filled on. */
async function create(
  sets: SetsAccess,
  name: string,
  type: string,
  options: SetFacts['options'] | object,
): Promise<void> {
  try {
    await sets.create(name, type, { ...options })
  } catch (error) {
    if (asRefusal(error)?.code !== 'set-exists') throw error
    const there = (await sets.describe(name)).value
    if (there.type !== type)
      throw refusal('set-exists', 'set exists', `There is a set ${quoted(name)} of the type ${there.type}.`)
  }
}

function stopAtRefused({ examples: [first] }: BulkOutcome, lines: readonly number[]): void {
  if (first === undefined) return
  throw refusedLine(lines[first.index] ?? 0, first.code, first.message)
}

function refusedLine(line: number, code: string, message: string): Refusal {
  const words = message.replace(/^line \d+: /i, '')
  return new Refusal(
    {
      type: 'about:blank',
      title: code.replaceAll('-', ' '),
      detail: printable(`line ${line}: ${words}`),
      code,
      line,
    },
    undefined,
    'refused',
  )
}
