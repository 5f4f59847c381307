import type { Outcome } from './outcome.ts'
import { exits } from './program.ts'

/** What a program's options are. getopt_long(3) */
export interface ProgramOption {
  readonly letter: string
  readonly word: string
  readonly value: 'none' | 'required' | 'optional'
}

export interface GivenOptions {
  /** By their letters, the last one of each; without a value the empty text. */
  readonly values: ReadonlyMap<string, string>
  readonly operands: readonly string[]
}

/** Options that cannot be read, as getopt_long(3) says it. */
class OptionFault extends Error {
  override readonly name = 'OptionFault'
}

/**
 * Reads arguments as getopt_long(3) does, abbreviations and letters that stand together included.
 *
 * @param name the program's, in whose name it is told what cannot be read
 * @param advice the line behind that
 */
export function readOptions(
  words: readonly string[],
  options: readonly ProgramOption[],
  name: string,
  advice: string,
): GivenOptions | Outcome {
  try {
    return given(words, options)
  } catch (error) {
    if (!(error instanceof OptionFault)) throw error
    return { code: exits.failed, stdout: '', stderr: `${name}: ${error.message}\n${advice}\n` }
  }
}

/** @throws OptionFault */
function given(words: readonly string[], options: readonly ProgramOption[]): GivenOptions {
  const values = new Map<string, string>()
  const operands: string[] = []
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') operands.push(...rest.splice(0))
    else if (word.startsWith('--')) readWord(word, rest, options, values)
    else if (word.startsWith('-') && word !== '-') readLetters(word.slice(1), rest, options, values)
    else operands.push(word)
  }
  return { values, operands }
}

function readWord(
  word: string,
  rest: string[],
  options: readonly ProgramOption[],
  values: Map<string, string>,
): void {
  const [, name = '', , attached] = /^--([^=]*)(=(.*))?$/s.exec(word) ?? []
  const begun = options.filter((option) => option.word.startsWith(name))
  const option = begun.find((one) => one.word === name) ?? (begun.length === 1 ? begun[0] : undefined)
  if (option === undefined)
    throw new OptionFault(
      begun.length > 1 ? `option '${word}' is ambiguous` : `unrecognized option '${word}'`,
    )
  if (option.value === 'none' && attached !== undefined)
    throw new OptionFault(`option '--${option.word}' doesn't allow an argument`)
  const value = attached ?? (option.value === 'required' ? rest.shift() : '')
  if (value === undefined) throw new OptionFault(`option '--${option.word}' requires an argument`)
  values.set(option.letter, value)
}

function readLetters(
  letters: string,
  rest: string[],
  options: readonly ProgramOption[],
  values: Map<string, string>,
): void {
  for (const [at, letter] of [...letters].entries()) {
    const option = options.find((one) => one.letter === letter)
    if (option === undefined) throw new OptionFault(`invalid option -- '${letter}'`)
    if (option.value === 'none') {
      values.set(letter, '')
      continue
    }
    const attached = [...letters].slice(at + 1).join('')
    const value = attached !== '' || option.value === 'optional' ? attached : rest.shift()
    if (value === undefined) throw new OptionFault(`option requires an argument -- '${letter}'`)
    values.set(letter, value)
    return
  }
}
