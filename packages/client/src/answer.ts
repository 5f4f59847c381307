/** Why a request was refused, RFC 9457. */
export interface Problem {
  /** Relative to the daemon: `/v1/problems/{code}` explains it. */
  readonly type: string
  /** What the code means, the same for each of its problems. */
  readonly title: string
  readonly status: number
  /** What happened this time, in a sentence. */
  readonly detail: string
  /** Stable: programs may branch on it. */
  readonly code: string
  /** Where in the input the fault is, such as `rule.matches.limit.burst`. */
  readonly path?: string
  /** The kernel's or iptables' own words. */
  readonly kernelWords?: string
}

/** A failure that the daemon told. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly code: string
  readonly status: number
  /** The whole document. */
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.code = problem.code
    this.status = problem.status
    this.problem = problem
  }
}

/** No daemon answered, or not as one does. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
  readonly code = 'no-daemon'

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
  }
}

/** The body of an answer; undefined when it is empty. @throws ProblemError, ConnectionError */
export async function readAnswer(response: Response): Promise<unknown> {
  const text = await response.text()
  const isText = response.headers.get('content-type')?.startsWith('text/plain') === true
  if (response.ok && isText) return text
  if (response.status === 304 || (response.ok && text === '')) return undefined
  const body = text === '' ? undefined : parseJson(text)
  if (response.ok) return body
  if (isProblem(body)) throw new ProblemError(body)
  throw new ConnectionError(`What answers there is no chainmail daemon (HTTP status ${response.status}).`)
}

/** @throws ConnectionError */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ConnectionError('What answers there is no chainmail daemon: it does not speak JSON.', error)
  }
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    typeof body.code === 'string' &&
    'detail' in body &&
    typeof body.detail === 'string' &&
    'status' in body &&
    typeof body.status === 'number'
  )
}
