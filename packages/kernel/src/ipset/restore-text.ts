/**
 * Reads what `ipset save` prints and `ipset restore` takes: a command a line.
 *
 * Read are create, add, del, flush, destroy, swap and rename, in all spellings of ipset(8), with its option -exist.
 * Blank lines, lines that begin with # and COMMIT are read over. Elements are not looked into: they are checked when
 * they are sent to their set, whose type may be known only then.
 */
import { InputError, quote } from '../errors.ts'
import { type CreateOption, type CreateOptions, createOptions, isCreateOption } from './create-options.ts'
import { type EntryOptionName, type EntryRequest, isEntryOption } from './entry-options.ts'
import { checkComment, checkNewSetName, checkSetName } from './name.ts'
import type { Exists } from './protocol.ts'
import { splitWords } from './restore-words.ts'
import { type SetTypeDefinition, setTypes } from './types.ts'

interface CreateOperation {
  command: 'create'
  name: string
  type: string
  options: CreateOptions
}

interface EntryOperation {
  command: 'add' | 'del'
  name: string
  entry: EntryRequest
}

/** Without a name it is about all sets. */
interface WholeSetOperation {
  command: 'flush' | 'destroy'
  name: string | undefined
}

interface PairOperation {
  command: 'swap' | 'rename'
  name: string
  name2: string
}

/** One line of a text for `ipset restore`. */
export type RestoreOperation = (CreateOperation | EntryOperation | WholeSetOperation | PairOperation) & {
  /** The number of its line, from 1. */
  line: number
  /** `ignore` where the line has the option -exist. */
  exists: Exists
}

type RestoreCommand = RestoreOperation['command']

/** ipset(8), COMMANDS; ipset takes them with dashes too, as its earliest version had them. */
const commandNames: ReadonlyMap<string, RestoreCommand> = new Map<string, RestoreCommand>([
  ...(['create', 'add', 'del', 'flush', 'destroy', 'swap', 'rename'] as const).flatMap(
    (command): [string, RestoreCommand][] => [
      [command, command],
      [`--${command}`, command],
    ],
  ),
  ['n', 'create'],
  ['-N', 'create'],
  ['-A', 'add'],
  ['-D', 'del'],
  ['-F', 'flush'],
  ['x', 'destroy'],
  ['-X', 'destroy'],
  ['w', 'swap'],
  ['-W', 'swap'],
  ['e', 'rename'],
  ['-E', 'rename'],
])

