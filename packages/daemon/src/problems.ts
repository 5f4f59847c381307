import type { ProcessErrorCode } from '@chainmail/kernel'
import { type ErrorCode, errorCodes } from 'chainmail'
import { codeOf, DaemonError, type DaemonErrorCode, daemonErrorCodes } from './errors.ts'

/** Every code that an answer can carry. */
export type ProblemCode = DaemonErrorCode | ErrorCode | ProcessErrorCode

/** What a failure is told as: RFC 9457, with the stable code and, where there is one, the member at fault. */
export interface Problem {
  /** Relative to the daemon: `/v1/problems/{code}` explains it. */
  readonly type: string
  /** What the code means, the same for each of its problems. */
  readonly title: string
  readonly status: number
  /** What happened this time, in a sentence. */
  readonly detail: string
  readonly code: ProblemCode
  /** Where in the input the fault is, such as `rule.matches.limit.burst`. */
  readonly path?: string
  /** The kernel's or iptables' own words. */
  readonly kernelWords?: string
}

export const PROBLEM_TYPE = 'application/problem+json'

const processErrorCodes: Readonly<Record<ProcessErrorCode, string>> = {
  'output-too-large': 'A program said more than is kept of it.',
  'program-not-started': 'A program could not be started.',
  'time-over': 'A program did not end in time.',
}

const meanings: Readonly<Record<ProblemCode, string>> = {
  ...processErrorCodes,
  ...errorCodes,
  ...daemonErrorCodes,
}

/**
 * One status for each code: 4xx where the caller can mend it, 501 where the machine lacks what is needed, 503
 * where a later attempt may succeed, 500 where something is broken.
 */
const statuses: Readonly<Record<ProblemCode, number>> = {
  'bad-address': 400,
  'bad-command': 400,
  'bad-dump': 400,
  'bad-duration': 400,
  'bad-element': 400,
  'bad-entry-option': 400,
  'bad-http': 400,
  'bad-json': 400,
  'bad-name': 400,
  'bad-reason': 400,
  'bad-recent-name': 400,
  'bad-request': 400,
  'bad-restore-line': 400,
  'bad-rule': 400,
  'bad-scope': 400,
  'bad-set-name': 400,
  'bad-set-option': 400,
  'bad-setting': 400,
  'bad-syntax': 400,
  'bad-url': 400,
  'entries-broke-off': 400,
  'idempotency-key-refused': 400,
  'line-refused': 400,
  'line-too-long': 400,
  'set-family-mismatch': 400,
  'unknown-option': 400,
  'wrong-chain': 400,
  'wrong-table': 400,
  'not-authenticated': 401,
  'cross-site-refused': 403,
  'permission-missing': 403,
  'second-factor-required': 403,
  'second-factor-wrong': 403,
  'set-owned': 403,
  'socket-not-permitted': 403,
  'chain-not-found': 404,
  'entry-not-found': 404,
  'index-too-big': 404,
  'key-not-found': 404,
  'not-banned': 404,
  'not-in-allowlist': 404,
  'probation-unknown': 404,
  'recent-not-found': 404,
  'route-not-found': 404,
  'revision-not-found': 404,
  'rule-not-found': 404,
  'set-not-found': 404,
  'table-unknown': 404,
  'totp-not-found': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  'address-allowed': 409,
  'chain-built-in': 409,
  'chain-busy': 409,
  'chain-exists': 409,
  'chain-loop': 409,
  'daemon-running': 409,
  'entry-exists': 409,
  'key-exists': 409,
  'plan-raced': 409,
  'plan-stale': 409,
  'probation-over': 409,
  'probation-pending': 409,
  'port-in-use': 409,
  'set-changed': 409,
  'set-exists': 409,
  'set-full': 409,
  'set-in-use': 409,
  'set-limit-reached': 409,
  'set-type-mismatch': 409,
  'would-lock-out': 409,
  'socket-in-use': 409,
  'store-in-use': 409,
  'idempotency-answer-lost': 409,
  'idempotency-key-in-use': 409,
  'history-too-short': 410,
  'changed-meanwhile': 412,
  'body-too-large': 413,
  'batch-too-large': 413,
  'url-too-long': 414,
  'unsupported-media-type': 415,
  'host-not-allowed': 421,
  'entry-refused': 422,
  'extension-unknown': 422,
  'idempotency-key-reused': 422,
  'rule-refused': 422,
  'set-option-missing': 422,
  'set-option-refused': 422,
  'socket-path-too-long': 422,
  'too-busy': 429,
  'too-many-attempts': 429,
  'too-many-bans': 429,
  'headers-too-large': 431,
  'certificate-unusable': 500,
  'folder-unsafe': 500,
  'guard-failed': 500,
  internal: 500,
  'journal-broken': 500,
  'kernel-refused': 500,
  'netlink-malformed': 500,
  'not-installable': 500,
  'netlink-no-answer': 500,
  'netlink-overrun': 500,
  'netlink-truncated': 500,
  'outcome-unknown': 500,
  'output-too-large': 500,
  'program-not-started': 500,
  'recent-malformed': 500,
  'revert-failed': 500,
  'socket-failed': 500,
  'store-corrupt': 500,
  'store-failed': 500,
  'store-foreign': 500,
  'store-newer': 500,
  'system-call-failed': 500,
  'undo-failed': 500,
  'backend-unavailable': 501,
  'iptables-not-installed': 501,
  'no-ipset-support': 501,
  'no-netlink-support': 501,
  'no-recent-support': 501,
  'set-option-unsupported': 501,
  'set-type-unsupported': 501,
  'audit-failed': 503,
  closed: 503,
  'issuer-unreachable': 503,
  'kernel-out-of-memory': 503,
  'lock-timeout': 503,
  'lock-unavailable': 503,
  'netlink-busy': 503,
  'netlink-closed': 503,
  'netlink-dump-interrupted': 503,
  'daemon-not-trusted': 503,
  'no-daemon': 503,
  'not-permitted': 503,
  'not-ready': 503,
  'save-timeout': 503,
  'time-over': 503,
}

