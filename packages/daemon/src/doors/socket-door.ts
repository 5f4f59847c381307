import { once } from 'node:events'
import { lstatSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { codeOf, DaemonError } from '../errors.ts'
import { makeFolder } from '../folder.ts'
import { checkSocketPath } from '../paths.ts'
import { withUmask } from '../umask.ts'
import { type Handler, httpServer } from './http-server.ts'
import { BACKLOG } from './tcp-door.ts'

/** The owner and the group may enter; a folder that exists keeps its mode. */
const FOLDER_MODE = 0o750
/** Everything that the owner and the group may not do with the socket: it is born with mode 0660. */
const SOCKET_UMASK = 0o117

/**
 * Listens on a unix socket. What a daemon that was killed left in its place is replaced; a socket that somebody
 * listens on, and anything that is no socket, is not.
 * @throws DaemonError `socket-path-too-long`, `socket-in-use`, `socket-not-permitted`, `socket-failed`
 */
export async function openSocketDoor(path: string, handler: Handler): Promise<Server> {
  checkSocketPath(path)
  try {
    makeFolder(dirname(path), FOLDER_MODE)
    await makeRoom(path)
    return await listen(path, handler)
  } catch (error) {
    const code = codeOf(error)
    if (error instanceof DaemonError || !(error instanceof Error) || code === undefined) throw error
    if (code === 'EADDRINUSE') throw inUse(path, error)
    const denied = code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
    throw new DaemonError(
      denied ? 'socket-not-permitted' : 'socket-failed',
      `The socket ${path} cannot be made: ${denied ? 'this user may not write there' : error.message}. Choose another place with --socket.`,
      error,
    )
  }
}

/** The unix socket that a service manager listens on already; who may use it, and its end, are for him to see to. */
export async function adoptSocketDoor(descriptor: number, handler: Handler): Promise<Server> {
  const server = httpServer(handler, 'socket')
  server.listen({ fd: descriptor })
  await once(server, 'listening')
  return server
}

async function makeRoom(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSocket()) {
    throw new DaemonError(
      'socket-in-use',
      `${path} is not a socket: move it away, or choose another place with --socket.`,
    )
  }
  if (await answers(path)) throw inUse(path)
  rmSync(path, { force: true })
}

async function answers(path: string): Promise<boolean> {
  const probe = connect({ path })
  try {
    await once(probe, 'connect')
    return true
  } catch (error) {
    // Nobody listens on it (ECONNREFUSED), or it has just gone (ENOENT); see unix(7).
    if (codeOf(error) === 'ECONNREFUSED' || codeOf(error) === 'ENOENT') return false
    // Somebody listens whose queue is full.
    if (codeOf(error) === 'EAGAIN') return true
    throw error
  } finally {
    probe.destroy()
  }
}

async function listen(path: string, handler: Handler): Promise<Server> {
  const server = httpServer(handler, 'socket')
  const listening = once(server, 'listening')
  // bind(2) is made within this call.
  withUmask(SOCKET_UMASK, () => server.listen({ path, backlog: BACKLOG }))
  await listening
  return server
}

function inUse(path: string, cause?: unknown): DaemonError {
  return new DaemonError(
    'socket-in-use',
    `Another daemon answers on ${path}: stop it, or give this one a socket of its own with --socket.`,
    cause,
  )
}