const withoutCommand = /^\s*(?:#|COMMIT\s*$|$)/u

const existWords: ReadonlySet<string> = new Set(['-!', '-exist', '--exist'])

const entryFlags: ReadonlySet<EntryOptionName> = new Set(['nomatch', 'wildcard'])

/**
 * The operations of a text, one after another.
 * @throws InputError `bad-restore-line` with the number of the line, from 1, in `line`
 */
export function* parseRestoreText(text: string): Generator<RestoreOperation, void> {
  let start = 0
  for (let number = 1; start < text.length; number++) {
    const newline = text.indexOf('\n', start)
    const end = newline === -1 ? text.length : newline
    const operation = parseRestoreLine(text.slice(start, end), number)
    if (operation !== undefined) yield operation
    start = end + 1
  }
}

/**
 * The operation of one line, or undefined when the line has none. `number` counts lines from 1.
 * @throws InputError `bad-restore-line` with the number in `line`
 */
export function parseRestoreLine(text: string, number: number): RestoreOperation | undefined {
  try {
    if (withoutCommand.test(text)) return undefined
    const line = new Line(splitWords(text))
    return { ...line.operation(), line: number, exists: line.exists }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError('bad-restore-line', `Line ${number}: ${error.message}`, number)
  }
}

/** The words of a line, taken from the front. */
class Line {
  readonly exists: Exists
  readonly #words: readonly string[]
  #next = 0

  constructor(words: readonly string[]) {
    this.exists = words.some((word) => existWords.has(word)) ? 'ignore' : 'fail'
    this.#words = this.exists === 'ignore' ? words.filter((word) => !existWords.has(word)) : words
  }

  operation(): CreateOperation | EntryOperation | WholeSetOperation | PairOperation {
    const word = this.#take('a command')
    const command = commandNames.get(word)
    switch (command) {
      case 'create':
        return this.#create()
      case 'add':
      case 'del':
        return { command, name: this.#setName(), entry: this.#entry() }
      case 'flush':
      case 'destroy':
        return this.#end({ command, name: this.#hasMore ? this.#setName() : undefined })
      case 'swap':
      case 'rename':
        return this.#end({ command, name: this.#setName(), name2: this.#setName() })
      default:
        throw bad(
          `${quote(word)} is not a command that can be restored. Write create, add, del, flush, destroy, swap or rename.`,
        )
    }
  }

  #create(): CreateOperation {
    const name = this.#setName()
    checkNewSetName(name)
    const typeName = this.#take('the type of the set')
    const type = Object.hasOwn(setTypes, typeName) ? setTypes[typeName] : undefined
    if (type === undefined)
      throw bad(`${quote(typeName)} is not a set type. There are ${Object.keys(setTypes).join(' ')}.`)
    const options: CreateOptions = {}
    while (this.#hasMore) this.#createOption(options, typeName, type)
    return { command: 'create', name, type: typeName, options }
  }

  #createOption(options: CreateOptions, typeName: string, type: SetTypeDefinition): void {
    const word = this.#optionName()
    const isFamily = word === 'family' || word === '-4' || word === '-6'
    const name = isFamily ? 'family' : word
    if (Object.hasOwn(options, name)) throw bad(`The option ${name} stands twice.`)
    if (isFamily) options.family = this.#family(word)
    else if (!isCreateOption(name) || type.createOptions[name] === undefined)
      throw bad(`Sets of type ${typeName} have no create option ${quote(name)}.`)
    else Object.assign(options, { [name]: this.#createValue(name, createOptions[name]) })
  }

  #family(word: string): 'inet' | 'inet6' {
    const family = word === 'family' ? this.#take('the value of family') : word
    if (family === 'inet' || family === '-4') return 'inet'
    if (family === 'inet6' || family === '-6') return 'inet6'
    throw bad(`${quote(family)} is not a family. Write inet or inet6.`)
  }

  #createValue(name: string, option: CreateOption): string | number | boolean {
    if (option.kind === 'flag') return true
    const value = this.#take(`the value of ${name}`)
    return option.kind === 'number' ? safeNumber(name, value) : value
  }

  #entry(): EntryRequest {
    const entry: EntryRequest = { element: withoutBrackets(this.#take('an entry')) }
    while (this.#hasMore) {
      const name = this.#optionName()
      if (!isEntryOption(name)) throw bad(`Entries have no option ${quote(name)}.`)
      if (Object.hasOwn(entry, name)) throw bad(`The option ${name} stands twice.`)
      Object.assign(entry, { [name]: this.#entryValue(name) })
    }
    return entry
  }

  #entryValue(name: EntryOptionName): string | number | bigint | boolean {
    if (entryFlags.has(name)) return true
    const value = this.#take(`the value of ${name}`)
    if (name === 'timeout' || name === 'skbqueue') return safeNumber(name, value)
    if (name === 'packets' || name === 'bytes') return wholeNumber(name, value)
    if (name === 'comment') checkComment(value)
    return value
  }

  #setName(): string {
    const name = this.#take('the name of a set')
    checkSetName(name)
    return name
  }

  /** ipset takes the names of options with two dashes in front, too. */
  #optionName(): string {
    const word = this.#take('an option')
    return word.startsWith('--') ? word.slice(2) : word
  }

  get #hasMore(): boolean {
    return this.#next < this.#words.length
  }

  #take(what: string): string {
    const word = this.#words[this.#next++]
    if (word === undefined) throw bad(`The line ends where ${what} should stand.`)
    return word
  }

  #end<Operation>(operation: Operation): Operation {
    if (!this.#hasMore) return operation
    throw bad(`${quote(this.#take('an option'))} is one word too many.`)
  }
}

function bad(message: string): InputError {
  return new InputError('bad-restore-line', message)
}

/** A number as strtoull(3) reads it with base 0: decimal, hexadecimal behind 0x, octal behind 0. */
function wholeNumber(name: string, text: string): bigint {
  if (/^(?:0x[0-9a-f]{1,16}|[1-9][0-9]{0,19}|0)$/iu.test(text)) return BigInt(text)
  if (/^0[0-7]{1,21}$/u.test(text)) return BigInt(`0o${text}`)
  throw bad(`The value of ${name} must be a whole number, not ${quote(text)}.`)
}

function safeNumber(name: string, text: string): number {
  const value = Number(wholeNumber(name, text))
  if (Number.isSafeInteger(value)) return value
  throw bad(`The value of ${name} is too large: ${quote(text)}.`)
}

/** ipset(8) takes names with a dash in square brackets. */
function withoutBrackets(element: string): string {
  if (!element.includes('[') || !element.includes(',')) return element
  return element
    .split(',')
    .map((part) => (part.startsWith('[') && part.endsWith(']') ? part.slice(1, -1) : part))
    .join(',')
}
