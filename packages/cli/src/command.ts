import type { FirewallAccess } from './access/access.ts'
import type { ProgramOutcome } from './access/programs.ts'
import { remoteOptions } from './access/remote-options.ts'
import type { Sender } from './access/sender.ts'
import type { ExitReason } from './exit-code.ts'
import { choice, type Flag, flag, type Option, text, type ValueOption } from './option.ts'
import { wrongUsage } from './refusal.ts'
import type { Dialogue } from './terminal/dialogue.ts'
import type { ProgressOptions, ProgressReport } from './terminal/progress.ts'
import type { Screen } from './terminal/screen.ts'
import type { TableLayout } from './terminal/table.ts'

export interface Argument {
  /** In capitals, as the help shows it. */
  readonly name: string
  readonly about: string
  readonly required: boolean
  /** Any number of words may stand for it, at least one if it is required; it is the last one then. */
  readonly repeats?: true
  /** What a shell completes it with: the addresses that are banned, the sets, the commands, files, or some words. */
  readonly completes?: 'banned' | 'sets' | 'commands' | 'files' | readonly string[]
}

export interface Example {
  readonly command: string
  readonly about: string
}

/** What a command found or did: for programs as a document, for people as lines. */
export interface Answer {
  readonly document: unknown
  readonly lines: (layout: TableLayout) => readonly string[]
  /** Text that is too long to be held as lines, written as it comes instead of them. */
  readonly text?: () => Iterable<string> | AsyncIterable<string>
  /** Documents as they come, written one a line instead of the one. */
  readonly documents?: () => AsyncIterable<unknown>
  /** What a program printed that the command stands in for, and how it ends: all that is shown then. */
  readonly program?: ProgramOutcome
  /** How the command ends, if not as `done`. */
  readonly ends?: ExitReason
}

/** What a command works with besides its words. */
export interface Session {
  /** Opens the way to the firewall that the options ask for; whoever runs the command closes it. */
  readonly access: () => Promise<FirewallAccess>
  /** Everything that comes by standard input. */
  readonly input: () => Promise<Uint8Array>
  /** Standard input as it comes. */
  readonly stream: () => AsyncIterable<Uint8Array | string>
  /** A conversation at the terminal; undefined where nobody sits there. */
  readonly dialogue: () => Dialogue | undefined
  /** The whole terminal, to be drawn anew from time to time; undefined where there is none. */
  readonly screen: () => Screen | undefined
  /** Who has come by ssh to type the command. */
  readonly sender: () => Sender | undefined
  /** A bar for work that may take long, where somebody watches. */
  readonly progress: (options: ProgressOptions) => ProgressReport
}

/** Commands of two words that share the first one. */
export interface CommandGroup {
  readonly name: string
  /** One line, for the list of commands. */
  readonly about: string
  /** Paragraphs. */
  readonly description: readonly string[]
}

/** A command as data. Parser, help, completion and tests are made from it. */
export interface Command {
  /** One word, or the name of a group and a second word. */
  readonly name: string
  /** One line, for the list of commands. */
  readonly about: string
  /** Paragraphs. */
  readonly description: readonly string[]
  readonly arguments: readonly Argument[]
  /** The options that it has beside the common ones. */
  readonly options: readonly Option[]
  readonly examples: readonly Example[]
  /** The ways that it can end, in its own words where the general ones are too general. */
  readonly exits: Partial<Record<ExitReason, string>>
  /** All words behind its name are arguments, also those that look like options. */
  readonly readsOwnArguments?: true
  readonly run: (input: Input, session: Session) => Promise<Answer>
}

export const helpOption = flag({ name: 'help', short: 'h', about: 'show this help' })
export const versionOption = flag({ name: 'version', short: 'V', about: 'show the version' })
export const jsonOption = flag({
  name: 'json',
  about: 'print one JSON document with exact figures; errors too, as problem documents (RFC 9457) on stderr',
})
export const socketOption = text({
  name: 'socket',
  placeholder: 'PATH',
  completes: 'file',
  about: 'the unix socket of the daemon to talk to',
  otherwise: '$CHAINMAIL_SOCKET, or the place where a daemon of the same user listens',
})
export const familyOption = choice({
  name: 'family',
  short: 'f',
  placeholder: 'FAMILY',
  choices: ['ipv4', 'ipv6'],
  about: 'the rules of iptables or of ip6tables',
  otherwise: 'what a text says of itself, or ipv4',
})
/** The same for commands that read no text. */
export const placeFamilyOption = { ...familyOption, otherwise: 'ipv4' }
export const directOption = flag({
  name: 'direct',
  about: 'talk to the kernel of this network namespace without a daemon; needs CAP_NET_ADMIN',
})

/** What every command understands. */
export const commonOptions: readonly Option[] = [jsonOption, helpOption]
/** What commands that reach for the firewall understand. */
export const accessOptions: readonly Option[] = [socketOption, ...remoteOptions, directOption]

/** All options of a command, its own first. */
export function optionsOf(command: Command): readonly Option[] {
  return [...command.options, ...commonOptions]
}

/** The words of one call, checked against the command's options and arguments. */
export class Input {
  readonly command: Command
  readonly #options: ReadonlyMap<string, string>
  readonly #words: readonly string[]

  /**
   * @param options the options given, by name; a flag's value is the empty text
   * @param words the arguments given, in order
   * @throws Refusal `usage` when a value is none that its option takes
   */
  constructor(command: Command, options: ReadonlyMap<string, string>, words: readonly string[]) {
    this.command = command
    this.#options = options
    this.#words = words
    for (const option of optionsOf(command)) if (option.kind === 'value') this.value(option)
  }

  has(option: Flag): boolean {
    return this.#options.has(option.name)
  }

  value<T>(option: ValueOption<T>): T | undefined {
    const given = this.#options.get(option.name)
    return given === undefined ? undefined : option.read(given)
  }

  argument(argument: Argument): string | undefined {
    return this.#words[this.command.arguments.indexOf(argument)]
  }

  /** All words that stand for an argument that repeats. */
  all(argument: Argument): readonly string[] {
    return this.#words.slice(this.command.arguments.indexOf(argument))
  }

  /** @throws Refusal `usage` when it is missing */
  required(argument: Argument): string {
    const word = this.argument(argument)
    if (word === undefined) throw missingArgument(this.command, argument)
    return word
  }
}

export function missingArgument({ name, examples }: Command, argument: Argument): Error {
  const example = examples[0]?.command
  return wrongUsage(
    `chainmail ${name} needs ${argument.name}: ${argument.about}.`,
    example === undefined ? undefined : `For example: ${example}`,
  )
}
