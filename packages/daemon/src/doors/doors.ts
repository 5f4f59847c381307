import { closeSync } from 'node:fs'
import type { Server } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import { type ConnectionLimits, limitConnections } from './connection-limits.ts'
import type { Handler } from './http-server.ts'
import { adoptHttpsDoor, type HttpsDoor, httpsUrlOf, openHttpsDoor } from './https-door.ts'
import type { PassedDoors } from './passed-doors.ts'
import { adoptSocketDoor, openSocketDoor } from './socket-door.ts'
import { adoptTcpDoor, openTcpDoors, type TcpDoors, urlOf } from './tcp-door.ts'

/** The open doors of a daemon. */
export interface Doors {
  /** Such as `https://192.0.2.1:7393` and `http://127.0.0.1:7390`, one for each address that is listened on. */
  readonly urls: readonly string[]
  /** The unix socket. */
  readonly socket: string
  /**
   * Stops letting requests in, and resolves when those under way are answered. Connections that take longer
   * than the grace, in milliseconds, are cut.
   */
  close(grace: number): Promise<void>
}

export interface DoorPlaces {
  readonly socket: string
  /** Plain HTTP on loopback; undefined for none. */
  readonly http?: TcpDoors | undefined
  /** Undefined for none. */
  readonly https?: HttpsDoor | undefined
  /** Undefined for none. */
  readonly limits?: ConnectionLimits | undefined
}

type DoorServer = Server | HttpsServer

/**
 * Opens the unix socket, then HTTPS and loopback. Where a service manager hands doors over, these are all there are.
 * @throws DaemonError `socket-in-use`, `socket-path-too-long`, `socket-not-permitted`, `socket-failed`, `port-in-use`; then
 *   none is open
 */
export async function openDoors(
  places: DoorPlaces,
  handler: Handler,
  passed?: PassedDoors | undefined,
): Promise<Doors> {
  const servers: DoorServer[] = []
  const urls: string[] = []
  try {
    servers.push(
      passed === undefined
        ? await openSocketDoor(places.socket, handler)
        : await adoptSocketDoor(passed.socket, handler),
    )
    for (const server of await openHttpsDoors(places.https, handler, passed?.https)) {
      servers.push(server)
      urls.push(httpsUrlOf(server))
    }
    for (const server of await openHttpDoors(places.http, handler, passed?.http)) {
      servers.push(server)
      urls.push(urlOf(server))
    }
    if (places.limits !== undefined) for (const server of servers) limitConnections(server, places.limits)
    return { urls, socket: places.socket, close: (grace) => closeAll(servers, grace) }
  } catch (error) {
    for (const server of servers) server.close()
    throw error
  }
}

async function openHttpsDoors(
  door: HttpsDoor | undefined,
  handler: Handler,
  passed: readonly number[] | undefined,
): Promise<HttpsServer[]> {
  if (door === undefined) {
    // What is switched off is not answered, though the service manager still listens.
    for (const descriptor of passed ?? []) closeSync(descriptor)
    return []
  }
  if (passed === undefined) return [await openHttpsDoor(door, handler)]
  return await Promise.all(passed.map((descriptor) => adoptHttpsDoor(descriptor, door, handler)))
}

async function openHttpDoors(
  doors: TcpDoors | undefined,
  handler: Handler,
  passed: readonly number[] | undefined,
): Promise<Server[]> {
  if (passed !== undefined)
    return await Promise.all(passed.map((descriptor) => adoptTcpDoor(descriptor, handler)))
  return doors === undefined ? [] : await openTcpDoors(doors, handler)
}

async function closeAll(servers: readonly DoorServer[], grace: number): Promise<void> {
  const closed = Promise.all(
    servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
  )
  const cut = setTimeout(() => {
    for (const server of servers) server.closeAllConnections()
  }, grace)
  await closed
  clearTimeout(cut)
}
