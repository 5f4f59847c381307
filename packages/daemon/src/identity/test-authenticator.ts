import { oneTimePassword, stepAt } from './totp.ts'

const BASE_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/**
 * An authenticator application of a test.
 * @param uri as it was enrolled with
 * @returns its password at a time, in milliseconds since 1970
 */
export function authenticatorOf(uri: string): (at: number) => string {
  const secret = new URL(uri).searchParams.get('secret') ?? ''
  const bits = Array.from(secret, (letter) => BASE_32.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  return (at) => oneTimePassword(bytes, stepAt(at))
}

/** How long a password is shown, in milliseconds. */
export const shownFor = 30_000
