import type { Server } from 'node:http'
import type { Handler } from './http-server.ts'
import type { PassedDoors } from './passed-doors.ts'
import { adoptSocketDoor, openSocketDoor } from './socket-door.ts'
import { adoptTcpDoor, openTcpDoors, type TcpDoors, urlOf } from './tcp-door.ts'

/** The open doors of a daemon. */
export interface Doors {
  /** Such as `http://127.0.0.1:7390`, one for each loopback address. */
  readonly urls: readonly string[]
  /** The unix socket. */
  readonly socket: string
  /**
   * Stops letting requests in, and resolves when those under way are answered. Connections that take longer
   * than the grace, in milliseconds, are cut.
   */
  close(grace: number): Promise<void>
}

export interface DoorPlaces extends TcpDoors {
  readonly socket: string
}

/**
 * Opens the unix socket, then loopback. Where a service manager hands doors over, these are all there are.
 * @throws DaemonError `socket-in-use`, `socket-path-too-long`, `socket-not-permitted`, `socket-failed`, `port-in-use`; then
 *   none is open
 */
export async function openDoors(
  places: DoorPlaces,
  handler: Handler,
  passed?: PassedDoors | undefined,
): Promise<Doors> {
  const local =
    passed === undefined
      ? await openSocketDoor(places.socket, handler)
      : await adoptSocketDoor(passed.socket, handler)
  try {
    const tcp =
      passed === undefined
        ? await openTcpDoors(places, handler)
        : await Promise.all(passed.http.map((descriptor) => adoptTcpDoor(descriptor, handler)))
    const servers = [local, ...tcp]
    return { urls: tcp.map(urlOf), socket: places.socket, close: (grace) => closeAll(servers, grace) }
  } catch (error) {
    local.close()
    throw error
  }
}

async function closeAll(servers: readonly Server[], grace: number): Promise<void> {
  const closed = Promise.all(
    servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
  )
  const cut = setTimeout(() => {
    for (const server of servers) server.closeAllConnections()
  }, grace)
  await closed
  clearTimeout(cut)
}
