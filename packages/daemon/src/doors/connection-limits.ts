import type { Server } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { sourceOf } from '../identity/source.ts'
import type { LoadLimits } from '../load/limits.ts'
import { plainAddress } from '../v1/asker.ts'

/** What limits the connections of a door. */
export interface ConnectionLimits extends Pick<LoadLimits, 'connections' | 'connectionsPerAddress'> {
  /** Is told of each connection that is closed because there are too many. */
  readonly onTooMany?: ((from: string | undefined) => void) | undefined
}

/**
 * Closes connections beyond the limits as soon as they come; of HTTPS those of one address too, which by the unix socket
 * and on loopback tells nobody apart.
 */
export function limitConnections(
  server: Server | HttpsServer,
  { connections, connectionsPerAddress, onTooMany }: ConnectionLimits,
): void {
  server.maxConnections = connections
  server.on('drop', (dropped) => {
    // Who only keeps a connection for later makes room for who comes now.
    server.closeIdleConnections()
    onTooMany?.(dropped?.remoteAddress)
  })
  if (!(server instanceof HttpsServer)) return
  const counts = new Map<string, number>()
  // Whom Node wraps in TLS must not be destroyed beneath it: the process crashes. So Node hears of a connection only when
  // it is let in.
  const listeners = server.listeners('connection')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket
    const source = sourceOf(plainAddress(remoteAddress))
    const count = counts.get(source) ?? 0
    if (count >= connectionsPerAddress) {
      socket.destroy()
      onTooMany?.(remoteAddress)
      return
    }
    counts.set(source, count + 1)
    socket.once('close', () => {
      const left = (counts.get(source) ?? 1) - 1
      if (left === 0) counts.delete(source)
      else counts.set(source, left)
    })
    for (const listener of listeners) listener.call(server, socket)
  })
}
