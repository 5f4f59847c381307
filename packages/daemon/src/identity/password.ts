import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** RFC 7914. 32 MiB and some tens of milliseconds for each attempt. */
const cost = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const
const HASH_BYTES = 32
const SALT_BYTES = 16

/** `scrypt:N:r:p:salt:hash`, the last two in base64url: who reads it knows all that it was made with. */
const HASH = /^scrypt:(\d{1,7}):(\d{1,2}):(\d{1,2}):([\w-]{22}):([\w-]{43})$/

/** What the store keeps of a password. */
export async function passwordHash(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await derive(password, salt, cost)
  return `scrypt:${cost.N}:${cost.r}:${cost.p}:${salt.toString('base64url')}:${hash.toString('base64url')}`
}

/** Takes as long for a wrong password as for the right one. */
export async function isPassword(password: string, kept: string): Promise<boolean> {
  const [, n, r, p, salt, hash] = HASH.exec(kept) ?? []
  if (salt === undefined || hash === undefined) return false
  const wanted = { N: Number(n), r: Number(r), p: Number(p), maxmem: cost.maxmem }
  const derived = await derive(password, Buffer.from(salt, 'base64url'), wanted)
  return timingSafeEqual(derived, Buffer.from(hash, 'base64url'))
}

/** No password has it: who is not known takes as long as who is. */
export const noPassword = `scrypt:${cost.N}:${cost.r}:${cost.p}:${'A'.repeat(22)}:${'A'.repeat(43)}`

function derive(
  password: string,
  salt: Buffer,
  options: { N: number; r: number; p: number; maxmem: number },
) {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  scrypt(password.normalize('NFC'), salt, HASH_BYTES, options, (error, hash) =>
    error === null ? resolve(hash) : reject(error),
  )
  return promise
}
