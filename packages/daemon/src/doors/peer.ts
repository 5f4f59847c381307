import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { type SocketPeer, socketPeer } from '@chainmail/kernel'

const peers = new WeakMap<Socket, SocketPeer | 'unknown'>()

/**
 * Who has opened the unix socket's connection that a request came in by; undefined for other doors, and where the kernel
 * does not tell any more.
 */
export function peerOf({ socket }: IncomingMessage): SocketPeer | undefined {
  let found = peers.get(socket)
  if (found === undefined) {
    const descriptor = descriptorOf(socket)
    found = (descriptor === undefined ? undefined : socketPeer(descriptor)) ?? 'unknown'
    peers.set(socket, found)
  }
  return found === 'unknown' ? undefined : found
}

/** Node's public interface has no way to a connection's descriptor, but its handle tells it. */
function descriptorOf(socket: Socket): number | undefined {
  if (!('_handle' in socket)) return undefined
  const handle = socket._handle
  if (typeof handle !== 'object' || handle === null || !('fd' in handle)) return undefined
  return typeof handle.fd === 'number' && handle.fd >= 0 ? handle.fd : undefined
}
