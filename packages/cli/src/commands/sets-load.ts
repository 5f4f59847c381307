import type { EntryRequest } from 'chainmail'
import type { ListOptions } from 'chainmail/lists'
import type { SetFacts, SetsAccess } from '../access/sets.ts'
import { type Argument, accessOptions, type Command, type Input } from '../command.ts'
import { flag, text } from '../option.ts'
import { asRefusal, Refusal } from '../refusal.ts'
import type { ProgressReport } from '../terminal/progress.ts'
import { printable } from '../terminal/text.ts'
import { forceOption } from './force.ts'
import {
  BrokenLines,
  brokenOff,
  counted,
  listOptions,
  listOptionsOf,
  openList,
  tellingMore,
} from './list-input.ts'
import { changeable, nameArgument } from './set-name.ts'
import * as aggregated from './sets-aggregated.ts'
import { readCreation } from './sets-change.ts'

const fileArgument: Argument = {
  name: 'FILE',
  about: 'the list; - for standard input',
  required: true,
  completes: 'files',
}

const replaceOption = flag({
  name: 'replace',
  about: 'make the set hold the entries of the list and no others, in one step for a packet',
})

const aggregateOption = flag({
  name: 'aggregate',
  about:
    'merge networks that touch or overlap, for a hash:net; each stays known as it was given, in the set NAME~all, so that chainmail sets del can take it out',
})

const createOption = text({
  name: 'create',
  placeholder: 'TYPE',
  about:
    'make the set if it is not there, of this type; in quotes with options, such as "hash:net timeout 3600"',
})

export const loadCommand: Command = {
  name: 'sets load',
  about: 'fill a set from a list of entries',
  description: [
    'Reads a list of addresses, networks or whatever the set holds, from a file or standard input, and adds them to the set; with --replace the set has exactly these, and no packet ever sees it half full. A list of a million entries takes a few seconds.',
    'Lists have an entry a line with comments behind # or ;, or are a table in CSV, JSON lines, or what ipset save prints. Duplicates are no error.',
    'A line that holds no entry stops everything: with --replace nothing has changed then, and otherwise what stood before it is in. With --skip-broken such lines are left out and told of.',
  ],
  arguments: [nameArgument, fileArgument],
  options: [replaceOption, aggregateOption, createOption, ...listOptions, forceOption, ...accessOptions],
  examples: [
    { command: 'chainmail sets load blocked list.txt --create hash:net', about: 'a new set' },
    {
      command: 'curl -s example.org | chainmail sets load blocked - --replace',
      about: 'the list of today',
    },
    {
      command: 'chainmail sets load blocked table.csv --column ip',
      about: 'a column of a table',
    },
    { command: 'chainmail sets load blocked list.txt --replace --aggregate', about: 'merged' },
  ],
  exits: {
    done: 'the kernel has all of them, or with --skip-broken all that can be read',
    refused: 'the list cannot be read, an entry was not taken, or there is no such set',
  },
  run: async (input, session) => {
    const name = changeable(input.required(nameArgument), input)
    const source = await openList(input.required(fileArgument), session)
    const { sets } = await session.access()
    const { set, isNew } = await targetSet(sets, name, input.value(createOption))
    const progress = session.progress({
      label: `loading ${printable(name)}`,
      noun: 'entries',
      totalBytes: source.length,
    })
    try {
      const broken = new BrokenLines()
      const list = new LoadedList(
        { ...listOptionsOf(input, broken), type: set.type, family: familyOf(set) },
        progress,
      )
      const entries = list.read(counted(source.bytes, progress))
      const outcome = await fill(sets, set, entries, input, list, source.lines)
      progress.end()
      if (list.failure !== undefined)
        throw isNew ? list.failure : tellingMore(list.failure, `Before that, ${outcome.sentence}`)
      return {
        document: {
          set: name,
          created: isNew,
          ...outcome.document,
          broken: broken.count,
          brokenLines: broken.first,
        },
        ends: outcome.refused.length === 0 ? 'done' : 'refused',
        lines: () => [
          printable(`${name}: ${outcome.sentence}`),
          ...broken.lines('left out'),
          ...outcome.refused.map(({ line, message }) => printable(`  line ${line}: ${message}`)),
        ],
      }
    } catch (error) {
      if (!isNew) throw error
      await sets.destroy(name)
      throw tellingMore(error, `The new set ${name} was removed again.`)
    } finally {
      progress.end()
    }
  },
}

