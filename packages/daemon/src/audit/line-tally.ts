import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { AuditedLines, LineCounts } from './record.ts'

interface Tally {
  bytes: number
  readonly hash: ReturnType<typeof createHash>
  counts: LineCounts | undefined
}

const tallies = new WeakMap<IncomingMessage, Tally>()

/** What arrives of a request's lines, counted for its record. */
export async function* tallied(
  request: IncomingMessage,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const tally: Tally = { bytes: 0, hash: createHash('sha256'), counts: undefined }
  tallies.set(request, tally)
  for await (const piece of body) {
    tally.bytes += piece.length
    tally.hash.update(piece)
    yield piece
  }
}

/** Notes what became of a request's lines so far. */
export function noteCounts(request: IncomingMessage, counts: LineCounts): void {
  const tally = tallies.get(request)
  if (tally !== undefined) tally.counts = counts
}

/** What a request's lines came to; undefined where it has none. */
export function linesOf(request: IncomingMessage): AuditedLines | undefined {
  const tally = tallies.get(request)
  if (tally === undefined) return undefined
  const { bytes, hash, counts } = tally
  return { ...counts, bytes, sha256: hash.copy().digest('hex') }
}
