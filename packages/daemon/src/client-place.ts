import type { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type RequestOptions,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import { type ConnectionOptions, connect, type SecureContextOptions } from 'node:tls'
import { codeOf, DaemonError } from './errors.ts'

/** Where a daemon is, and how it is spoken to. */
export interface DaemonPlace {
  /** The path of a unix socket, or a URL. */
  readonly name: string
  /** What sends requests, once it is known whom to trust. @throws DaemonError `no-daemon`, `daemon-not-trusted` */
  sender(): Promise<Send>
  /** That no daemon answered there, and why. */
  unreachable(error: unknown): DaemonError
}

/** Begins a request. Whoever calls it listens for its errors at once. */
export type Send = (options: PlaceRequest) => ClientRequest

export interface PlaceRequest {
  readonly method: string
  /** As in `/v1/bans/203.0.113.0%2F24`, encoded. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | number>>
}

/** A daemon that is reached through the network. */
export interface RemoteDaemon {
  /** Such as `https://fw.example.org:7393`; `http:` for loopback only. */
  readonly url: string
  /** The certificates of the authority that the daemon's has to come from, in PEM; those of the system if not said. */
  readonly ca?: string | undefined
  /**
   * SHA-256 of the daemon's certificate, whatever its names are, or of its authority's: 64 hexadecimal digits, with or
   * without colons between. It stands instead of `ca`.
   */
  readonly fingerprint?: string | undefined
  /** A client certificate and its key, in PEM. */
  readonly certificate?: string | undefined
  readonly key?: string | undefined
  readonly apiKey?: string | undefined
}

export function socketPlace(path: string): DaemonPlace {
  return {
    name: path,
    sender: async () => (options) =>
      httpRequest({ socketPath: path, ...options, headers: { host: 'localhost', ...options.headers } }),
    unreachable(error) {
      const code = codeOf(error)
      if (code !== 'EACCES' && code !== 'EPERM') return noDaemon(path, error)
      return new DaemonError(
        'socket-not-permitted',
        `This user may not use the daemon's socket ${path}.`,
        error,
      )
    },
  }
}

/** @throws DaemonError `bad-setting` */
export function remotePlace(remote: RemoteDaemon): DaemonPlace {
  const url = readUrl(remote.url)
  const name = url.origin
  const headers = remote.apiKey === undefined ? {} : { authorization: `Bearer ${readApiKey(remote.apiKey)}` }
  const sender = senderTo(url, remote)
  return {
    name,
    sender: async () => {
      try {
        const send = await sender
        return (options) => send({ ...options, headers: { ...headers, ...options.headers } })
      } catch (error) {
        throw unreachable(name, error)
      }
    },
    unreachable: (error) => unreachable(name, error),
  }
}

/** Finds out once whom to trust, before anything is sent. */
function senderTo(url: URL, remote: RemoteDaemon): Promise<Send> {
  const where: RequestOptions = { host: url.hostname.replaceAll(/[[\]]/g, ''), port: url.port || 443 }
  if (url.protocol === 'http:') {
    const agent = new HttpAgent({ keepAlive: true })
    return Promise.resolve((options) => httpRequest({ ...where, port: url.port || 80, ...options, agent }))
  }
  const identity = secureOptions(remote)
  const trusted =
    remote.fingerprint === undefined
      ? Promise.resolve(identity)
      : pinned(url, readFingerprint(remote.fingerprint)).then((trust) => ({ ...identity, ...trust }))
  const sender = trusted.then((tls): Send => {
    const agent = new HttpsAgent({ keepAlive: true, ...tls })
    return (options) => httpsRequest({ ...where, ...options, agent })
  })
  // Whoever sends hears of it; a client that is never used need not.
  sender.catch(() => undefined)
  return sender
}

function secureOptions({ ca, certificate, key }: RemoteDaemon): SecureContextOptions {
  return {
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate, key: key ?? certificate }),
  }
}

