import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import { commonNameOf } from '../certificates/issue.ts'

/** A client certificate that was verified. */
export interface ClientCertificate {
  /** SHA-256 of the certificate, in pairs of digits in capitals with colons between. */
  readonly fingerprint256: string
  /** The common name of its subject. */
  readonly name: string
}

interface Verified extends ClientCertificate {
  /** Milliseconds since 1970. */
  readonly until: number
}

const verified = new WeakMap<TLSSocket, Verified | 'none'>()

/**
 * The certificate that a client of the HTTPS door has shown: undefined unless its authority is the one whose clients the
 * daemon takes, it is for clients, it holds at this moment, and it has one common name. Whether it was revoked is not
 * known here.
 */
export function clientCertificateOf({ socket }: IncomingMessage): ClientCertificate | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  let found = verified.get(socket)
  if (found === undefined) {
    found = read(socket) ?? 'none'
    verified.set(socket, found)
  }
  if (found === 'none' || Date.now() > found.until) return undefined
  return { fingerprint256: found.fingerprint256, name: found.name }
}

function read(socket: TLSSocket): Verified | undefined {
  // Against the authority of the door alone, and with the purpose of a client; see SSL_CTX_set_verify(3).
  if (!socket.authorized) return undefined
  const certificate = socket.getPeerX509Certificate()
  const name = certificate && commonNameOf(certificate)
  if (certificate === undefined || name === undefined || name === '') return undefined
  return { fingerprint256: certificate.fingerprint256, name, until: certificate.validToDate.getTime() }
}
