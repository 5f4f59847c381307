import { type BanScope, elementScopes, type HeldBan, parseScope, readScope, type TimeTexts } from 'chainmail'
import type { MadeBan } from '../bans/ban-request.ts'
import type { BanStore } from '../bans/ban-store.ts'
import { plainCounters } from './counters.ts'

/** A scope as a request writes it. */
export type ScopeWords = string | Exclude<BanScope, string>

/** Options of a ban as a request writes them. */
export interface BanWords {
  readonly for?: string | number
  readonly reason?: string
  readonly scope?: ScopeWords
  readonly exceptAllowed?: boolean
  readonly ipv6Prefix?: number
}

/** @throws ChainmailError `bad-scope` */
export function scopeOf(words: ScopeWords): BanScope {
  return typeof words === 'string' ? readScope(words) : words
}

/** The options of a ban. @throws ChainmailError `bad-scope` */
export function optionsOf<Words extends Pick<BanWords, 'scope'>>(
  words: Words,
): Omit<Words, 'scope'> & { readonly scope?: BanScope } {
  const { scope, ...options } = words
  return scope === undefined ? options : { ...options, scope: scopeOf(scope) }
}

/** The scope of a document; the one that every ban has unless it says otherwise is left out. */
function shownScope(scope: BanScope): string | undefined {
  return scope === 'everything' ? undefined : elementScopes(parseScope(scope)).join(',')
}

/** A ban that was just made. */
export function madeDocument(
  { target, networks, since, until, reason, who }: MadeBan,
  now: number,
  times: TimeTexts,
) {
  const { text, family, scope } = target
  const [first = text, ...more] = networks
  return {
    address: more.length === 0 && !text.includes('-') ? first : text,
    family,
    scope: shownScope(scope.asGiven),
    since: times.textOf(since),
    until: until === undefined ? undefined : times.textOf(until),
    expiresIn: until === undefined ? undefined : secondsUntil(until, now),
    reason,
    who,
    networks: more.length === 0 && !text.includes('-') ? undefined : networks,
  }
}

/** A ban that the kernel holds, with what the store knows of it. */
export function heldDocument(
  held: Omit<HeldBan, 'place'>,
  place: HeldBan['place'],
  bans: BanStore,
  now: number,
) {
  const { address, family, since, until, reason, who } = held
  const record = bans.get(place, now)
  const end = record === undefined ? until?.getTime() : record.until
  return {
    address,
    family,
    scope: place.scope === 'everything' ? undefined : place.scope,
    since: record === undefined ? since?.toISOString() : timeText(record.since),
    until: end === undefined ? undefined : timeText(end),
    expiresIn: end === undefined ? undefined : secondsUntil(end, now),
    reason: record === undefined ? reason : record.reason,
    who: record === undefined ? who : record.who,
    ...plainCounters(held),
  }
}

function secondsUntil(end: number, now: number): number {
  return Math.max(0, Math.ceil((end - now) / 1000))
}

export function timeText(time: number): string {
  return new Date(time).toISOString()
}
