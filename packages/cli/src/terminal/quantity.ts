/** Durations and counters in the form that a person reads at a glance. The exact figures are in `--json`. */

const spans = [
  { unit: 'd', seconds: 86_400 },
  { unit: 'h', seconds: 3_600 },
  { unit: 'm', seconds: 60 },
  { unit: 's', seconds: 1 },
] as const

/** A number of seconds in its two largest units, rounded down: `9m 58s`, `3d 4h`, `12s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const largest = spans.findIndex((span) => whole >= span.seconds)
  const [first, second] = largest === -1 ? spans.slice(-1) : spans.slice(largest, largest + 2)
  if (first === undefined) return '0s'
  const amount = Math.floor(whole / first.seconds)
  const rest = second === undefined ? 0 : Math.floor((whole % first.seconds) / second.seconds)
  return second === undefined || rest === 0
    ? `${amount}${first.unit}`
    : `${amount}${first.unit} ${rest}${second.unit}`
}

const prefixes = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z'] as const

/** A count in thousands, rounded down to two or three figures: `0`, `999`, `1.2 k`, `34 M`. */
export function count(amount: number | bigint): string {
  const { figure, prefix } = scaled(amount)
  return prefix === '' ? figure : `${figure} ${prefix}`
}

/** A number of bytes, rounded down: `96 B`, `1.2 kB`, `34 MB`. */
export function bytes(amount: number | bigint): string {
  const { figure, prefix } = scaled(amount)
  return `${figure} ${prefix}B`
}

function scaled(amount: number | bigint): { figure: string; prefix: string } {
  const digits = BigInt(amount).toString()
  const step = Math.floor((digits.length - 1) / 3)
  const prefix = prefixes[step] ?? ''
  const whole = digits.slice(0, digits.length - step * 3)
  // 1.2 k, but 12 k: a tenth is told only where it is a tenth of the figure or more.
  const tenth = step > 0 && whole.length === 1 ? `.${digits.slice(whole.length, whole.length + 1)}` : ''
  return { figure: whole + tenth, prefix }
}

/** `1 ban`, `2 bans`. */
export function plural(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}
