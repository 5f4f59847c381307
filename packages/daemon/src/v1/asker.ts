import type { IncomingMessage } from 'node:http'
import type { Asker } from '../bans/asker.ts'
import { SocketRequest } from '../doors/http-server.ts'
import { originOf } from './origin.ts'

/** Who sends a request. */
export function askerOf(request: IncomingMessage): Asker {
  const origin = originOf(request)
  if (request instanceof SocketRequest) return origin
  const asker = plainAddress(request.socket.remoteAddress)
  return asker === undefined ? origin : { ...origin, asker }
}

/** An address of another host, without a zone, and not as an IPv6 address when it is IPv4. */
export function plainAddress(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const address = text.replace(/%.*$/su, '').replace(/^::ffff:(?=\d+\.)/u, '')
  return address === '::1' || address.startsWith('127.') ? undefined : address
}