/**
 * Whom to trust by a fingerprint: a first connection, over which nothing is sent, shows which certificate has it, and
 * every other connection is verified against that one.
 */
async function pinned(url: URL, fingerprint: string): Promise<ConnectionOptions> {
  const host = url.hostname.replaceAll(/[[\]]/g, '')
  const connection = connect({
    host,
    port: Number(url.port || 443),
    ...(isIP(host) === 0 ? { servername: host } : {}),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: false,
  })
  try {
    await once(connection, 'secureConnect')
    const chain = chainOf(connection.getPeerX509Certificate())
    const found = chain.findIndex(({ fingerprint256 }) => fingerprint256 === fingerprint)
    const trusted = chain[found]
    if (trusted === undefined)
      throw new DaemonError(
        'daemon-not-trusted',
        `The daemon at ${url.origin} shows a certificate with the fingerprint ${chain[0]?.fingerprint256 ?? 'of nothing'}, and neither it nor its authority's is ${fingerprint}.`,
      )
    // The certificate itself was named: then its names don't matter.
    const named = found === 0 ? { allowPartialTrustChain: true, checkServerIdentity: () => undefined } : {}
    return { ca: trusted.toString(), ...named }
  } finally {
    connection.destroy()
  }
}

/** A certificate and those that have signed it, as far as the server shows them. */
function chainOf(first: X509Certificate | undefined): X509Certificate[] {
  const chain: X509Certificate[] = []
  for (let one = first; one !== undefined; one = one.issuerCertificate) {
    const { fingerprint256 } = one
    if (chain.some((other) => other.fingerprint256 === fingerprint256)) break
    chain.push(one)
  }
  return chain
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isBare = url?.pathname === '/' && `${url.search}${url.hash}${url.username}${url.password}` === ''
  if (url?.protocol === 'https:' && isBare) return url
  if (url?.protocol === 'http:' && isBare && isLoopback(url.hostname)) return url
  const what =
    url?.protocol === 'http:' && isBare
      ? 'is not encrypted, and leads to another host: use https://'
      : 'is not https://HOST:PORT, nor http:// with an address of loopback'
  throw new DaemonError('bad-setting', `The URL of the daemon, ${JSON.stringify(text)}, ${what}.`)
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'))
}

function readFingerprint(text: string): string {
  const digits = text.replaceAll(':', '').toUpperCase()
  if (!/^[0-9A-F]{64}$/.test(digits))
    throw new DaemonError(
      'bad-setting',
      `The fingerprint ${JSON.stringify(text.slice(0, 120))} is not SHA-256: 64 hexadecimal digits, with or without colons between.`,
    )
  return digits.replaceAll(/..(?=.)/g, '$&:')
}

function readApiKey(text: string): string {
  const key = text.trim()
  if (/^[!-~]+$/.test(key)) return key
  throw new DaemonError('bad-setting', 'The API key is empty, or is not one line of ASCII without spaces.')
}

/** Of certificates: Node's names for the errors of X509_verify_cert_error_string(3), and its own. */
const DISTRUST = /CERT|SIGNATURE|ISSUER|PURPOSE|CHAIN|CRL/

function unreachable(name: string, error: unknown): DaemonError {
  if (error instanceof DaemonError) return error
  const code = codeOf(error) ?? ''
  if (!DISTRUST.test(code) || code.startsWith('ERR_SSL')) return noDaemon(name, error)
  const words = error instanceof Error ? error.message : String(error)
  return new DaemonError('daemon-not-trusted', `The certificate of ${name} is not trusted: ${words}.`, error)
}

function noDaemon(name: string, error: unknown): DaemonError {
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ECONNREFUSED':
    case 'ENOTDIR':
      return new DaemonError('no-daemon', `No daemon answers on ${name}: is it running?`, error)
    default: {
      const words = error instanceof Error ? error.message : String(error)
      return new DaemonError('no-daemon', `The daemon on ${name} did not answer: ${words}.`, error)
    }
  }
}
