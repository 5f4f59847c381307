import { X509Certificate } from 'node:crypto'
import { chmodSync, existsSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DaemonError } from '../errors.ts'
import { makeFolder } from '../folder.ts'
import { asOwnerOf } from './folder-owner.ts'
import type { HostNames } from './host-names.ts'
import {
  issueClient,
  issueServer,
  type KeyedCertificate,
  LONGEST_COMMON_NAME,
  makeAuthority,
  validFor,
} from './issue.ts'
import { createPrivate, readCertificates, readKeyed, writePrivate } from './pem-file.ts'

/** Days. */
const AUTHORITY_LIFE = 3650
/** Days; browsers take no more than 398. */
const SERVER_LIFE = 397

/** For the owner alone. */
const FOLDER_MODE = 0o700

/**
 * The certificates that chainmail makes itself, in a folder of the state that is for its owner alone:
 *
 * - `authority.pem`: the certificate authority of this daemon with its private key. Removing it begins anew, and no
 *   certificate that it has signed holds any more.
 * - `ca.pem`: its certificate without the key, for clients.
 * - `server.pem`: the server's certificate and key.
 *
 * A certificate and its key stand in one file, so that both are replaced at once.
 */
export class CertificateFolder {
  readonly path: string
  readonly #authority: string
  readonly #server: string
  /** Where the authority's certificate stands, without its key. */
  readonly authorityPath: string
  readonly #state: string

  /** @param state the folder of the daemon's state */
  constructor(state: string) {
    this.#state = state
    this.path = join(state, 'certificates')
    this.#authority = join(this.path, 'authority.pem')
    this.#server = join(this.path, 'server.pem')
    this.authorityPath = join(this.path, 'ca.pem')
  }

  /** Whether the authority has been made. @throws DaemonError `certificate-unusable` when that cannot be told */
  exists(): boolean {
    return existsSync(this.#authority)
  }

  /** The authority, made if there is none. @throws DaemonError `certificate-unusable` */
  authority(): KeyedCertificate {
    return this.#asOwner(() => {
      if (!existsSync(this.#authority)) {
        const name = `chainmail CA of ${hostname()}`.slice(0, LONGEST_COMMON_NAME)
        createPrivate(this.#authority, textOf(makeAuthority(name, validFor(AUTHORITY_LIFE))))
      }
      const authority = readKeyed(this.#authority)
      if (!existsSync(this.authorityPath) || readCertificates(this.authorityPath) !== authority.certificate)
        writePrivate(this.authorityPath, authority.certificate)
      return authority
    })
  }

  /**
   * The server's certificate with its authority's, and the key. It is made if there is none, or if it is one of another
   * authority.
   * @throws DaemonError `certificate-unusable`
   */
  server(names: HostNames): KeyedCertificate {
    const authority = this.authority()
    const found = this.#asOwner(() => (existsSync(this.#server) ? readKeyed(this.#server) : undefined))
    if (found !== undefined && isSignedBy(found, authority)) return withIssuer(found, authority)
    return this.renewServer(names)
  }

  /** Makes a new certificate and key of the server. @throws DaemonError `certificate-unusable` */
  renewServer(names: HostNames): KeyedCertificate {
    const authority = this.authority()
    const server = issueServer(authority, names, validFor(SERVER_LIFE))
    this.#asOwner(() => writePrivate(this.#server, textOf(server)))
    return withIssuer(server, authority)
  }

  /** A key and certificate for a client; nothing of them is kept. @throws DaemonError `certificate-unusable` */
  issueClient(name: string, days: number): KeyedCertificate {
    return issueClient(this.authority(), name, validFor(days))
  }

  #asOwner<Result>(work: () => Result): Result {
    try {
      makeFolder(this.#state, FOLDER_MODE)
      return asOwnerOf(this.#state, () => {
        makeFolder(this.path, FOLDER_MODE)
        if ((statSync(this.path).mode & 0o077) !== 0) chmodSync(this.path, FOLDER_MODE)
        return asOwnerOf(this.path, work)
      })
    } catch (error) {
      if (error instanceof DaemonError) throw error
      const words = error instanceof Error ? error.message : String(error)
      throw new DaemonError('certificate-unusable', `The certificates in ${this.path}: ${words}`, error)
    }
  }
}

function isSignedBy({ certificate }: KeyedCertificate, authority: KeyedCertificate): boolean {
  return new X509Certificate(certificate).verify(new X509Certificate(authority.certificate).publicKey)
}

function withIssuer(server: KeyedCertificate, authority: KeyedCertificate): KeyedCertificate {
  return { ...server, certificate: server.certificate + authority.certificate }
}

function textOf({ certificate, key }: KeyedCertificate): string {
  return certificate + key
}
