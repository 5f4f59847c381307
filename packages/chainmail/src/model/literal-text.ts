import type { Addressed, Bounded, Paced, Spelled } from './kind.ts'
import type { LiteralAddresses } from './literal-addresses.ts'
import type { DigitsInBounds, NumbersInBounds } from './literal-numbers.ts'

/**
 * A text that may be of its kind; else what it should be. What is only known at run time, such as any `string` or
 * `10.0.0.${number}`, may be.
 */
export type LiteralText<Kind, Text extends string> =
  Record<never, true> extends Record<Text, true> ? Text : OneLiteral<Kind, Text>

type OneLiteral<Kind, Text extends string> = Kind extends Addressed
  ? LiteralAddresses<Text>
  : Kind extends Paced<infer Limits>
    ? LiteralRate<Kind, Text, Limits>
    : LiteralWords<Kind, Text>

type LiteralWords<Kind, Text extends string> =
  Kind extends Spelled<infer Words, infer Between, infer AnyCase>
    ? false extends Fits<AnyCase extends true ? Lowercase<Text> : Text, Words, Between>
      ? Words
      : LiteralNumbers<Kind, Text>
    : LiteralNumbers<Kind, Text>

/** Whether a text is one of the words, or several with a character between them; a range may be open. */
type Fits<Text extends string, Words extends string, Between extends string> = Text extends Words
  ? true
  : Text extends `${infer Left},${infer Right}`
    ? ',' extends Between
      ? Fits<Left, Words, Between> | Fits<Right, Words, Between>
      : false
    : Text extends `${infer Left}:${infer Right}`
      ? ':' extends Between
        ? EndFits<Left, Words> | EndFits<Right, Words>
        : false
      : false

type EndFits<Text extends string, Words extends string> = Text extends Words | '' ? true : false

/** Above this, counts are text, whose digits the run time compares. */
type Greatest = 9_007_199_254_740_991

type LiteralNumbers<Kind, Text extends string> =
  Kind extends Bounded<infer Minimum, infer Maximum>
    ? Maximum extends Greatest
      ? Text
      : false extends NumbersInBounds<Text, Minimum, Maximum>
        ? `whole numbers of ${Minimum} to ${Maximum}`
        : Text
    : Text

type LiteralRate<
  Kind,
  Text extends string,
  Limits,
> = Text extends `${infer Amount extends number}/${infer Unit}`
  ? Lowercase<Unit> extends keyof Limits
    ? RateWithin<`${Amount}`, Limits[Lowercase<Unit>], Text>
    : LiteralWords<Kind, Text>
  : Text extends `${infer Amount extends number}`
    ? RateWithin<`${Amount}`, Limits['s' & keyof Limits], Text>
    : LiteralWords<Kind, Text>

type RateWithin<Amount extends string, Most, Text extends string> = Most extends number
  ? DigitsInBounds<Amount, 1, Most> extends true
    ? Text
    : `a rate of 1 to ${Most} in this unit`
  : never

/** The beginnings of a word, which stand for it. */
export type Beginnings<
  Word extends string,
  From extends string = '',
> = Word extends `${infer First}${infer Rest}`
  ? `${From}${First}` | Beginnings<Rest, `${From}${First}`>
  : never
