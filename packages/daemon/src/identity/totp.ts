import { createHmac } from 'node:crypto'

/** What every authenticator application takes, whatever else it may: RFC 6238 with SHA-1, six digits, 30 seconds. */
const DIGITS = 6
const STEP_SECONDS = 30

/** RFC 4226, section 4, R6: as many as SHA-1 has. */
export const SECRET_BYTES = 20

const BASE_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The number of the time step. @param now milliseconds since 1970 */
export function stepAt(now: number): number {
  return Math.floor(now / 1000 / STEP_SECONDS)
}

/** The one-time password of a time step: RFC 4226, section 5.3, with the step as its counter. */
export function oneTimePassword(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', secret).update(counter).digest()
  const offset = digest.readUInt8(digest.length - 1) & 0xf
  const truncated = digest.readUInt32BE(offset) & 0x7fff_ffff
  return String(truncated % 10 ** DIGITS).padStart(DIGITS, '0')
}

/**
 * What an authenticator application reads, by hand or as a QR code: `otpauth://totp/chainmail:alice?secret=…`.
 * @param issuer what the application shows above the name
 */
export function otpauthUri(issuer: string, name: string, secret: Uint8Array): string {
  const [place, owner] = [encodeURIComponent(issuer), encodeURIComponent(name)]
  const rest = `algorithm=SHA1&digits=${DIGITS}&period=${STEP_SECONDS}`
  return `otpauth://totp/${place}:${owner}?secret=${base32(secret)}&issuer=${place}&${rest}`
}

/** RFC 4648, section 6, without the padding, which applications don't want. */
function base32(bytes: Uint8Array): string {
  let [text, rest, bits] = ['', 0, 0]
  for (const byte of bytes) {
    rest = (rest << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) text += BASE_32[(rest >> (bits - 5)) & 31]
    rest &= (1 << bits) - 1
  }
  return bits === 0 ? text : text + BASE_32[(rest << (5 - bits)) & 31]
}
