import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'
import { parseAddress } from '@chainmail/kernel/address'
import {
  bitString,
  boolean,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOfOne,
  time,
  utf8String,
} from './der.ts'
import type { HostNames } from './host-names.ts'

/** A certificate and its private key, each in PEM. */
export interface KeyedCertificate {
  readonly certificate: string
  readonly key: string
}

/** From when until when a certificate holds. */
export interface Validity {
  readonly from: Date
  readonly to: Date
}

const DAY = 86_400_000

/** Characters of a common name: ub-common-name of RFC 5280. */
export const LONGEST_COMMON_NAME = 64

/** Clocks may differ, and a certificate is of use at once. */
const BACKDATED = DAY

/** RFC 5480 and RFC 5758: ECDSA with SHA-256. */
const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'))
const commonName = objectIdentifier('2.5.4.3')
const organization = objectIdentifier('2.5.4.10')
/** RFC 5280, 4.2.1.12. */
const serverAuthentication = objectIdentifier('1.3.6.1.5.5.7.3.1')
const clientAuthentication = objectIdentifier('1.3.6.1.5.5.7.3.2')

/** RFC 5280, 4.2.1.3: the bits of a key's usage, the first one highest, in the bits of one byte. */
const SIGNATURE = 0x80
const SIGNING_CERTIFICATES_AND_LISTS = 0x06

/** @param days from now on */
export function validFor(days: number, now = new Date()): Validity {
  return { from: new Date(now.getTime() - BACKDATED), to: new Date(now.getTime() + days * DAY) }
}

/** A new certificate authority, ECDSA P-256, which signs servers and clients and no further authority. */
export function makeAuthority(name: string, validity: Validity): KeyedCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificate = signed({
    subject: authorityName(name),
    issuer: authorityName(name),
    validity,
    publicKey,
    signer: privateKey,
    extensions: [
      extension('2.5.29.19', true, sequence(boolean(true), integer(Uint8Array.of(0)))),
      extension('2.5.29.15', true, bitString(Uint8Array.of(SIGNING_CERTIFICATES_AND_LISTS), 1)),
    ],
  })
  return { certificate, key: pemOf(privateKey) }
}

/** A new key and the certificate of a server that has these names and addresses. */
export function issueServer(
  authority: KeyedCertificate,
  { names, addresses }: HostNames,
  validity: Validity,
): KeyedCertificate {
  return issue(authority, (names[0] ?? 'localhost').slice(0, LONGEST_COMMON_NAME), validity, [
    extension('2.5.29.37', false, sequence(serverAuthentication)),
    // RFC 5280, 4.2.1.6: dNSName is number 2, iPAddress number 7.
    extension(
      '2.5.29.17',
      false,
      sequence(
        ...names.map((name) => implicit(2, Buffer.from(name))),
        ...addresses.map((address) => implicit(7, parseAddress(address).bytes)),
      ),
    ),
  ])
}

/**
 * A new key and a certificate by which a client is known.
 * @param name its common name
 */
export function issueClient(authority: KeyedCertificate, name: string, validity: Validity): KeyedCertificate {
  return issue(authority, name, validity, [extension('2.5.29.37', false, sequence(clientAuthentication))])
}

function issue(
  authority: KeyedCertificate,
  name: string,
  { from, to }: Validity,
  extensions: readonly Uint8Array[],
): KeyedCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const issuer = new X509Certificate(authority.certificate)
  // What outlives its authority would be refused as late as then.
  const end = Math.min(to.getTime(), issuer.validToDate.getTime())
  const certificate = signed({
    subject: nameOf(name),
    issuer: authorityName(commonNameOf(issuer) ?? ''),
    validity: { from, to: new Date(end) },
    publicKey,
    signer: createPrivateKey(authority.key),
    extensions: [
      extension('2.5.29.19', true, sequence()),
      extension('2.5.29.15', true, bitString(Uint8Array.of(SIGNATURE), 7)),
      ...extensions,
    ],
  })
  return { certificate, key: pemOf(privateKey) }
}

/** The one common name of a certificate's subject; undefined if it has none, or several. */
export function commonNameOf(certificate: X509Certificate): string | undefined {
  const { CN } = certificate.toLegacyObject().subject
  return typeof CN === 'string' ? CN : undefined
}

interface Content {
  readonly subject: Uint8Array
  readonly issuer: Uint8Array
  readonly validity: Validity
  readonly publicKey: KeyObject
  readonly signer: KeyObject
  readonly extensions: readonly Uint8Array[]
}

/** RFC 5280, 4.1, in PEM. */
function signed({ subject, issuer, validity, publicKey, signer, extensions }: Content): string {
  const content = sequence(
    // The version, 3.
    explicit(0, integer(Uint8Array.of(2))),
    // Positive, and random, so that nobody foresees what is signed.
    integer(randomBytes(16)),
    ecdsaWithSha256,
    issuer,
    sequence(time(validity.from), time(validity.to)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(
      3,
      sequence(
        ...extensions,
        extension('2.5.29.14', false, octetString(keyIdentifier(publicKey))),
        extension('2.5.29.35', false, sequence(implicit(0, keyIdentifier(createPublicKey(signer))))),
      ),
    ),
  )
  const certificate = sequence(content, ecdsaWithSha256, bitString(sign('sha256', content, signer)))
  const lines = Buffer.from(certificate)
    .toString('base64')
    .replaceAll(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

/** RFC 5280, 4.2. */
function extension(identifier: string, critical: boolean, value: Uint8Array): Uint8Array {
  return sequence(objectIdentifier(identifier), ...(critical ? [boolean(true)] : []), octetString(value))
}

/** Any name that tells keys from one another, RFC 5280, 4.2.1.2. */
function keyIdentifier(publicKey: KeyObject): Uint8Array {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20)
}

function nameOf(common: string): Uint8Array {
  return sequence(setOfOne(sequence(commonName, utf8String(common))))
}

function authorityName(common: string): Uint8Array {
  return sequence(
    setOfOne(sequence(organization, utf8String('chainmail'))),
    setOfOne(sequence(commonName, utf8String(common))),
  )
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
