import { X509Certificate } from 'node:crypto'
import { type FSWatcher, watch } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from '../errors.ts'
import type { CertificateFolder } from './certificate-folder.ts'
import { daysLeft, isFor, RENEWAL_DAYS, renewalReason } from './facts.ts'
import { hostNamesOf } from './host-names.ts'
import { readCertificates, readKeyed } from './pem-file.ts'

/** What the configuration says of certificates. */
export interface CertificateSettings {
  /** Names and addresses by which clients reach this host, beside those that it knows itself. */
  readonly names: readonly string[]
  /** A file with a certificate and those that follow it in its chain; undefined for one of our own. */
  readonly certificate: string | undefined
  /** A file with its key; undefined if that stands in the same file. */
  readonly key: string | undefined
  /** A file with the certificates of who signs clients; undefined for our own authority. */
  readonly clientAuthority: string | undefined
}

/** What a TLS server works with, in PEM. */
export interface TlsMaterial {
  /** The server's own and the rest of its chain. */
  readonly cert: string
  readonly key: string
  /** Who signs clients. */
  readonly ca: string
}

/** Where it is told what becomes of certificates, such as a logger of pino. */
export interface CertificateLog {
  info(about: object, words: string): void
  warn(about: object, words: string): void
  error(about: object, words: string): void
}

export interface ServerCertificatesOptions {
  readonly folder: CertificateFolder
  /** Read whenever it is needed. */
  readonly settings: CertificateSettings
  readonly log: CertificateLog
}

/** Milliseconds between two looks at names, dates and files: a daemon starts before the host has its addresses. */
const CHECK_EVERY = 300_000
/** Milliseconds: who replaces files often replaces several. */
const SETTLING = 300
/** Names of the Host header that are remembered. */
const REMEMBERED = 200
/** Checks between two warnings of the same end. */
const WARN_EVERY = 288

/**
 * The certificates of the HTTPS door.
 *
 * 1. Our own are made when there are none, and renewed before they end and when the host has got another name or address.
 * 2. What changes in the files is taken over without a restart: at once, as far as the kernel tells (inotify(7)), on
 *    demand, and every five minutes. Files that are wrong leave everything as it was.
 * 3. The end of what others made is warned of in the log.
 */
export class ServerCertificates implements Disposable {
  readonly #options: ServerCertificatesOptions
  #material: TlsMaterial
  #certificate: X509Certificate
  #allowed = new Map<string, boolean>()
  #watchers: readonly FSWatcher[] = []
  #settling: NodeJS.Timeout | undefined
  readonly #timer: NodeJS.Timeout
  readonly #listeners = new Set<(material: TlsMaterial) => void>()
  #checks = 0

  /** @throws DaemonError `certificate-unusable` */
  constructor(options: ServerCertificatesOptions) {
    this.#options = options
    this.#material = this.#read()
    this.#certificate = new X509Certificate(this.#material.cert)
    this.#timer = setInterval(() => this.#check(), CHECK_EVERY)
    this.#timer.unref()
    this.#check()
    this.#watch()
  }

  get material(): TlsMaterial {
    return this.#material
  }

  /** The server's own. */
  get certificate(): X509Certificate {
    return this.#certificate
  }

  /**
   * SHA-256 of what clients should trust: the authority's certificate, which outlives the server's, or the certificate
   * that the configuration names.
   */
  get fingerprint(): string {
    const { folder, settings } = this.#options
    return settings.certificate === undefined
      ? new X509Certificate(folder.authority().certificate).fingerprint256
      : this.#certificate.fingerprint256
  }

  /** The file with the authority's certificate, for clients; undefined where the configuration names a certificate. */
  get authorityPath(): string | undefined {
    const { folder, settings } = this.#options
    return settings.certificate === undefined ? folder.authorityPath : undefined
  }

