import type { Extension, Option } from './extension.ts'
import type { Addressed, Bounded, Membered } from './kind.ts'
import type { protocol } from './kinds/protocol.ts'
import type { InBounds } from './literal-numbers.ts'
import type { LiteralText } from './literal-text.ts'
import type { matches } from './matches/index.ts'
import type { RuleInput } from './rule.ts'
import type { targets } from './targets/index.ts'

/**
 * What the compiler can say of a rule that is written as a literal, beyond the shape that {@link RuleInput} has: a
 * number beyond its option's bounds, a misspelt name, an address that is none, or an option that the match does not
 * have, is a compile error. A value that is only known when the program runs, of type `string` or `number`, passes
 * here and is checked then.
 */
export type Literal<R extends RuleInput> = {
  readonly [K in keyof R]: K extends 'matches'
    ? LiteralMatches<R[K]>
    : K extends 'target'
      ? LiteralGroup<Targets, R[K]>
      : K extends 'protocol'
        ? LiteralValue<typeof protocol, R[K]>
        : K extends 'source' | 'destination'
          ? LiteralValue<Addressed, R[K]>
          : K extends keyof RuleInput
            ? R[K]
            : never
}

type Matches = (typeof matches)[number]
type Targets = (typeof targets)[number]

type LiteralMatches<V> = V extends readonly unknown[]
  ? { readonly [I in keyof V]: LiteralGroup<Matches, V[I]> }
  : LiteralGroup<Matches, V>

/** Extensions with their options, under their names. */
type LiteralGroup<E extends Extension, V> = V extends string
  ? V
  : {
      readonly [N in keyof V]: N extends E['name']
        ? LiteralOptions<Extract<E, { readonly name: N }>['options'], V[N]>
        : N extends 'opaque'
          ? V[N]
          : never
    }

type LiteralOptions<O, V> = {
  readonly [K in keyof V]: K extends KeysOf<O> ? LiteralValue<KindOf<O, K>, V[K]> : never
}

// Where two families have one name, an option of either is one.
type KeysOf<O> = O extends unknown ? keyof O : never
type KindOf<O, K extends PropertyKey> = O extends { readonly [P in K]: infer One }
  ? One extends Option
    ? One['kind']
    : never
  : never

type LiteralValue<Kind, V> = V extends number
  ? LiteralNumber<Kind, V>
  : V extends string
    ? LiteralText<Kind, V>
    : V extends { readonly not: infer Negated }
      ? { readonly not: LiteralValue<Kind, Negated> }
      : V extends readonly unknown[]
        ? Kind extends Membered<{ readonly 1: infer Second }>
          ? { readonly [I in keyof V]: I extends '1' ? LiteralValue<Second, V[I]> : V[I] }
          : { readonly [I in keyof V]: LiteralValue<Kind, V[I]> }
        : Kind extends Membered<infer Kinds>
          ? { readonly [M in keyof V]: M extends keyof Kinds ? LiteralValue<Kinds[M], V[M]> : V[M] }
          : V

type LiteralNumber<Kind, V extends number> =
  Kind extends Bounded<infer Minimum, infer Maximum>
    ? InBounds<V, Minimum, Maximum> extends true
      ? V
      : `a whole number of ${Minimum} to ${Maximum}`
    : `${V}` extends LiteralText<Kind, `${V}`>
      ? V
      : LiteralText<Kind, `${V}`>
