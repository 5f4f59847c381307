import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { codeOf, DaemonError } from '../errors.ts'
import type { KeyedCertificate } from './issue.ts'

/** For the owner alone. */
const MODE = 0o600

/**
 * A certificate, those that follow it in its chain, and the private key, from one file or from two.
 * @throws DaemonError `certificate-unusable` when a file cannot be read, holds something else, or the key is another's
 */
export function readKeyed(certificatePath: string, keyPath = certificatePath): KeyedCertificate {
  const certificate = readCertificates(certificatePath)
  const text = keyPath === certificatePath ? readText(certificatePath) : readText(keyPath)
  const [key] = blocksOf(text, '(?:EC |RSA )?PRIVATE KEY')
  if (key === undefined) throw unusable(keyPath, 'holds no private key in PEM without a passphrase')
  try {
    if (new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) return { certificate, key }
  } catch (error) {
    throw unusable(keyPath, 'holds a private key that cannot be read', error)
  }
  throw unusable(keyPath, `holds another private key than that of the certificate in ${certificatePath}`)
}

/** The certificates of a file in PEM, and nothing else of it. @throws DaemonError `certificate-unusable` */
export function readCertificates(path: string): string {
  const blocks = blocksOf(readText(path), 'CERTIFICATE')
  if (blocks.length === 0) throw unusable(path, 'holds no certificate in PEM')
  try {
    for (const block of blocks) new X509Certificate(block)
  } catch (error) {
    throw unusable(path, 'holds a certificate that cannot be read', error)
  }
  return blocks.join('')
}

/** Puts a file in place as a whole, for the owner alone: whoever reads it sees the old one or the new one. */
export function writePrivate(path: string, text: string): void {
  const temporary = writeTemporary(path, text)
  try {
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** As {@link writePrivate}, unless there is such a file already; whether it was put in place. */
export function createPrivate(path: string, text: string): boolean {
  const temporary = writeTemporary(path, text)
  try {
    linkSync(temporary, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    rmSync(temporary)
  }
}

function writeTemporary(path: string, text: string): string {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.new`
  const descriptor = openSync(temporary, 'wx', MODE)
  try {
    writeSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  return temporary
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw unusable(path, `cannot be read: ${error instanceof Error ? error.message : String(error)}`, error)
  }
}

function blocksOf(text: string, label: string): string[] {
  const pattern = new RegExp(`^-----BEGIN (${label})-----\\r?\\n[A-Za-z0-9+/=\\r\\n]+-----END \\1-----`, 'gm')
  return Array.from(text.matchAll(pattern), ([block]) => `${block}\n`)
}

function unusable(path: string, what: string, cause?: unknown): DaemonError {
  return new DaemonError('certificate-unusable', `${path} ${what}.`, cause)
}
