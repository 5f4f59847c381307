/** The words of ipset's commands and options. ipset(8) */

/** The version of ipset that is stood in for: its words and its exit codes. */
export const VERSION = '7.17'

export const ipsetCommands = [
  'create',
  'add',
  'del',
  'test',
  'destroy',
  'list',
  'save',
  'restore',
  'flush',
  'rename',
  'swap',
  'help',
  'version',
  'quit',
] as const

export type IpsetCommand = (typeof ipsetCommands)[number] | 'interactive'

/** An option that is there or not. */
export type Switch = 'exist' | 'quiet' | 'sorted' | 'resolve' | 'names' | 'terse'

/** ipset(8), OTHER OPTIONS: they stand anywhere, and cannot be abbreviated. */
export const switches: ReadonlyMap<string, Switch> = new Map(
  (
    [
      ['!', 'exist', 'exist'],
      ['q', 'quiet', 'quiet'],
      ['s', 'sorted', 'sorted'],
      ['r', 'resolve', 'resolve'],
      ['n', 'name', 'names'],
      ['t', 'terse', 'terse'],
    ] as const
  ).flatMap(([letter, word, option]): [string, Switch][] => [
    [`-${letter}`, option],
    [`-${word}`, option],
    [`--${word}`, option],
  ]),
)

export const outputWords: ReadonlySet<string> = new Set(['-o', '-output', '--output'])
export const fileWords: ReadonlySet<string> = new Set(['-f', '-file', '--file'])

/** ipset(8), COMMANDS, and the letters that its first versions had. */
const letters: ReadonlyMap<string, IpsetCommand> = new Map<string, IpsetCommand>([
  ['n', 'create'],
  ['-N', 'create'],
  ['-A', 'add'],
  ['-D', 'del'],
  ['-T', 'test'],
  ['x', 'destroy'],
  ['-X', 'destroy'],
  ['-L', 'list'],
  ['-S', 'save'],
  ['-R', 'restore'],
  ['-F', 'flush'],
  ['e', 'rename'],
  ['-E', 'rename'],
  ['w', 'swap'],
  ['-W', 'swap'],
  ['-h', 'help'],
  ['-H', 'help'],
  ['-v', 'version'],
  ['-V', 'version'],
  ['-', 'interactive'],
])

/** Of the names of commands that begin so, the first one. */
export function commandOf(word: string): IpsetCommand | undefined {
  const letter = letters.get(word)
  if (letter !== undefined) return letter
  const begin = word.startsWith('--') ? word.slice(2) : word
  return begin === '' ? undefined : ipsetCommands.find((command) => command.startsWith(begin))
}

/** A call, with the files that it names apart. */
export interface CallWithFiles {
  /** The words without the files. */
  readonly own: readonly string[]
  readonly files: readonly string[]
  readonly command: IpsetCommand | undefined
}

/** Whoever has the caller's files opens them. */
export function splitFiles(words: readonly string[]): CallWithFiles {
  const own: string[] = []
  const files: string[] = []
  let command: IpsetCommand | undefined
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const next = words[at + 1]
    if (fileWords.has(word) && next !== undefined) {
      files.push(next)
      at++
      continue
    }
    own.push(word)
    if (outputWords.has(word) && next !== undefined) {
      own.push(next)
      at++
    } else if (!switches.has(word)) command ??= commandOf(word)
  }
  return { own, files, command }
}
