/**
 * What the daemon itself refuses, with what each code means. A code never changes its meaning: programs branch on
 * it. The library's and the kernel's codes stand beside these; `problems.ts` holds the statuses of all.
 */
export const daemonErrorCodes = {
  'audit-failed': 'The audit log cannot be written, so nothing is changed.',
  'bad-http': 'What was sent is not an HTTP request.',
  'bad-json': 'The body is not JSON.',
  'bad-setting': 'A flag, an environment variable or the configuration file of the daemon cannot be read.',
  'bad-url': 'The path of the request is not a valid URL.',
  'body-too-large': 'The body is longer than the daemon takes.',
  'certificate-unusable': 'A certificate or its key cannot be read, or the two do not belong together.',
  'daemon-not-trusted': 'The certificate of the daemon is not one that the client trusts.',
  'daemon-running': 'Another daemon keeps the firewall of this network namespace.',
  'changed-meanwhile': 'What was to be changed is no longer what the request has named by If-Match.',
  'cross-site-refused': 'A web page of another site sent the request.',
  'history-too-short': 'The history does not go back so far any more.',
  'headers-too-large': 'The header of the request is longer than the daemon takes.',
  'host-not-allowed': 'The Host header names another machine, as after DNS rebinding.',
  'idempotency-answer-lost':
    'The request with this key was begun or done before, and its answer is not known.',
  'idempotency-key-in-use': 'The request with this key is under way.',
  'idempotency-key-refused': 'This request cannot have an Idempotency-Key.',
  'idempotency-key-reused': 'The key was sent with another request before.',
  internal: 'The daemon has a fault; its log says more.',
  'issuer-unreachable': 'The issuer of tokens does not answer, or not as OpenID Connect says.',
  'key-exists': 'There is a key of this name, or of this certificate.',
  'key-not-found': 'There is no key of this name.',
  'method-not-allowed': 'The path exists, but not with this method.',
  'no-daemon': 'No daemon answers on the socket.',
  'not-authenticated': 'Who asks is not known: the credential is missing or wrong.',
  'not-ready': 'The daemon does not keep what it promises at the moment.',
  'not-installable': 'The service cannot be put in place, or taken away, as it was asked for.',
  'permission-missing': 'The caller may not do this.',
  'port-in-use': 'Another program listens on the port.',
  'request-timeout': 'The request did not arrive in time.',
  'revision-not-found': 'The history has no revision of this number.',
  'route-not-found': 'The daemon has no such path.',
  'second-factor-required': 'The caller has a second factor, and has to show it for this.',
  'second-factor-wrong': 'The one-time password is wrong, or was used before.',
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
  'too-busy': 'More is under way than the daemon takes on at a time.',
  'too-many-attempts': 'Too many logins have failed.',
  'too-many-bans': 'The caller has made as many bans in this minute as it may.',
  'totp-not-found': 'Nobody of this name has one-time passwords.',
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

/** What the store says to a change, which was not made then. */
export function storeFailed(error: unknown): DaemonError {
  const words = error instanceof Error ? error.message : String(error)
  return new DaemonError('store-failed', `The store refused the change, so it was not made: ${words}.`, error)
}
