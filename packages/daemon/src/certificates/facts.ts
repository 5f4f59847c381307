import type { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { formatAddress, parseAddress } from '@chainmail/kernel/address'
import type { HostNames } from './host-names.ts'
import { commonNameOf } from './issue.ts'

/** What is worth knowing of a certificate. */
export interface CertificateFacts {
  /** The common name; absent if there is none, or several. */
  readonly name?: string
  /** SHA-256 of the certificate, in pairs of digits with colons between. */
  readonly fingerprint: string
  /** Names and addresses that it is for. */
  readonly names: readonly string[]
  /** ISO 8601. */
  readonly from: string
  readonly to: string
  /** Whole days that are left, negative when it is over. */
  readonly daysLeft: number
}

const DAY = 86_400_000

/** Days before its end when a certificate of our own is renewed, and when of another one is warned. */
export const RENEWAL_DAYS = 30

export function factsOf(certificate: X509Certificate, now = new Date()): CertificateFacts {
  const name = commonNameOf(certificate)
  return {
    ...(name === undefined ? {} : { name }),
    fingerprint: certificate.fingerprint256,
    names: namesOf(certificate),
    from: certificate.validFromDate.toISOString(),
    to: certificate.validToDate.toISOString(),
    daysLeft: daysLeft(certificate, now),
  }
}

export function daysLeft({ validToDate }: X509Certificate, now = new Date()): number {
  return Math.floor((validToDate.getTime() - now.getTime()) / DAY)
}

/** Whether a certificate is for a name or an address, by the rules of OpenSSL; wildcards hold. */
export function isFor(certificate: X509Certificate, name: string): boolean {
  return isIP(name) === 0
    ? certificate.checkHost(name, { subject: 'never' }) !== undefined
    : certificate.checkIP(name) !== undefined
}

/** Why a certificate of our own should be made anew, behind "because"; undefined where it is good as it is. */
export function renewalReason(
  certificate: X509Certificate,
  { names, addresses }: HostNames,
  now = new Date(),
): string | undefined {
  if (now < certificate.validFromDate) return 'it does not hold yet'
  const left = daysLeft(certificate, now)
  if (left < 0) return 'it is over'
  if (left < RENEWAL_DAYS) return `it ends in ${left} days`
  const missing = [...names, ...addresses].find((name) => !isFor(certificate, name))
  return missing === undefined ? undefined : `it does not name ${missing}`
}

/** As far as they are names and addresses; others mean nothing here. */
function namesOf({ subjectAltName = '' }: X509Certificate): string[] {
  return Array.from(subjectAltName.matchAll(/(DNS|IP Address):([^,"\s]+)/g), ([, kind, name = '']) =>
    kind === 'DNS' ? name : formatAddress(parseAddress(name.toLowerCase())),
  )
}