  /**
   * Whether a request may say that it is for this name or address.
   * @param host in small letters, an IPv6 address without brackets
   */
  isOwnName(host: string): boolean {
    const known = this.#allowed.get(host)
    if (known !== undefined) return known
    const own = this.#options.settings.names.includes(host) || isFor(this.#certificate, host)
    if (this.#allowed.size >= REMEMBERED) this.#allowed.clear()
    this.#allowed.set(host, own)
    return own
  }

  /** Tells of each change of the material. Returns what ends that. */
  listen(listener: (material: TlsMaterial) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Reads the files anew. What is wrong with them is logged, and everything stays as it was. */
  reload(): void {
    this.#allowed.clear()
    try {
      this.#renewIfNeeded()
      this.#take(this.#read())
    } catch (error) {
      if (codeOf(error) !== 'certificate-unusable') throw error
      this.#options.log.error({ err: error }, 'the certificates are wrong, and stay as they were')
    }
    this.#watch()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    clearTimeout(this.#settling)
    for (const watcher of this.#watchers) watcher.close()
    this.#listeners.clear()
  }

  #read(): TlsMaterial {
    const { folder, settings } = this.#options
    const { certificate, key } =
      settings.certificate === undefined
        ? folder.server(hostNamesOf(settings.names))
        : readKeyed(settings.certificate, settings.key ?? settings.certificate)
    const ca =
      settings.clientAuthority === undefined
        ? folder.authority().certificate
        : readCertificates(settings.clientAuthority)
    return { cert: certificate, key, ca }
  }

  #take(material: TlsMaterial): void {
    const { cert, key, ca } = this.#material
    if (material.cert === cert && material.key === key && material.ca === ca) return
    this.#material = material
    this.#certificate = new X509Certificate(material.cert)
    this.#allowed.clear()
    const { fingerprint256: fingerprint, validToDate: to } = this.#certificate
    this.#options.log.info({ fingerprint, to }, 'certificates taken over')
    this.#warn()
    for (const listener of this.#listeners) listener(material)
  }

  #check(): void {
    if (this.#checks % WARN_EVERY === 0) this.#warn()
    this.#checks++
    this.reload()
  }

  #renewIfNeeded(): void {
    const { folder, settings, log } = this.#options
    if (settings.certificate !== undefined) return
    const names = hostNamesOf(settings.names)
    const why = renewalReason(new X509Certificate(folder.server(names).certificate), names)
    if (why === undefined) return
    folder.renewServer(names)
    log.info({ why }, "the server's certificate is renewed")
  }

  #warn(): void {
    const { settings, log } = this.#options
    const authority = new X509Certificate(this.#material.ca)
    const ending = [
      ...(settings.certificate === undefined ? [] : [{ what: settings.certificate, is: this.#certificate }]),
      { what: settings.clientAuthority ?? 'the certificate authority', is: authority },
    ]
    for (const { what, is } of ending) {
      const left = daysLeft(is)
      if (left >= RENEWAL_DAYS) continue
      const words = left < 0 ? 'is over' : `ends in ${left} days`
      log.warn({ what, to: is.validToDate, fingerprint: is.fingerprint256 }, `a certificate ${words}`)
    }
  }

  /** Folders are watched, not files: whoever replaces a file puts another one in its place. */
  #watch(): void {
    for (const watcher of this.#watchers) watcher.close()
    const { folder, settings } = this.#options
    const files = [settings.certificate, settings.key, settings.clientAuthority].filter(
      (path) => path !== undefined,
    )
    this.#watchers = [...new Set([folder.path, ...files.map(dirname)])].flatMap((path) => {
      try {
        const watcher = watch(path, { persistent: false }, () => this.#settle())
        watcher.on('error', () => watcher.close())
        return [watcher]
      } catch (error) {
        this.#options.log.warn(
          { err: error, path },
          'changes of certificates are seen every five minutes only',
        )
        return []
      }
    })
  }

  #settle(): void {
    this.#settling ??= setTimeout(() => {
      this.#settling = undefined
      this.reload()
    }, SETTLING)
    this.#settling.unref()
  }
}
