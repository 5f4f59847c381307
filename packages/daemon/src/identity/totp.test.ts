import { describe, expect, it } from 'vitest'
import { oneTimePassword, otpauthUri, stepAt } from './totp.ts'

/** RFC 6238, appendix B: the secret of SHA-1, seconds since 1970, and passwords of eight digits. */
const secret = Buffer.from('12345678901234567890')
const vectors: readonly [seconds: number, password: string][] = [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
]

/** RFC 4226, appendix D: by the counter, of six digits. */
const counted = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'

describe('a one-time password', () => {
  it.each(vectors)('at %d s is the end of the one in RFC 6238', (seconds, password) => {
    expect(oneTimePassword(secret, stepAt(seconds * 1000))).toBe(password.slice(2))
  })

  it('of each counter is the one in RFC 4226', () => {
    const made = Array.from({ length: 10 }, (_, counter) => oneTimePassword(secret, counter))
    expect(made.join(' ')).toBe(counted)
  })
})

describe('the URI for an application', () => {
  it('has the secret in base 32, RFC 4648, and names that cannot say anything else', () => {
    const of = (text: string) =>
      new URL(otpauthUri('chainmail web1', 'oidc:a&secret=B/c', Buffer.from(text))).searchParams.get('secret')
    // RFC 4648, section 10, without the padding.
    expect(['f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map(of)).toEqual([
      'MY',
      'MZXQ',
      'MZXW6',
      'MZXW6YQ',
      'MZXW6YTB',
      'MZXW6YTBOI',
    ])
    expect(otpauthUri('chainmail web1', 'oidc:a&b', secret)).toBe(
      'otpauth://totp/chainmail%20web1:oidc%3Aa%26b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=chainmail%20web1&algorithm=SHA1&digits=6&period=30',
    )
  })
})
