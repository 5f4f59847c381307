import type { Negatable } from './extension.ts'
import type { Context } from './kind.ts'
import type { Given } from './options.ts'
import type { Compiled } from './registry.ts'

type Options = Readonly<Record<string, unknown>>

interface Last {
  readonly given: Given
  readonly protocol: Negatable<string> | undefined
  readonly context: Context
  readonly options: Options
}

/**
 * What each match and target of a text said last, and which options that made. A rule that says the same as the one
 * before it shares them, which takes less time and memory; they are frozen then.
 */
export class RepeatedOptions {
  readonly #last = new Map<Compiled, Last>()

  /** The options, if the last ones were completed from the same values in a rule of the same protocol and table. */
  find(
    extension: Compiled,
    given: Given,
    protocol: Negatable<string> | undefined,
    context: Context,
  ): Options | undefined {
    const last = this.#last.get(extension)
    if (last === undefined || last.protocol !== protocol || last.context !== context) return undefined
    for (let index = 0; index < given.length; index++)
      if (!isSame(given[index], last.given[index])) return undefined
    return frozen(last.options)
  }

  keep(
    extension: Compiled,
    given: Given,
    protocol: Negatable<string> | undefined,
    context: Context,
    options: Options,
  ): void {
    this.#last.set(extension, { given, protocol, context, options })
  }
}

/** Whether two values of one kind are seen to be the same: by themselves, or as lists of the same words or numbers. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false
  return true
}

function frozen(options: Options): Options {
  if (Object.isFrozen(options)) return options
  for (const value of Object.values(options)) Object.freeze(value)
  return Object.freeze(options)
}
