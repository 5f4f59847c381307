import type { Step } from '../model.ts'
import { banName } from '../names.ts'
import { type Caller, held, type Load, someDuration } from './caller.ts'

/** Addresses of one caller, and the most lines of one request. */
const POOL = 3_000
const LINES = 400

/** Bans many addresses in one request, or takes them back. @param own which addresses are the caller's own: 0 to 255 */
export function bulkBans(own: number): Caller {
  return async (load) => {
    const { model, random } = load
    const first = random.below(POOL)
    const count = 1 + random.below(LINES)
    const chosen = Array.from({ length: count }, (_, index) => addressOf(own, (first + index * 7) % POOL))
    if (random.oneIn(3)) {
      const banned = chosen.filter((address) => model.get(banName(address, 'everything')) !== undefined)
      const lines = banned.map((address) => ({ address, change: undefined }))
      await stream(load, 'DELETE', lines)
      return
    }
    const seconds = someDuration(random)
    const lines = chosen.map((address) => ({ address, change: { reason: load.word(), for: seconds } }))
    await stream(load, 'POST', lines)
  }
}

function addressOf(own: number, index: number): string {
  return `12.${own}.${index >> 8}.${index & 255}`
}

interface Line {
  readonly address: string
  readonly change: { readonly reason: string; readonly for: number | undefined } | undefined
}

/** Each line has an outcome of its own. */
async function stream({ client, model }: Load, method: string, lines: readonly Line[]): Promise<void> {
  const steps: Step[] = []
  // A line is under way when it is sent, and the request may break off before.
  function* sent(): Generator<string> {
    for (const { address, change } of lines) {
      const after = change === undefined ? undefined : held(change.reason, change.for)
      steps.push(model.begin(new Map([[banName(address, 'everything'), after]])))
      yield JSON.stringify({ address, ...change })
    }
  }
  let isComplete = false
  for await (const result of client.stream(method, '/v1/bans', sent())) {
    const { line, ok, summary } = readResult(result)
    if (summary !== undefined) isComplete = summary
    else if (ok) steps[line - 1]?.made()
    else throw new Error(`a line of ${method} /v1/bans was refused: ${JSON.stringify(result)}`)
  }
  if (!isComplete) throw Object.assign(new Error('an answer was cut off'), { code: 'ECONNRESET' })
}

function readResult(result: unknown): { line: number; ok: boolean; summary: boolean | undefined } {
  if (typeof result === 'object' && result !== null) {
    if ('summary' in result && typeof result.summary === 'object' && result.summary !== null)
      return { line: 0, ok: false, summary: 'complete' in result.summary && result.summary.complete === true }
    if ('line' in result && typeof result.line === 'number' && 'ok' in result)
      return { line: result.line, ok: result.ok === true, summary: undefined }
  }
  throw new TypeError(`an answer's line is none: ${JSON.stringify(result)}`)
}
