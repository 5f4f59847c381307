import type { FirewallEvent } from '../events.ts'
import { type Difference, renderDifference } from './difference.ts'
import type { Who } from './kernel-changes.ts'

/** What somebody who watches the kernel is told. */
export type DriftNotice =
  /** Other programs have changed rules. */
  | {
      readonly kind: 'change'
      readonly at: Date
      readonly difference: Difference
      readonly who: readonly Who[]
      /** Changes of this process came in the same time, and are among these. */
      readonly withOwn: boolean
    }
  /** What is owned is not what it should be. */
  | {
      readonly kind: 'drift'
      readonly at: Date
      /** The name of the part: `bans`. */
      readonly of: string
      readonly difference: Difference
      readonly who: readonly Who[]
      /** `repair` is under way; `pause`: it was repaired too often of late, and waits. */
      readonly next: 'repair' | 'report' | 'pause'
      /** Milliseconds until it is repaired. */
      readonly pause: number
    }
  /** What is owned is what it should be again. */
  | {
      readonly kind: 'repair'
      readonly at: Date
      readonly of: string
      /** What was repaired. */
      readonly difference: Difference
      /** Milliseconds since it was noticed, a pause included. */
      readonly took: number
      /** How many repairs of this part there were in a row. */
      readonly repairs: number
    }
  /** Something could not be read or repaired. It is tried again. */
  | { readonly kind: 'fault'; readonly at: Date; readonly of: string; readonly error: unknown }

/** What is done about drift of what is owned. */
export type DriftHandling = 'repair' | 'report' | 'ignore'

export const driftHandlings: readonly DriftHandling[] = ['repair', 'report', 'ignore']

/** Lines of a difference that an event carries as text. */
const MOST_LINES = 200

/** The event that watchers of the firewall are told. */
export function eventOf(notice: DriftNotice): FirewallEvent {
  const at = notice.at.getTime()
  if (notice.kind === 'fault')
    return {
      kind: 'repair',
      at,
      part: notice.of,
      outcome: 'failed',
      detail: `Looking after the ${notice.of} failed and is tried again: ${messageOf(notice.error)}`,
    }
  if (notice.kind === 'repair')
    return {
      kind: 'repair',
      at,
      part: notice.of,
      outcome: 'repaired',
      duration: notice.took,
      diff: diffOf(notice.difference),
      detail: `Repaired the ${notice.of} in ${Math.round(notice.took)} ms.`,
    }
  const { difference, who } = notice
  const told = {
    kind: 'drift',
    at,
    difference,
    who,
    diff: diffOf(difference),
  } as const
  if (notice.kind === 'change')
    return { ...told, detail: `${whoText(who)}${notice.withOwn ? ' and this process' : ''} changed rules.` }
  const pause = `again and again: the repair waits ${Math.ceil(notice.pause / 1000)} s`
  const words = { repair: 'which is repaired', report: 'which stays so', pause }[notice.next]
  return { ...told, part: notice.of, detail: `${whoText(who)} changed the ${notice.of}, ${words}.` }
}

function diffOf(difference: Difference): string {
  return renderDifference(difference, MOST_LINES).join('\n')
}

function whoText(who: readonly Who[]): string {
  if (who.length === 0) return 'Another program'
  return who
    .map(({ processName, processId }) => `${processName ?? 'A process'} (${processId ?? '?'})`)
    .join(', ')
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
