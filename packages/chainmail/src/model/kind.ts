import type { Family } from '@chainmail/kernel'

/** What a value may depend on beside its own text. */
export interface Context {
  readonly family: Family
  /** The table that the rule stands in, where it is known: what the kernel does not take there is refused. */
  readonly table?: string
  /**
   * The words are those of iptables 1.8.11 or later. Reading then takes what earlier ones lose or spoil, and writing
   * names protocols as it does; unless it is said, the words are those that 1.8.9 takes and prints.
   */
  readonly iptables?: '1.8.11'
  /**
   * Writing is for a comparison: values that mean the same get the same words, of which iptables-save prints either,
   * according to the backend.
   */
  readonly compared?: true
}

/**
 * Whether group and realm 0 are written by their names. iptables takes those from /etc/iproute2, where iproute2 has left
 * nothing since about the time of iptables 1.8.11; a number is understood everywhere.
 */
export function printsNames({ iptables, compared }: Context): boolean {
  return iptables === undefined && compared === undefined
}

export type JsonSchema = Readonly<Record<string, unknown>>

/**
 * The kind of an option's value: one way to read it from words, to take it from data, to write it,
 * and to describe it. `Value` is the canonical form, `Input` what a caller may write instead.
 */
export interface Kind<Value, Input = Value> {
  /** How many words follow the option. */
  readonly words: 0 | 1 | 2
  /** The word may be left out; `parse` then gets none, and `render` may write none. */
  readonly optional?: true
  /** `render` writes the option's own spelling too, because it has more than one. */
  readonly spells?: true
  /** What the value must be, as it completes "… is not". */
  readonly expects: string
  readonly schema: JsonSchema
  /** Reads the words that begin at `at`; throws a {@link Refusal}. */
  parse(words: readonly string[], at: number, context: Context): Value
  /** Takes a value from outside; throws a {@link Refusal}. */
  check(value: unknown, context: Context): Value
  /** The words as iptables-save prints them, quoted where they need it. */
  render(value: Value, context: Context): string
  /** Only in the types: what a caller may write. */
  readonly input?: Input
}

/** A kind of numbers whose bounds the compiler knows, so that a literal beyond them is refused at once. */
export interface Bounded<Minimum extends number, Maximum extends number> {
  /** Only in the types: the smallest and the greatest number. */
  readonly bounds?: readonly [Minimum, Maximum]
}

/**
 * A kind whose words the compiler knows, so that a misspelt literal is refused at once: one of `Words` (names, and
 * patterns for numbers), or several with one of the characters `Between` between them. `AnyCase` words are given in
 * small letters.
 */
export interface Spelled<
  Words extends string,
  Between extends ':' | ',' = never,
  AnyCase extends boolean = false,
> {
  /** Only in the types. */
  readonly spelled?: { readonly words: Words; readonly between: Between; readonly anyCase: AnyCase }
}

/** A kind of rates in a unit of time; `Limits` has the greatest number by the unit, in each of its spellings. */
export interface Paced<Limits extends Readonly<Record<string, number>>> {
  /** Only in the types. */
  readonly paced?: Limits
}

/** A kind of addresses, networks or ranges of addresses, which the compiler reads in a literal. */
export interface Addressed {
  /** Only in the types. */
  readonly addressed?: true
}

/** A kind whose values are lists or objects with members of these kinds, by their keys. */
export interface Membered<Kinds extends object> {
  /** Only in the types. */
  readonly membered?: Kinds
}

/** Keeps the known words in an editor's completion where a text that is only known at run time may stand too. */
export type AnyText = string & {}

/** A value is not of its kind. Whoever knows the option and the rule makes an error of it. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}

/** The value as it is shown in an error: short, and never able to write to a terminal. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  const short = text.length > 60 ? `${text.slice(0, 57)}…` : text
  return JSON.stringify(short).replaceAll('\u007f', '\\u007f').replaceAll('\u009b', '\\u009b')
}

export function refuse(value: unknown, expects: string): never {
  throw new Refusal(`${shown(value)} is not ${expects}`)
}

/** A kind whose values are one word, given by its reader and its writer. */
export function wordKind<Value extends string | number, Input = Value>(definition: {
  readonly expects: string
  readonly schema: JsonSchema
  readonly read: (word: string, context: Context) => Value | undefined
  readonly write?: (value: Value, context: Context) => string
}): Kind<Value, Input> {
  const { expects, schema, read, write = String } = definition
  const parse = (word: string, context: Context) => read(word, context) ?? refuse(word, expects)
  return {
    words: 1,
    expects,
    schema,
    parse: (words, at, context) => parse(words[at] ?? '', context),
    check: (value, context) =>
      typeof value === 'string' || typeof value === 'number'
        ? parse(String(value), context)
        : refuse(value, expects),
    render: write,
  }
}
