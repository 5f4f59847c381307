import { getsockoptBytes, SO_PEERCRED, SOL_SOCKET, SystemCallError } from '../syscalls.ts'

/** The process at the other end of a connection over a unix socket, at the time when it connected. */
export interface SocketPeer {
  /** 0 where it is not in this process's PID namespace, nor below. */
  readonly process: number
  /** As this process's user namespace numbers them. */
  readonly user: number
  readonly group: number
}

/** What a socket has that is no unix socket: -1. */
const NOBODY = 0xffff_ffff

/** SO_PEERCRED of unix(7); undefined where the descriptor is no unix socket, or its peer is not told. */
export function socketPeer(descriptor: number): SocketPeer | undefined {
  // struct ucred of sys/socket.h: pid, uid, gid.
  const credentials = new Uint32Array(3)
  try {
    getsockoptBytes(descriptor, SOL_SOCKET, SO_PEERCRED, new Uint8Array(credentials.buffer))
  } catch (error) {
    if (error instanceof SystemCallError) return undefined
    throw error
  }
  const [process = 0, user = NOBODY, group = NOBODY] = credentials
  return user === NOBODY ? undefined : { process, user, group }
}
