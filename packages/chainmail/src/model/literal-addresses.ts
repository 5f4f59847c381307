import type { DigitsInBounds } from './literal-numbers.ts'

/** An address, a network, or a range or list of addresses that may be one; else what it should be. */
export type LiteralAddresses<Text extends string> =
  false extends AddressesFit<Text> ? 'an address or network, such as 192.0.2.0/24 or 2001:db8::/32' : Text

type AddressesFit<Text extends string> = Text extends `${infer Left}-${infer Right}`
  ? NetworkFits<Left> | AddressesFit<Right>
  : Text extends `${infer Left},${infer Right}`
    ? NetworkFits<Left> | AddressesFit<Right>
    : NetworkFits<Text>

type NetworkFits<Text extends string> = Text extends `${infer Address}/${infer Mask}`
  ? Address extends `${string}:${string}`
    ? Ipv6Fits<Address> | MaskFits<Mask, 128>
    : Ipv4Fits<Address> | MaskFits<Mask, 32>
  : AddressFits<Text>

type AddressFits<Text extends string> = Text extends `${string}:${string}` ? Ipv6Fits<Text> : Ipv4Fits<Text>

type MaskFits<Mask extends string, Longest extends number> = Mask extends `${bigint}`
  ? DigitsInBounds<Mask, 0, Longest>
  : AddressFits<Mask>

/** One to four bytes in decimal: iptables reads `10/8`. */
type Ipv4Fits<Text extends string> = Text extends `${string}.${string}.${string}.${string}.${string}`
  ? false
  : Text extends `${infer Byte}.${infer Rest}`
    ? ByteFits<Byte> | Ipv4Fits<Rest>
    : ByteFits<Text>

type ByteFits<Byte extends string> = Byte extends `${bigint}` ? DigitsInBounds<Byte, 0, 255> : false

/** Groups of at most four hexadecimal digits; an IPv4 address may end it. How many there are is for the run time. */
type Ipv6Fits<Text extends string> = Text extends `${infer Group}:${infer Rest}`
  ? GroupFits<Group> | Ipv6Fits<Rest>
  : Text extends `${string}.${string}`
    ? Ipv4Fits<Text>
    : GroupFits<Text>

type GroupFits<Group extends string> =
  Group extends `${infer _}${infer _}${infer _}${infer _}${infer _}${infer _}` ? false : DigitsFit<Group>

type DigitsFit<Digits extends string> = Digits extends `${infer First}${infer Rest}`
  ? Lowercase<First> extends HexadecimalDigit
    ? DigitsFit<Rest>
    : false
  : true

type HexadecimalDigit =
  | '0'
  | '1'
  | '2'
  | '3'
  | '4'
  | '5'
  | '6'
  | '7'
  | '8'
  | '9'
  | 'a'
  | 'b'
  | 'c'
  | 'd'
  | 'e'
  | 'f'
