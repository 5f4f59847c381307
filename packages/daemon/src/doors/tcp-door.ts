import { once } from 'node:events'
import type { Server } from 'node:http'
import { codeOf, DaemonError } from '../errors.ts'
import { checkLoopbackPeer } from './host-check.ts'
import { type Handler, httpServer } from './http-server.ts'

/** Where to listen. */
export interface TcpDoors {
  /** One loopback address; undefined for 127.0.0.1 and, where IPv6 has a loopback, ::1. */
  readonly host: string | undefined
  /** 0 for one that is free on all of them. */
  readonly port: number
}

/** Connections that wait for the daemon. */
export const BACKLOG = 511

/** Attempts to find a port that is free for both families. */
const PORT_ATTEMPTS = 20

/**
 * Listens on loopback.
 * @throws DaemonError `port-in-use`
 */
export async function openTcpDoors({ host, port }: TcpDoors, handler: Handler): Promise<Server[]> {
  if (host !== undefined) return [await listen(handler, host, port)]
  for (let attempt = 1; ; attempt++) {
    const ipv4 = await listen(handler, '127.0.0.1', port)
    try {
      return [ipv4, await listen(handler, '::1', portOf(ipv4))]
    } catch (error) {
      if (codeOf(error) === 'EADDRNOTAVAIL' || codeOf(error) === 'EAFNOSUPPORT') return [ipv4]
      ipv4.close()
      if (port !== 0 || attempt === PORT_ATTEMPTS) throw error
    }
  }
}

/** Such as `http://[::1]:7390`. */
export function urlOf(server: Server): string {
  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new TypeError('the server does not listen on TCP')
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `http://${host}:${address.port}`
}

/** That a port is taken as a sentence of ours; any other error as it is. */
export function portInUse(error: unknown, where: string, settings: string): unknown {
  if (codeOf(error) !== 'EADDRINUSE') return error
  return new DaemonError(
    'port-in-use',
    `Another program listens on ${where}: stop it, or choose a port with ${settings}.`,
    error,
  )
}

/**
 * The socket that a service manager listens on already.
 * @throws DaemonError `bad-setting` unless it is on loopback
 */
export async function adoptTcpDoor(descriptor: number, handler: Handler): Promise<Server> {
  const server = await listening(handler, { fd: descriptor })
  const address = server.address()
  const host = typeof address === 'object' ? address?.address : undefined
  if (host === '::1' || host?.startsWith('127.') === true) return server
  server.close()
  throw new DaemonError(
    'bad-setting',
    `The service manager hands over a socket on ${host ?? 'no address'}, which is no loopback address: what is not encrypted is answered nowhere else.`,
  )
}

async function listen(handler: Handler, host: string, port: number): Promise<Server> {
  try {
    return await listening(handler, { host, port, backlog: BACKLOG })
  } catch (error) {
    throw portInUse(error, `port ${port} of ${host}`, '--port or CHAINMAIL_PORT')
  }
}

async function listening(handler: Handler, place: object): Promise<Server> {
  // Asking the server for its port is a system call: too dear for every request.
  let ownPort = 0
  const server = httpServer(handler, 'loopback', (request) => checkLoopbackPeer(request, ownPort))
  server.once('listening', () => {
    ownPort = portOf(server)
  })
  server.listen(place)
  await once(server, 'listening')
  return server
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
