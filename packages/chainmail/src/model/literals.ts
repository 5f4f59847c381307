import type { Extension, Option } from './extension.ts'
import type { Bounded } from './kind.ts'
import type { protocol } from './kinds/protocol.ts'
import type { matches } from './matches/index.ts'
import type { RuleInput } from './rule.ts'
import type { targets } from './targets/index.ts'

/**
 * What the compiler can say of a rule that is written as a literal, beyond the shape that {@link RuleInput} has: a
 * number beyond its option's bounds, or an option that the match does not have, is a compile error. A value that is
 * only known when the program runs passes here and is checked then.
 */
export type Literal<R extends RuleInput> = {
  readonly [K in keyof R]: K extends 'matches'
    ? LiteralMatches<R[K]>
    : K extends 'target'
      ? LiteralGroup<Targets, R[K]>
      : K extends 'protocol'
        ? LiteralValue<typeof protocol, R[K]>
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
  ? BoundsOf<Kind> extends readonly [infer Minimum extends number, infer Maximum extends number]
    ? InBounds<V, Minimum, Maximum> extends true
      ? V
      : `a whole number of ${Minimum} to ${Maximum}`
    : V
  : V extends { readonly not: infer Negated }
    ? { readonly not: LiteralValue<Kind, Negated> }
    : V extends readonly unknown[]
      ? { readonly [I in keyof V]: LiteralValue<Kind, V[I]> }
      : V

type BoundsOf<Kind> =
  Kind extends Bounded<infer Minimum, infer Maximum> ? readonly [Minimum, Maximum] : unknown

/** A number that is no literal, or a whole one between the bounds. */
type InBounds<N extends number, Minimum extends number, Maximum extends number> = number extends N
  ? true
  : `${N}` extends `-${string}` | `${string}.${string}` | `${string}e${string}`
    ? false
    : AtMost<`${Minimum}`, `${N}`> extends true
      ? AtMost<`${N}`, `${Maximum}`>
      : false

/** Compares two whole numbers that are written in digits without a sign. */
type AtMost<A extends string, B extends string> =
  Lengths<A, B> extends 'shorter' ? true : Lengths<A, B> extends 'longer' ? false : AtMostByDigits<A, B>

type Lengths<A extends string, B extends string> = A extends `${string}${infer RestA}`
  ? B extends `${string}${infer RestB}`
    ? Lengths<RestA, RestB>
    : 'longer'
  : B extends ''
    ? 'same'
    : 'shorter'

type AtMostByDigits<A extends string, B extends string> = A extends `${infer FirstA}${infer RestA}`
  ? B extends `${infer FirstB}${infer RestB}`
    ? FirstA extends FirstB
      ? AtMostByDigits<RestA, RestB>
      : '0123456789' extends `${string}${FirstA}${string}${FirstB}${string}`
        ? true
        : false
    : false
  : true
