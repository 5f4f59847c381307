/**
 * What the daemon itself refuses, with what each code means. A code never changes its meaning: programs branch on
 * it. The library's and the kernel's codes stand beside these; `problems.ts` holds the statuses of all.
 */
export const daemonErrorCodes = {
  'bad-http': 'What was sent is not an HTTP request.',
  'bad-json': 'The body is not JSON.',
  'bad-setting': 'A flag, an environment variable or the configuration file of the daemon cannot be read.',
  'bad-url': 'The path of the request is not a valid URL.',
  'body-too-large': 'The body is longer than the daemon takes.',
  'daemon-running': 'Another daemon keeps the firewall of this network namespace.',
  'cross-site-refused': 'A web page of another site sent the request.',
  'history-too-short': 'The history does not go back so far any more.',
  'headers-too-large': 'The header of the request is longer than the daemon takes.',
  'host-not-allowed': 'The Host header names another machine, as after DNS rebinding.',
  internal: 'The daemon has a fault; its log says more.',
  'method-not-allowed': 'The path exists, but not with this method.',
  'no-daemon': 'No daemon answers on the socket.',
  'not-installable': 'The service cannot be put in place, or taken away, as it was asked for.',
  'port-in-use': 'Another program listens on the port.',
  'request-timeout': 'The request did not arrive in time.',
  'revision-not-found': 'The history has no revision of this number.',
  'route-not-found': 'The daemon has no such path.',
  'set-owned': 'The set belongs to chainmail itself: it is changed by bans and by what else keeps it.',
  'socket-failed': 'The socket cannot be made in its place.',
  'socket-in-use': 'Another daemon answers on the socket, or something that is no socket has its name.',
  'socket-not-permitted': 'This user may not use the socket.',
  'socket-path-too-long': 'The path of the socket is longer than the kernel takes.',
  'store-corrupt': 'The file of the store is damaged.',
  'store-failed': 'The store refused a change, so it was not made.',
  'store-foreign': 'The file of the store was not made by chainmail.',
  'store-in-use': 'Another daemon has the store open.',
  'store-newer': 'The store was made by a newer version of chainmail.',
  'unsupported-media-type': 'The body is of a type that the daemon does not read.',
  'url-too-long': 'A part of the path is longer than the daemon takes.',
} as const

export type DaemonErrorCode = keyof typeof daemonErrorCodes

/** The daemon refuses, in one sentence that says what, where and what to do. */
export class DaemonError extends Error {
  override readonly name = 'DaemonError'
  readonly code: DaemonErrorCode

  constructor(code: DaemonErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

/** The `code` of an error of Node or a library, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
