import type { Backend, Family } from '@chainmail/kernel'
import type { Context, Kind } from './kind.ts'
import type { BuiltInChain } from './names/tables.ts'

/** A value, or everything but that value: `{ not: … }` reads as `! --option …`. */
export type Negatable<Value> = Value | { readonly not: Value }

interface OptionSettings<Value> {
  /** One line: what the option does. */
  readonly about: string
  /** Other spellings that iptables reads. */
  readonly aliases?: readonly `--${string}`[]
  readonly negatable?: boolean
  readonly required?: boolean
  /** Filled in when the option is absent, as iptables does. */
  readonly implied?: Value | ((family: Family) => Value)
  /** Left out when it has this value, as iptables-save does. */
  readonly omitted?: Value
  /** Cannot be negated with this value before iptables 1.8.11, whose save loses the option and its negation with it. */
  readonly neverNot?: Value
  /** What has the same meaning as a value, where some backend prints the one for the other. */
  meaning?(value: Negatable<Value>): Negatable<Value>
  /** Keys of options that cannot stand beside this one. */
  readonly excludes?: readonly string[]
  /** Keys of options without which this one means nothing. */
  readonly needs?: readonly string[]
  /** The only tables in which the kernel takes this option. */
  readonly tables?: readonly string[]
  /** The only ones of the kernel's own chains in which it takes this option. */
  readonly chains?: readonly BuiltInChain[]
}

/** One option of a match or target, under the name that iptables-save prints. */
export interface Option<Value = unknown, Input = unknown> extends OptionSettings<Value> {
  readonly flag: `--${string}`
  readonly kind: Kind<Value, Input>
}

type ValueOf<K> = K extends Kind<infer Value, infer _> ? Value : never
type InputOf<K> = K extends Kind<infer _, infer Input> ? Input : never

export function option<K extends Kind<unknown, unknown>, const Settings extends OptionSettings<ValueOf<K>>>(
  flag: `--${string}`,
  kind: K,
  settings: Settings,
): Option<ValueOf<K>, InputOf<K>> & { readonly kind: K } & Settings
export function option(flag: `--${string}`, kind: Kind<unknown>, settings: OptionSettings<unknown>): Option {
  return { flag, kind, ...settings }
}

/** Another spelling for an option: with its value, such as `--syn`, or reading it in its own way, such as `--dscp-class`. */
export interface Shorthand {
  readonly flag: `--${string}`
  readonly negatable?: boolean
  readonly key: string
  /** Keys of further options that get the same value. */
  readonly also?: readonly string[]
  /** The value that the spelling stands for. */
  readonly value?: unknown
  /** Reads the option's value from the words that follow this spelling. */
  readonly kind?: Pick<Kind<unknown>, 'words' | 'optional' | 'parse'>
  /** The spelling may stand again and again: adds what it says to what the option has so far, if anything. */
  readonly gather?: (sofar: unknown, value: unknown) => unknown
}

interface ExtensionSettings<Options> {
  /** One line: what the match compares, or what the target does. */
  readonly about: string
  /** The families that it exists for; both if not said. */
  readonly families?: readonly Family[]
  /** It may only stand in a rule with one of these protocols. A match of the same name is loaded by `-p`. */
  readonly protocols?: readonly string[]
  /** The tables that it may stand in; all if not said. */
  readonly tables?: readonly string[]
  /** The backend that takes it in every table all the same. */
  readonly anyTableOn?: Backend
  /**
   * The ones of the kernel's own chains that it may stand in, perhaps because of its options; all if not said. What a
   * chain of a user is reached from is not looked at.
   */
  readonly chains?:
    | readonly BuiltInChain[]
    | ((options: Readonly<Record<string, unknown>>) => readonly BuiltInChain[] | undefined)
  /** The options in the order in which iptables-save prints them. */
  readonly options: Options
  readonly shorthands?: readonly Shorthand[]
  /** At least one option has to be given. */
  readonly needsOption?: boolean
  /**
   * What iptables makes of the options taken together, such as `! --above` into `--upto`; what it returns is
   * settled already and comes out of it unchanged.
   */
  readonly settle?: (
    options: Readonly<Record<string, unknown>>,
    context: Context,
  ) => Readonly<Record<string, unknown>>
  /** What the options may not be together, or with the rule's protocol or version: says what is wrong, or nothing. */
  readonly refuses?: (
    options: Readonly<Record<string, unknown>>,
    protocol: string | undefined,
    context: Context,
  ) => string | undefined
}

export interface Extension<
  Name extends string = string,
  Options extends Readonly<Record<string, Option>> = Readonly<Record<string, Option>>,
> extends ExtensionSettings<Options> {
  readonly role: 'match' | 'target'
  readonly name: Name
}

export function match<const Name extends string, const Options extends Readonly<Record<string, Option>>>(
  name: Name,
  settings: ExtensionSettings<Options>,
): Extension<Name, Options> {
  return { role: 'match', name, ...settings }
}

export function target<const Name extends string, const Options extends Readonly<Record<string, Option>>>(
  name: Name,
  settings: ExtensionSettings<Options>,
): Extension<Name, Options> {
  return { role: 'target', name, ...settings }
}

type StoredValue<O> =
  O extends Option<infer Value> ? (O extends { negatable: true } ? Negatable<Value> : Value) : never
type InputValue<O> =
  O extends Option<infer Value, infer Input>
    ? O extends { negatable: true }
      ? Negatable<Value | Input>
      : Value | Input
    : never

type RequiredKeys<O> = { [K in keyof O]: O[K] extends { required: true } ? K : never }[keyof O]

/** The options of an extension as chainmail holds them. */
export type StoredOptions<E> =
  E extends Extension<string, infer O>
    ? { readonly [K in keyof O]?: StoredValue<O[K]> } & { readonly [K in RequiredKeys<O>]: StoredValue<O[K]> }
    : never

/** The options of an extension as a caller may write them. */
export type InputOptions<E> =
  E extends Extension<string, infer O>
    ? { readonly [K in keyof O]?: InputValue<O[K]> } & { readonly [K in RequiredKeys<O>]: InputValue<O[K]> }
    : never
