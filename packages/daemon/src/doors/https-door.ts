import { constants } from 'node:crypto'
import { once } from 'node:events'
import type { Server } from 'node:https'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { TlsOptions } from 'node:tls'
import type { ServerCertificates, TlsMaterial } from '../certificates/server-certificates.ts'
import { checkHttpsPeer } from './host-check.ts'
import { type Handler, httpsServer } from './http-server.ts'
import { BACKLOG, portInUse } from './tcp-door.ts'

/** Where to listen for HTTPS, and with what. */
export interface HttpsDoor {
  /** One address; undefined for all of them. */
  readonly host: string | undefined
  /** 0 for a free one. */
  readonly port: number
  readonly certificates: ServerCertificates
}

/** Milliseconds that the handshake may take. */
const HANDSHAKE_TIME = 10_000

/**
 * Listens for HTTPS.
 * @throws DaemonError `port-in-use`
 */
export async function openHttpsDoor(door: HttpsDoor, handler: Handler): Promise<Server> {
  const { host, port } = door
  try {
    return await listening(door, handler, { ...(host === undefined ? {} : { host }), port, backlog: BACKLOG })
  } catch (error) {
    const where = `port ${port}${host === undefined ? '' : ` of ${host}`}`
    throw portInUse(error, where, '--https-port or CHAINMAIL_HTTPS_PORT')
  }
}

/** The socket that a service manager listens on already. */
export async function adoptHttpsDoor(
  descriptor: number,
  door: Pick<HttpsDoor, 'certificates'>,
  handler: Handler,
): Promise<Server> {
  return await listening(door, handler, { fd: descriptor })
}

/** Such as `https://192.0.2.1:7393`; one that listens on all addresses is named by the host's first one. */
export function httpsUrlOf(server: Server): string {
  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new TypeError('the server does not listen on TCP')
  const host =
    isIP(address.address) !== 0 && /^[0:.]+$/.test(address.address) ? ownAddress() : address.address
  return `https://${host.includes(':') ? `[${host}]` : host}:${address.port}`
}

function ownAddress(): string {
  const outer = Object.values(networkInterfaces())
    .flatMap((entries = []) => entries)
    .find(({ internal, family }) => !internal && family === 'IPv4')
  return outer?.address ?? '127.0.0.1'
}

async function listening(
  { certificates }: Pick<HttpsDoor, 'certificates'>,
  handler: Handler,
  place: object,
): Promise<Server> {
  const isOwnName = (name: string) => certificates.isOwnName(name)
  const server = httpsServer(handler, tlsOptions(certificates.material), (request) =>
    checkHttpsPeer(request, isOwnName),
  )
  // Connections that are open stay; those that come have the new certificate.
  const forget = certificates.listen((material) => server.setSecureContext(tlsOptions(material)))
  server.once('close', forget)
  server.listen(place)
  try {
    await once(server, 'listening')
    return server
  } catch (error) {
    forget()
    throw error
  }
}

function tlsOptions(material: TlsMaterial): TlsOptions {
  return {
    ...material,
    minVersion: 'TLSv1.2',
    // RFC 9325, 4.2: with TLS 1.2 only ciphers that encrypt and authenticate at once, with keys that are forgotten.
    ciphers: 'ECDHE+AESGCM:ECDHE+CHACHA20',
    honorCipherOrder: false,
    // A client certificate is welcome; whether one is needed, and what it may do, is for the daemon to say.
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: HANDSHAKE_TIME,
    ALPNProtocols: ['http/1.1'],
    // A session that is resumed would carry over what was once found about a client's certificate. Renegotiation is of no
    // use here, and costs the server more than the client.
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  }
}
