/** A number that is no literal, or a whole one between the bounds. */
export type InBounds<N extends number, Minimum extends number, Maximum extends number> = number extends N
  ? true
  : DigitsInBounds<`${N}`, Minimum, Maximum>

/** Whether digits are a whole number between the bounds. */
export type DigitsInBounds<
  Digits extends string,
  Minimum extends number,
  Maximum extends number,
> = Digits extends `-${string}` | `${string}.${string}` | `${string}e${string}`
  ? false
  : AtMost<`${Minimum}`, Digits> extends true
    ? AtMost<Digits, `${Maximum}`>
    : false

/** Whether every decimal number in a text, such as `22:80`, is between the bounds; hexadecimal is not looked at. */
export type NumbersInBounds<Text extends string, Minimum extends number, Maximum extends number> =
  Parts<Text> extends infer Part
    ? Part extends `0x${string}` | `0X${string}`
      ? true
      : Part extends `${number}`
        ? DigitsInBounds<WithoutZeros<Part>, Minimum, Maximum>
        : true
    : never

/** What stands between the separators; a dash is one between two numbers only. */
type Parts<Text extends string> = Text extends `${infer Left}/${infer Right}`
  ? Parts<Left> | Parts<Right>
  : Text extends `${infer Left},${infer Right}`
    ? Parts<Left> | Parts<Right>
    : Text extends `${infer Left}:${infer Right}`
      ? Parts<Left> | Parts<Right>
      : Text extends `${bigint}-${bigint}`
        ? Text extends `${infer Left}-${infer Right}`
          ? Left | Right
          : never
        : Text

type WithoutZeros<Digits extends string> = Digits extends `0${infer Rest}`
  ? Rest extends ''
    ? Digits
    : WithoutZeros<Rest>
  : Digits

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
