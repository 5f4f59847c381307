import { type AnyText, type Kind, refuse, type Spelled } from '../kind.ts'

/** So many bits in a second, as iptables-save rounds them: `'1000Kbit'`. */
export type Throughput = `${number}${'bit' | 'Kbit' | 'Mbit'}`

// iptables-extensions(8), rateest: bit, [kmgt]bit, [KMGT]ibit, Bps, [KMGT]Bps, [KMGT]iBps; case does not matter
const RATE = /^(\d{1,20}\.?\d{0,20}|\.\d{1,20})(?:([kmgt]i?)?(bit|bps))?$/i

type Suffix = '' | `${'' | `${'k' | 'm' | 'g' | 't'}${'' | 'i'}`}${'bit' | 'bps'}`

const POWERS = ['', 'k', 'm', 'g', 't']

/** The kernel keeps whole bytes a second in 32 bits; above this, what is printed overflows when it is read. */
const GREATEST_MEGABITS = 34_359

function read(word: string): Throughput | undefined {
  const [, amount, prefix = '', unit = 'bit'] = RATE.exec(word) ?? []
  if (amount === undefined) return undefined
  const base = prefix.length === 2 ? 1024 : 1000
  const scale = base ** POWERS.indexOf(prefix.charAt(0).toLowerCase())
  const bits = Number(amount) * scale * (unit.toLowerCase() === 'bit' ? 1 : 8)
  return written(Math.floor(bits / 8) * 8)
}

function written(bits: number): Throughput | undefined {
  if (bits < 1e6) return `${bits}bit`
  const kilobits = Math.round(bits / 1e3)
  if (kilobits < 1e6) return `${kilobits}Kbit`
  const megabits = Math.round(bits / 1e6)
  return megabits <= GREATEST_MEGABITS ? `${megabits}Mbit` : undefined
}

/** A rate such as `'2.5mbit'`, rounded as iptables-save prints it; without a value, what `absent` says. */
export function throughput<Absent extends Throughput | true>(
  absent: Absent,
): Kind<Throughput | Absent, Throughput | Absent | AnyText | number> &
  Spelled<`${number}${Suffix}`, never, true> {
  const expects = `a rate of 0 to ${GREATEST_MEGABITS}Mbit such as 2.5mbit or 100KBps`
  const parse = (word: string): Throughput => read(word) ?? refuse(word, expects)
  return {
    words: 1,
    optional: true,
    expects,
    schema: {
      anyOf: [
        { type: 'string', examples: ['2.5mbit', '100KBps'] },
        ...(absent === true ? [{ const: true }] : []),
      ],
    },
    parse: (words, at) => {
      const word = words[at]
      return word === undefined ? absent : parse(word)
    },
    check: (value) => {
      if (value === absent) return absent
      return typeof value === 'string' || typeof value === 'number'
        ? parse(String(value))
        : refuse(value, expects)
    },
    render: (value) => (value === true ? '' : String(value)),
  }
}