/** Fastify's errors, https://fastify.dev/docs/latest/Reference/Errors/, as problems of ours. */
const fastifyCodes: Readonly<Record<string, DaemonErrorCode | 'bad-request'>> = {
  FST_ERR_BAD_URL: 'bad-url',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'bad-json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad-http',
  FST_ERR_CTP_INVALID_JSON_BODY: 'bad-json',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_MAX_PARAM_LENGTH: 'url-too-long',
  FST_ERR_VALIDATION: 'bad-request',
}

/** Where Fastify's own words don't say what to do. */
const fastifyDetails: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_JSON_BODY:
    'The body cannot be read as JSON: a bracket, comma or quotation mark is wrong, or a member is named __proto__.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE:
    'The body is not announced as JSON: send the header "content-type: application/json".',
}

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(statuses, code)
}

/** What a code means, and the status that it is answered with. */
export interface ProblemMeaning {
  readonly code: ProblemCode
  readonly status: number
  readonly meaning: string
}

export function problemMeaning(code: ProblemCode): ProblemMeaning {
  return { code, status: statuses[code], meaning: meanings[code] }
}

/** All codes in the order of the alphabet. */
export function problemTable(): ProblemMeaning[] {
  return Object.keys(statuses).filter(isProblemCode).toSorted().map(problemMeaning)
}

export function problem(
  code: ProblemCode,
  detail: string,
  details: Pick<Problem, 'path' | 'kernelWords'> = {},
): Problem {
  return {
    type: `/v1/problems/${code}`,
    title: meanings[code],
    status: statuses[code],
    detail: sentence(detail),
    code,
    ...details,
  }
}

/** A failure as a problem. What has no code is a fault of the daemon, and nothing of it is told. */
export function problemOf(error: unknown): Problem {
  const code = codeOf(error)
  if (error instanceof Error && code !== undefined) {
    if (isProblemCode(code)) return problem(code, error.message, detailsOf(error))
    const own = fastifyCodes[code]
    if (own !== undefined) return problem(own, fastifyDetails[code] ?? error.message)
  }
  return problem('internal', 'The daemon could not answer because of a fault of its own; its log says more.')
}

function detailsOf(error: Error): Pick<Problem, 'path' | 'kernelWords'> {
  const path = 'path' in error && typeof error.path === 'string' ? error.path : undefined
  const words =
    'kernelWords' in error ? error.kernelWords : 'extendedAck' in error ? error.extendedAck : undefined
  return {
    ...(path === undefined ? {} : { path }),
    ...(typeof words === 'string' ? { kernelWords: words } : {}),
  }
}

function sentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`
}

/** What a caller is told who asks for a path that does not exist. */
export function routeNotFound(method: string, path: string): DaemonError {
  return new DaemonError(
    'route-not-found',
    `There is no ${method} ${JSON.stringify(path.slice(0, 200))}; /v1/openapi.json describes every path.`,
  )
}
