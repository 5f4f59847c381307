import type { FirewallEvent, FirewallEvents } from 'chainmail'
import type { History } from './history.ts'
import type { RevisionHead } from './revision.ts'

/** What is told to who watches. */
export type DaemonEvent =
  | { readonly event: 'change'; readonly id: number; readonly revision: RevisionHead }
  | { readonly event: 'drift' | 'repair' | 'probation' | 'expiry'; readonly what: FirewallEvent }
  /** Revisions that the history no longer has, or other events beyond those that wait for a slow reader. */
  | {
      readonly event: 'missed'
      readonly id?: number
      readonly from?: number
      readonly to?: number
      readonly count: number
    }
  /** Nothing has happened for a while. */
  | { readonly event: 'beat' }

export interface WatchParts {
  readonly history: History
  readonly events: Pick<FirewallEvents, 'listen'>
}

export interface WatchFrom {
  /** Changes behind this revision come first; undefined for those from now on. */
  readonly after?: number | undefined
  /** Milliseconds between two signs of life. */
  readonly beat: number
}

/** Revisions that are read from the store together. */
const TOGETHER = 100

/** Events that are no revisions and wait for a reader. */
const LONGEST_QUEUE = 1_000

/**
 * What happens, from a revision on. Changes are read from the history itself, so that a slow reader costs no memory and
 * misses only what the history has dropped meanwhile; other events wait in a short queue. It ends with the history.
 */
export async function* watchEvents(
  { history, events }: WatchParts,
  { after, beat }: WatchFrom,
): AsyncGenerator<DaemonEvent, void> {
  const waiting: FirewallEvent[] = []
  let cursor = Math.min(after ?? history.published, history.published)
  let dropped = 0
  let isQuiet = false
  let wake = Promise.withResolvers<void>()
  const stopHistory = history.listen(() => wake.resolve())
  const stopEvents = events.listen((event) => {
    if (event.kind === 'change') return
    if (waiting.length < LONGEST_QUEUE) waiting.push(event)
    else dropped++
    wake.resolve()
  })
  const heart = setInterval(() => {
    isQuiet = true
    wake.resolve()
  }, beat)
  try {
    for (;;) {
      wake = Promise.withResolvers()
      for (const event of missedRevisions(history, cursor)) {
        cursor = event.id
        yield event
      }
      for (const revision of history.behind(cursor, TOGETHER)) {
        cursor = revision.number
        yield { event: 'change', id: cursor, revision }
      }
      for (let what = waiting.shift(); what !== undefined; what = waiting.shift()) {
        if (what.kind === 'missed') yield { event: 'missed', count: what.count }
        else if (what.kind !== 'change') yield { event: what.kind, what }
      }
      if (dropped > 0) {
        const count = dropped
        dropped = 0
        yield { event: 'missed', count }
      }
      if (isQuiet) yield { event: 'beat' }
      isQuiet = false
      if (cursor < history.published) continue
      if (history.isClosed) return
      if (waiting.length === 0) await wake.promise
    }
  } finally {
    clearInterval(heart)
    stopHistory()
    stopEvents()
  }
}

/** Those behind a number that the history has dropped. */
function* missedRevisions(
  history: History,
  cursor: number,
): Generator<{ event: 'missed'; id: number; from: number; to: number; count: number }, void> {
  const to = history.oldest - 1
  if (cursor < to) yield { event: 'missed', id: to, from: cursor + 1, to, count: to - cursor }
}
