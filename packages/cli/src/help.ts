import { type Command, type CommandGroup, commonOptions, optionsOf, versionOption } from './command.ts'
import { type Exit, exitCodes, exitsOf } from './exit-code.ts'
import { firstWords } from './find-command.ts'
import type { Option } from './option.ts'
import type { TableLayout } from './terminal/table.ts'
import { width, wrap } from './terminal/text.ts'

/** Longer lines are hard to read, however wide the terminal is. */
const WIDEST = 96
const NARROWEST = 40

interface Entry {
  readonly term: string
  readonly about: string
}

const environment: readonly Entry[] = [
  { term: 'CHAINMAIL_SOCKET', about: 'the unix socket of the daemon; --socket wins over it' },
  {
    term: 'CHAINMAIL_URL',
    about:
      'a daemon in the network, instead of the socket; with CHAINMAIL_CACERT or CHAINMAIL_FINGERPRINT, and CHAINMAIL_API_KEY, CHAINMAIL_API_KEY_FILE or CHAINMAIL_CERT and CHAINMAIL_KEY, as the options of the same names say',
  },
  { term: 'NO_COLOR', about: 'no colours, if it holds anything' },
  { term: 'FORCE_COLOR', about: 'colours into pipes too; 0 for none anywhere; wins over NO_COLOR' },
]

/** What chainmail is, its commands and what they share. */
export function overviewHelp(
  commands: readonly Command[],
  groups: readonly CommandGroup[],
  layout: TableLayout,
): readonly string[] {
  const page = new Page(layout)
  page.paragraph('chainmail — block and look at what a Linux firewall does, through the chainmail daemon.')
  page.section('Usage', ['chainmail COMMAND [ARGUMENT] [OPTIONS]'])
  page.entries(
    'Commands',
    firstWords(commands).flatMap((word) => {
      const group = groups.find(({ name }) => name === word)
      if (group !== undefined) return [{ term: `${group.name} …`, about: group.about }]
      return commands.filter(({ name }) => name === word).map(commandEntry)
    }),
  )
  page.entries('Options', [...commonOptions, versionOption].map(optionEntry))
  page.entries('Environment', environment)
  page.entries('Exit codes', Object.values(exitCodes).map(exitEntry))
  page.paragraph('chainmail help COMMAND explains a command, with examples.')
  return page.lines
}

/** What the commands of a group have in common, and what each does. */
export function groupHelp(
  group: CommandGroup,
  commands: readonly Command[],
  layout: TableLayout,
): readonly string[] {
  const page = new Page(layout)
  page.paragraph(`chainmail ${group.name} — ${group.about}`)
  page.section('Usage', [`chainmail ${group.name} COMMAND [ARGUMENT] [OPTIONS]`])
  for (const text of group.description) page.paragraph(text)
  page.entries('Commands', commands.map(commandEntry))
  page.paragraph(`chainmail help ${group.name} COMMAND explains one of them, with examples.`)
  return page.lines
}

function commandEntry(command: Command): Entry {
  return { term: [command.name, ...argumentsOf(command)].join(' '), about: command.about }
}

export function commandHelp(command: Command, layout: TableLayout): readonly string[] {
  const page = new Page(layout)
  page.paragraph(`chainmail ${command.name} — ${command.about}`)
  page.section('Usage', [['chainmail', command.name, ...argumentsOf(command), '[OPTIONS]'].join(' ')])
  for (const text of command.description) page.paragraph(text)
  page.entries(
    'Arguments',
    command.arguments.map(({ name, about }) => ({ term: name, about })),
  )
  page.entries('Options', optionsOf(command).map(optionEntry))
  page.entries(
    'Examples',
    command.examples.map((example) => ({ term: example.command, about: example.about })),
  )
  page.entries('Exit codes', exitsOf(command).map(exitEntry))
  return page.lines
}

function argumentsOf(command: Command): readonly string[] {
  return command.arguments.map(({ name, required, repeats }) => {
    const words = repeats === true ? `${name}…` : name
    return required ? words : `[${words}]`
  })
}

function optionEntry(option: Option): Entry {
  const short = option.short === undefined ? '    ' : `-${option.short}, `
  if (option.kind === 'flag') return { term: `${short}--${option.name}`, about: option.about }
  const choices = option.choices === undefined ? '' : `: ${option.choices.join(', ')}`
  const otherwise = option.otherwise === undefined ? '' : ` (default: ${option.otherwise})`
  return { term: `${short}--${option.name} ${option.placeholder}`, about: option.about + choices + otherwise }
}

function exitEntry({ code, about }: Exit): Entry {
  return { term: String(code).padStart(3), about }
}

/** Lines of help, wrapped to the terminal. */
class Page {
  readonly lines: string[] = []
  readonly #layout: TableLayout
  readonly #columns: number

  constructor(layout: TableLayout) {
    this.#layout = layout
    this.#columns = Math.max(NARROWEST, Math.min(WIDEST, layout.columns))
  }

  paragraph(text: string): void {
    this.#gap()
    this.lines.push(...wrap(text, this.#columns))
  }

  section(heading: string, lines: readonly string[]): void {
    this.#gap()
    this.lines.push(this.#layout.style.bold(`${heading}:`), ...lines.map((line) => `  ${line}`))
  }

  /** Terms with what they mean beside them, or below those that are too long for that. */
  entries(heading: string, entries: readonly Entry[]): void {
    if (entries.length === 0) return
    const widest = Math.max(...entries.map(({ term }) => width(term)))
    const beside = widest <= this.#columns / 2.5
    const indent = beside ? widest + 2 : 6
    this.section(
      heading,
      entries.flatMap(({ term, about }) => {
        const lines = wrap(about, this.#columns - 2 - indent)
        if (!beside) return [term, ...lines.map((line) => ' '.repeat(indent) + line)]
        return lines.map((line, index) => (index === 0 ? term.padEnd(indent) : ' '.repeat(indent)) + line)
      }),
    )
  }

  #gap(): void {
    if (this.lines.length > 0) this.lines.push('')
  }
}
