import {
  type ChainmailClient,
  ConnectionError,
  createClient,
  type OneTimePasswords,
  passwordFetch,
} from '@chainmail/client'
import { requestFetch } from '@chainmail/client/node'
import { type RemoteDaemon, remotePlace, socketPlace } from './client-place.ts'
import { DaemonError } from './errors.ts'
import { checkSocketPath, findSocket } from './paths.ts'

export { type Problem, ProblemError, type ServerEvent } from '@chainmail/client'
export type { RemoteDaemon } from './client-place.ts'
export { DaemonError } from './errors.ts'
export { findPaths, findSocket, type Paths } from './paths.ts'

export interface ClientOptions {
  /** The unix socket; otherwise it is found by the same rules as the daemon's. */
  readonly socket?: string | undefined
  /** A daemon that is reached through the network; then there is no socket. */
  readonly remote?: RemoteDaemon | undefined
  /** Where one-time passwords come from, if the daemon asks for one. */
  readonly oneTimePasswords?: OneTimePasswords | undefined
}

/** The client of a daemon in its place: what does not reach it is a DaemonError. */
export interface Client extends ChainmailClient {
  /** The path of the socket, or the URL. */
  readonly place: string
}

/**
 * Nothing is sent before the first request.
 * @throws DaemonError `socket-path-too-long`, `bad-setting`
 */
export function connect(options: ClientOptions = {}): Client {
  const place =
    options.remote === undefined
      ? socketPlace(checkSocketPath(findSocket(options.socket)))
      : remotePlace(options.remote)
  const client = createClient({
    url: options.remote === undefined ? 'http://localhost' : place.name,
    fetch: passwordFetch(
      requestFetch(() => place.sender()),
      options.oneTimePasswords ?? {},
    ),
    unreachable: (error) =>
      isTold(error) ? new DaemonError('no-daemon', error.message, error) : place.unreachable(error),
  })
  return { ...client, place: place.name }
}

/** Somebody answers, who is no daemon. */
function isTold(error: unknown): error is ConnectionError {
  return error instanceof ConnectionError
}
