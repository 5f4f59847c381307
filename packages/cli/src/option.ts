import { suggest } from 'chainmail/suggest'
import { quoted, wrongUsage } from './refusal.ts'

/**
 * The options of the command, as data: the parser, the help, the completion and the tests read them from here.
 */

/** An option without a value. */
export interface Flag {
  readonly kind: 'flag'
  /** Without the dashes. */
  readonly name: string
  readonly short?: string
  readonly about: string
}

/** An option with a value, which is read into a `T`. */
export interface ValueOption<T> {
  readonly kind: 'value'
  readonly name: string
  readonly short?: string
  /** What stands for the value in the help, in capitals. */
  readonly placeholder: string
  readonly about: string
  /** What is used where the option is not given; for the help. */
  readonly otherwise?: string
  /** All values, where they can be listed. */
  readonly choices?: readonly string[]
  /** What a shell completes the value with, other than choices. */
  readonly completes?: 'file'
  /** @throws Refusal `usage` when the text is not such a value */
  readonly read: (text: string) => T
}

export type Option = Flag | ValueOption<unknown>

export function flag(option: Omit<Flag, 'kind'>): Flag {
  return { kind: 'flag', ...option }
}

/** An option whose value is any text; the daemon or the library judges it. */
export function text(option: Omit<ValueOption<string>, 'kind' | 'read'>): ValueOption<string> {
  return { kind: 'value', ...option, read: (value) => value }
}

/** An option whose value is one of a few words. */
export function choice<const Choice extends string>(
  option: Omit<ValueOption<Choice>, 'kind' | 'read' | 'choices'> & { readonly choices: readonly Choice[] },
): ValueOption<Choice> {
  return {
    kind: 'value',
    ...option,
    read: (value) => {
      const found = option.choices.find((candidate) => candidate === value)
      if (found !== undefined) return found
      const nearest = suggest(value, option.choices)
      throw wrongUsage(
        `--${option.name} is one of ${option.choices.join(', ')}, not ${quoted(value)}.`,
        nearest === undefined ? undefined : `Did you mean: --${option.name} ${nearest}`,
      )
    },
  }
}
