import type { ExitReason } from './exit-code.ts'

/** The members of an RFC 9457 problem document that the command reads; the daemon may send more. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly detail: string
  /** A stable word for what is wrong. */
  readonly code: string
  readonly [member: string]: unknown
}

/** Why a command can't be done: one sentence for people, a problem document for programs. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: string
  readonly problem: Problem
  /** What to do about it, in a line of its own. */
  readonly advice: string | undefined
  /** How the command ends by it, where its code does not tell. */
  readonly ends: ExitReason | undefined

  constructor(problem: Problem, advice?: string, ends?: ExitReason) {
    super(problem.detail)
    this.code = problem.code
    this.problem = problem
    this.advice = advice
    this.ends = ends
  }
}

/** A refusal that this command makes itself. */
export function refusal(code: string, title: string, detail: string, advice?: string): Refusal {
  return new Refusal({ type: 'about:blank', title, detail, code }, advice)
}

/** What only a daemon can tell or do. */
export function daemonOnly(detail: string): Refusal {
  return refusal('daemon-only', 'Only with a daemon', detail, 'Leave --direct out.')
}

/** The words of the command line are wrong. */
export function wrongUsage(detail: string, advice?: string): Refusal {
  return refusal('usage', 'Wrong usage', detail, advice)
}

/** The stable codes of chainmail's own errors; Node's, such as ENOENT, look otherwise. */
const STABLE_CODE = /^[a-z]+(-[a-z0-9]+)*$/

/** An error of the library, the kernel's package or the daemon's client as a refusal; others are undefined. */
export function asRefusal(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error
  if (!(error instanceof Error) || !('code' in error)) return undefined
  const { code, message } = error
  if (typeof code !== 'string' || !STABLE_CODE.test(code)) return undefined
  return refusal(code, code.replaceAll('-', ' '), message)
}

/** A word that somebody typed, quoted and not too long for a sentence. */
export function quoted(word: string): string {
  return JSON.stringify(word.length > 60 ? `${word.slice(0, 60)}…` : word)
}