function familyOf({ options }: SetFacts): 'inet' | 'inet6' | undefined {
  return options.family === 'inet' || options.family === 'inet6' ? options.family : undefined
}

async function targetSet(
  sets: SetsAccess,
  name: string,
  creation: string | undefined,
): Promise<{ readonly set: SetFacts; readonly isNew: boolean }> {
  try {
    return { set: (await sets.describe(name)).value, isNew: false }
  } catch (error) {
    const told = asRefusal(error)
    if (told?.code !== 'set-not-found') throw error
    if (creation === undefined)
      throw new Refusal(told.problem, '--create TYPE makes it, for instance --create hash:net.')
  }
  const { type, options } = await readCreation(name, [creation])
  await sets.create(name, type, options)
  return { set: (await sets.describe(name)).value, isNew: true }
}

interface Filled {
  readonly document: Readonly<Record<string, unknown>>
  /** What has happened, behind the name of the set. */
  readonly sentence: string
  readonly refused: readonly { readonly line: number; readonly message: string }[]
}

async function fill(
  sets: SetsAccess,
  set: SetFacts,
  entries: AsyncIterable<EntryRequest>,
  input: Input,
  list: LoadedList,
  lines: number | undefined,
): Promise<Filled> {
  const size = lines === undefined ? {} : { expected: lines }
  const replaces = input.has(replaceOption)
  if (input.has(aggregateOption)) {
    const { originals, networks, ...change } = await aggregated.load(sets, set, entries, replaces)
    return {
      document: { entries: list.count, originals, networks, ...change },
      sentence: `${list.count} entries read, ${originals} networks in all, held as ${networks}.`,
      refused: [],
    }
  }
  if (replaces) {
    const change = await sets.replace(set.name, entries, size)
    const { added, kept, removed } = change
    return {
      document: { entries: list.count, ...change },
      sentence: `${list.count} entries read, ${added} added, ${kept} kept, ${removed} removed.`,
      refused: [],
    }
  }
  // What stands before a broken line goes in.
  const { accepted, refused, examples } = await sets.add(set.name, list.untilBroken(entries), size)
  return {
    document: { entries: list.count, accepted, refused },
    sentence: `${accepted === 1 ? '1 entry is' : `${accepted} entries are`} in${refused === 0 ? '' : `, and ${refused} were refused`}.`,
    refused: examples.map(({ index, message }) => ({ line: list.lineOf(index), message })),
  }
}

/** A list on its way into a set. */
class LoadedList {
  readonly #options: ListOptions
  readonly #progress: ProgressReport
  /** The line of every entry that was sent, in a block for so many of them. */
  readonly #lines: Uint32Array[] = []
  count = 0
  /** What ended it before its end. */
  failure: unknown

  constructor(options: ListOptions, progress: ProgressReport) {
    this.#options = options
    this.#progress = progress
  }

  /** @throws Refusal for a broken line, unless broken lines are skipped */
  async *read(bytes: AsyncIterable<Uint8Array | string>): AsyncGenerator<EntryRequest, void> {
    const { readList } = await import('chainmail/lists')
    try {
      for await (const { line, element, options } of readList(bytes, this.#options)) {
        this.#note(line)
        this.#progress.items(1)
        yield { element, ...options }
      }
    } catch (error) {
      throw brokenOff(error)
    }
  }

  /** The same entries, which end where they break off. */
  async *untilBroken(entries: AsyncIterable<EntryRequest>): AsyncGenerator<EntryRequest, void> {
    try {
      yield* entries
    } catch (error) {
      this.failure = error
    }
  }

  /** The line of an entry, by its number from 0. */
  lineOf(index: number): number {
    return this.#lines[Math.floor(index / BLOCK)]?.[index % BLOCK] ?? 0
  }

  #note(line: number): void {
    const at = this.count++
    if (at % BLOCK === 0) this.#lines.push(new Uint32Array(BLOCK))
    const block = this.#lines.at(-1)
    if (block !== undefined) block[at % BLOCK] = line
  }
}

const BLOCK = 65_536
