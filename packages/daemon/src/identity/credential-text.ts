import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** Says to people, and to programs that look for secrets in repositories, what this is. */
const PREFIX = 'cm_'

/** Bytes: as many as nobody guesses, so that a fast hash hides them as well as a slow one; see {@link secretHash}. */
const SECRET_BYTES = 32
/** 62^43 is more than 2^256. */
const SECRET_LENGTH = 43
/** 62^6 is more than 2^32. */
const CHECKSUM_LENGTH = 6

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const KEY = new RegExp(`^${PREFIX}([0-9A-Za-z]{${SECRET_LENGTH}})([0-9A-Za-z]{${CHECKSUM_LENGTH}})$`)

/**
 * What may be a key, or most of one, wherever it stands. No name of a set or chain is so long:
 * IPSET_MAXNAMELEN of uapi/linux/netfilter/ipset/ip_set.h, XT_EXTENSION_MAXNAMELEN of uapi/linux/netfilter/x_tables.h.
 */
const SOMEWHERE = new RegExp(`${PREFIX}[0-9A-Za-z]{30,}`, 'g')

/** A new API key: `cm_`, 256 random bits and a checksum, in base 62. */
export function newKey(): string {
  const secret = base62(BigInt(`0x${randomBytes(SECRET_BYTES).toString('hex')}`), SECRET_LENGTH)
  return `${PREFIX}${secret}${checksum(secret)}`
}

/** Whether a text is meant to be an API key, right or wrong. */
export function looksLikeKey(text: string): boolean {
  return text.startsWith(PREFIX)
}

/** Whether its checksum is right: otherwise it was mistyped or cut off, and nothing has to be looked up. */
export function isWellFormedKey(text: string): boolean {
  const [, secret, sum] = KEY.exec(text) ?? []
  return secret !== undefined && checksum(secret) === sum
}

/**
 * What the store keeps of a key. A slow hash makes guesses of weak secrets expensive; here each guess has one chance in
 * 2^256, so SHA-256 is enough, and each request is checked in microseconds.
 */
export function secretHash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** Hides keys that somebody has put where a name or an address belongs: what is logged is read by many. */
export function withoutKeys(text: string): string {
  return text.includes(PREFIX) ? text.replaceAll(SOMEWHERE, `${PREFIX}…`) : text
}

function checksum(secret: string): string {
  return base62(BigInt(crc32(PREFIX + secret)), CHECKSUM_LENGTH)
}

function base62(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest /= 62n) text = DIGITS[Number(rest % 62n)] + text
  return text
}
