const UNITS = [
  ['mb', 1_048_576],
  ['kb', 1_024],
  ['b', 1],
] as const

type ByteUnit = (typeof UNITS)[number][0]
/** An amount of bytes: `'512kb'`. */
export type Bytes = `${number}${ByteUnit}`
/** So many bytes in a second: `'512kb/s'`. */
export type ByteRate = `${Bytes}/s`

const BYTES = /^(\d{1,10})([km]?b)$/
const SECOND = /^s(?:e(?:c(?:o(?:n(?:d)?)?)?)?)?$/

// The kernel counts in chunks of 16 bytes and keeps what one chunk costs of 2^32 - 1 credits.
// uapi/linux/netfilter/xt_hashlimit.h, XT_HASHLIMIT_BYTE_SHIFT
const CHUNK = 16
const CREDITS = 0xffff_ffff
/** A higher rate, or amount, overflows. */
const MAX_BYTES = 4_095 * 1_048_576

/** The bytes of `512kb`, or undefined. */
export function readBytes(text: string): number | undefined {
  const [, amount, name] = BYTES.exec(text) ?? []
  const unit = UNITS.find(([short]) => short === name)
  if (amount === undefined || unit === undefined) return undefined
  const bytes = Number(amount) * unit[1]
  return bytes > 0 && bytes <= MAX_BYTES ? bytes : undefined
}

/** The bytes a second that the kernel makes of `512kb/s`, or undefined. */
export function readByteRate(text: string): number | undefined {
  const slash = text.indexOf('/')
  const bytes =
    slash !== -1 && SECOND.test(text.slice(slash + 1)) ? readBytes(text.slice(0, slash)) : undefined
  return bytes === undefined || bytes < CHUNK ? undefined : exactRate(bytes)
}

function cost(bytes: number): number {
  return Math.floor(CREDITS / (Math.floor(bytes / CHUNK) + 1))
}

function exactRate(bytes: number): number {
  return (Math.floor(CREDITS / cost(bytes)) - 1) * CHUNK
}

/** In the largest unit that costs the same, as save prints a rate. */
export function writeByteRate(bytes: number): ByteRate {
  const [name, size] =
    UNITS.find(([, unit]) => bytes >= unit && cost(Math.floor(bytes / unit) * unit) === cost(bytes)) ??
    UNITS[2]
  return `${Math.floor(bytes / size)}${name}/s`
}

/** In the largest unit that is not more, rounded down, as save prints an amount. */
export function writeBytes(bytes: number): Bytes {
  const [name, size] = UNITS.find(([, unit]) => bytes >= unit) ?? UNITS[2]
  return `${Math.floor(bytes / size)}${name}`
}
