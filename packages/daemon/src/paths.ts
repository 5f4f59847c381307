import { existsSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { DaemonError } from './errors.ts'

/** Where a daemon keeps its things, and where the command finds them. Absolute paths. */
export interface Paths {
  /** The folder of the store. */
  readonly state: string
  /** The unix socket. */
  readonly socket: string
  /** The folder of the configuration. */
  readonly configuration: string
}

export interface PathsContext {
  /** Whether the system's folders are ours: see {@link ownsSystem}. */
  readonly system: boolean
  readonly home: string
  readonly environment: NodeJS.ProcessEnv
}

/** Bytes of a unix socket's path: sun_path of 108 with its closing zero, unix(7). */
const LONGEST_SOCKET_PATH = 107

const SYSTEM_SOCKET = '/run/chainmail/chainmail.sock'

/**
 * The paths that flags, then `CHAINMAIL_STATE_DIR`, `CHAINMAIL_SOCKET` and `CHAINMAIL_CONFIG_DIR`, then the
 * user's kind give: root has /var/lib, /run and /etc, any other user the folders of the XDG Base Directory
 * Specification. Without XDG_RUNTIME_DIR the socket stands in a folder of the state.
 */
export function findPaths(overrides: Partial<Paths> = {}, context: PathsContext = presentContext()): Paths {
  const { environment } = context
  const state = overrides.state ?? set(environment.CHAINMAIL_STATE_DIR) ?? defaultState(context)
  const socket =
    overrides.socket ?? set(environment.CHAINMAIL_SOCKET) ?? defaultSocket(context, resolve(state))
  const configuration =
    overrides.configuration ?? set(environment.CHAINMAIL_CONFIG_DIR) ?? defaultConfiguration(context)
  return { state: resolve(state), socket: resolve(socket), configuration: resolve(configuration) }
}

/**
 * The socket of the daemon that a command should talk to: this user's, or the system's where this user has none
 * and has named none.
 */
export function findSocket(override?: string, context: PathsContext = presentContext()): string {
  const { socket } = findPaths(override === undefined ? {} : { socket: override }, context)
  const named = override !== undefined || set(context.environment.CHAINMAIL_SOCKET) !== undefined
  return !named && !existsSync(socket) && existsSync(SYSTEM_SOCKET) ? SYSTEM_SOCKET : socket
}

/** The socket that the command looks for when it is told nothing. */
export function expectedSocket(context: PathsContext = presentContext()): string {
  const own = Object.entries(context.environment).filter(([name]) => !name.startsWith('CHAINMAIL_'))
  return findPaths({}, { ...context, environment: Object.fromEntries(own) }).socket
}

/** @throws DaemonError `socket-path-too-long` */
export function checkSocketPath(path: string): string {
  const bytes = Buffer.byteLength(path)
  if (bytes <= LONGEST_SOCKET_PATH) return path
  throw new DaemonError(
    'socket-path-too-long',
    `The path of the socket, ${path}, has ${bytes} bytes, and the kernel takes ${LONGEST_SOCKET_PATH}: choose a shorter one with --socket or CHAINMAIL_SOCKET.`,
  )
}

function presentContext(): PathsContext {
  return { system: ownsSystem(), home: process.env.HOME || homedir(), environment: process.env }
}

/**
 * Whether this process is root, and not just an ordinary user who is called root in a user namespace of his own:
 * there the root folder of the file system belongs to somebody else.
 */
function ownsSystem(): boolean {
  return isCalledRoot() && statSync('/').uid === 0
}

/** Whether this is an ordinary user who is called root in a user namespace of his own. */
export function isRootByName(): boolean {
  return isCalledRoot() && !ownsSystem()
}

function isCalledRoot(): boolean {
  return process.geteuid?.() === 0
}

function defaultState({ system, home, environment }: PathsContext): string {
  if (system) return '/var/lib/chainmail'
  return join(absolute(environment.XDG_STATE_HOME) ?? join(home, '.local/state'), 'chainmail')
}

function defaultSocket({ system, environment }: PathsContext, state: string): string {
  if (system) return SYSTEM_SOCKET
  const runtime = absolute(environment.XDG_RUNTIME_DIR)
  return runtime === undefined ? join(state, 'run/chainmail.sock') : join(runtime, 'chainmail/chainmail.sock')
}

function defaultConfiguration({ system, home, environment }: PathsContext): string {
  if (system) return '/etc/chainmail'
  return join(absolute(environment.XDG_CONFIG_HOME) ?? join(home, '.config'), 'chainmail')
}

function set(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

/** The specification has relative paths ignored. */
function absolute(value: string | undefined): string | undefined {
  return value !== undefined && isAbsolute(value) ? value : undefined
}
