import { EventEmitter } from 'node:events'
import type { Difference } from './drift/difference.ts'
import type { Who } from './drift/kernel-changes.ts'
import type { PlanSummary } from './plan/plan.ts'
import type { Operation, Place } from './rules/operation.ts'
import type { SetOperation } from './sets/set-operation.ts'

/** Something that has happened to the firewall. `at` is milliseconds since 1970. */
export type FirewallEvent = { readonly at: number } & (
  | ChangeEvent
  | DriftEvent
  | RepairEvent
  | ProbationEvent
  | ExpiryEvent
  | MissedEvent
)

/** This firewall object has changed something, and the kernel has acknowledged it. */
export interface ChangeEvent {
  readonly kind: 'change'
  readonly change: FirewallChange
}

/** What was changed. */
export type FirewallChange =
  | { readonly what: 'rules'; readonly place: Place; readonly operations: readonly Operation[] }
  | {
      readonly what: 'transaction'
      readonly tables: readonly { readonly place: Place; readonly operations: readonly Operation[] }[]
      readonly sets: readonly SetOperation[]
    }
  | { readonly what: 'plan'; readonly summary: PlanSummary }
  | { readonly what: 'set'; readonly set: string; readonly do: SetVerb }
  | { readonly what: 'ban' | 'unban' | 'allow' | 'disallow'; readonly address: string }

/** What was done to a set, by its handle. */
export type SetVerb = 'create' | 'add' | 'delete' | 'replace' | 'flush' | 'destroy' | 'swap' | 'rename'

/** Somebody else has changed rules, or what this firewall object looks after. */
export interface DriftEvent {
  readonly kind: 'drift'
  /** In a sentence. */
  readonly detail: string
  /** What is owned and was changed: `bans`. Absent where it is the rules in general. */
  readonly part?: string
  /** In short lines: `+` came, `-` went, `>` moved. */
  readonly diff?: string
  readonly difference?: Difference
  /** The processes that did it, where the kernel tells. */
  readonly who?: readonly Who[]
}

/** What somebody else had changed was put right, or could not be. */
export interface RepairEvent {
  readonly kind: 'repair'
  readonly detail: string
  /** What was repaired: `bans`. */
  readonly part?: string
  readonly outcome: 'repaired' | 'failed' | 'paused'
  /** What was repaired, in short lines: `+` had come, `-` had gone, `>` had moved. */
  readonly diff?: string
  /** Milliseconds since the drift was noticed. */
  readonly duration?: number
}

/** What became of a change on probation. */
export interface ProbationEvent {
  readonly kind: 'probation'
  readonly id: string
  readonly outcome: 'begun' | 'confirmed' | 'reverted'
}

/** Bans have come to their end, and the kernel has taken them out. Only bans that were made by who tells it. */
export interface ExpiryEvent {
  readonly kind: 'expiry'
  /** In a sentence. */
  readonly detail: string
  /** How many at this moment. */
  readonly count: number
  /** The first 100 of them: the address, and the scope where it is not everything. */
  readonly bans: readonly EndedBan[]
}

export interface EndedBan {
  readonly address: string
  /** `everything`, or what the ban kept away: `tcp:22`. */
  readonly scope: string
  readonly reason?: string
}

/** The reader was too slow, and this many events were dropped for it. */
export interface MissedEvent {
  readonly kind: 'missed'
  readonly count: number
}

/** Events that wait for a reader; what comes beyond is dropped. */
const LONGEST_QUEUE = 10_000

/** Hands events to those that watch, who never hold up what makes them. */
export class FirewallEvents {
  readonly #emitter = new EventEmitter().setMaxListeners(0)
  #closed = false

  /** Whether anybody watches: who makes an event at some cost may ask first. */
  get isWatched(): boolean {
    return this.#emitter.listenerCount('event') > 0
  }

  emit(event: FirewallEvent): void {
    this.#emitter.emit('event', event)
  }

  /** A change that the kernel has acknowledged just now. */
  changed(change: () => FirewallChange): void {
    if (this.isWatched) this.emit({ kind: 'change', at: Date.now(), change: change() })
  }

  /** Calls the listener with each event until what is returned is called. It must not throw. */
  listen(listener: (event: FirewallEvent) => void): () => void {
    this.#emitter.on('event', listener)
    return () => void this.#emitter.off('event', listener)
  }

  /**
   * The events from now on. Whoever does not take them loses those beyond `most`, and is told how many. It ends when the
   * firewall is closed or the loop is left.
   */
  async *watch({ most = LONGEST_QUEUE, signal }: WatchOptions = {}): AsyncGenerator<FirewallEvent, void> {
    const waiting: FirewallEvent[] = []
    let missed = 0
    let wake = Promise.withResolvers<void>()
    const stop = this.listen((event) => {
      if (waiting.length < most) waiting.push(event)
      else missed++
      wake.resolve()
    })
    const ended = (): void => wake.resolve()
    this.#emitter.once('close', ended)
    signal?.addEventListener('abort', ended)
    try {
      for (;;) {
        for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) yield event
        if (missed > 0) {
          const count = missed
          missed = 0
          yield { kind: 'missed', at: Date.now(), count }
        }
        if (this.#closed || signal?.aborted === true) return
        if (waiting.length === 0) await wake.promise
        wake = Promise.withResolvers()
      }
    } finally {
      stop()
      this.#emitter.off('close', ended)
      signal?.removeEventListener('abort', ended)
    }
  }

  close(): void {
    this.#closed = true
    this.#emitter.emit('close')
  }
}

export interface WatchOptions {
  /** Events that may wait for the reader; 10,000 if not said. */
  readonly most?: number
  /** Ends the watch. */
  readonly signal?: AbortSignal
}
