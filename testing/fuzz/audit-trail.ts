import type { Client } from '@chainmail/daemon/client'
import { listOf, recordOf, type Schema } from './document.ts'
import { callers } from './fuzzed-daemon.ts'
import { type Exchange, headerOf, isChanging } from './request.ts'

/** What the daemon says of some time: its audit log, and its history. */
export interface Trail {
  readonly records: readonly Schema[]
  /** With their operations. */
  readonly revisions: readonly Schema[]
}

const PAGE = 1_000
/** Refusals of somebody known that have records of their own in a minute; others are counted, and told of by the next one. */
const RECORDED = 600
/** Milliseconds: a minute, and how late a record is read. */
const WINDOW = 75_000
const OWNED = 'chainmail'

/** Reads on in the audit log and the history. */
export class AuditTrail {
  readonly #client: Client
  #record = 0
  #revision = 0
  #ahead: readonly Schema[] = []
  /** When somebody was refused with a status, of the records that there are. */
  readonly #refused = new Map<string, number[]>()

  constructor(client: Client) {
    this.#client = client
  }

  get revision(): number {
    return this.#revision
  }

  /** What has come since the last time. */
  async read(): Promise<Trail> {
    const heads = await this.#pages('/v1/revisions', 'revisions', () => this.#revision)
    this.#revision = Number(heads.at(-1)?.number ?? this.#revision)
    const found = await this.#pages('/v1/audit', 'records', () => this.#record)
    this.#record = Number(found.at(-1)?.number ?? this.#record)
    for (const record of found) this.#note(record)
    // What was changed between the two looks belongs to the next one.
    const isAhead = ({ kind, revision }: Schema): boolean =>
      kind === 'change' && Number(revision) > this.#revision
    const all = [...this.#ahead, ...found]
    this.#ahead = all.filter(isAhead)
    const records = all.filter((record) => !isAhead(record))
    const revisions = await Promise.all(
      heads.map(async ({ number }) => recordOf(await this.#client.request('GET', `/v1/revisions/${number}`))),
    )
    return { records, revisions }
  }

  /** Whether somebody has had so many records of refusals that the daemon only counts more of them. */
  isCounted(who: string, status: number): boolean {
    const times = this.#refused.get(`${who} ${status}`) ?? []
    return times.filter((time) => time > Date.now() - WINDOW).length >= RECORDED
  }

  #note({ kind, who, status, time }: Schema): void {
    if (kind !== 'request' || Number(status) < 400) return
    const key = `${who} ${status}`
    const times = this.#refused.get(key) ?? []
    this.#refused.set(key, [...times.slice(-RECORDED), Date.parse(String(time))])
  }

  async #pages(path: string, member: string, last: () => number): Promise<readonly Schema[]> {
    const found: Schema[] = []
    for (;;) {
      const after = Number(found.at(-1)?.number ?? last())
      const page = recordOf(await this.#client.request('GET', `${path}?after=${after}&limit=${PAGE}`))
      const items = listOf(page[member]).map(recordOf)
      found.push(...items)
      if (items.length < PAGE) return found
    }
  }
}

export function joined(one: Trail, other: Trail): Trail {
  return { records: [...one.records, ...other.records], revisions: [...one.revisions, ...other.revisions] }
}

/** What is wrong with what the daemon says of some requests, in sentences. */
export function trailFaults(
  { records, revisions }: Trail,
  exchanges: readonly Exchange[],
  isCounted: AuditTrail['isCounted'],
): string[] {
  const faults: string[] = []
  const changes = new Map(records.filter(({ kind }) => kind === 'change').map((one) => [one.revision, one]))
  for (const { number, who, door } of revisions) {
    const change = changes.get(number)
    if (change === undefined) faults.push(`revision ${number} has no record in the audit log`)
    else if (change.who !== who || change.door !== door)
      faults.push(
        `revision ${number} is ${who}'s by ${door}, and the audit log says ${change.who}'s by ${change.door}`,
      )
  }
  const known = new Set(revisions.map(({ number }) => number))
  for (const number of changes.keys())
    if (!known.has(number))
      faults.push(`the audit log tells of revision ${number}, which the history has not`)
  const byId = new Map(records.filter(({ kind }) => kind === 'request').map((one) => [one.request, one]))
  for (const exchange of exchanges) {
    const fault = recordFault(exchange, byId, isCounted)
    if (fault !== undefined) faults.push(fault)
  }
  return faults
}

/** Of what is refused before it is a request of anybody: no HTTP, too slow, a head that is too long, another site's. */
const early: ReadonlySet<number> = new Set([400, 403, 408, 421, 431])

function recordFault(
  { request, answer }: Exchange,
  byId: ReadonlyMap<unknown, Schema>,
  isCounted: AuditTrail['isCounted'],
): string | undefined {
  if (answer === undefined || !isChanging(request)) return undefined
  // What comes from nobody who is known is counted; what comes by the thousand under load, too.
  if (
    answer.status === 401 ||
    answer.status === 429 ||
    (request.door === 'https' && request.caller === undefined)
  )
    return undefined
  const what = `${request.method} ${request.path} was answered with ${answer.status}`
  const id = headerOf(answer, 'chainmail-request-id')
  if (id === undefined) return early.has(answer.status) ? undefined : `${what} without the id of the request`
  const record = byId.get(id)
  if (record === undefined && answer.status >= 400 && isCounted(request.caller ?? '', answer.status))
    return undefined
  // Before it comes to a route, a request is nobody's.
  if (record === undefined)
    return answer.status < 400 || request.operation !== undefined ? `${what}, and has no record` : undefined
  if (record.status !== answer.status || record.method !== request.method)
    return `${what}, and its record says ${record.method} and ${record.status}`
  const who = request.door === 'socket' ? 'socket' : request.caller
  if (record.who !== who && answer.status < 400)
    return `${what} for ${who}, and its record says ${record.who}`
  const revision = headerOf(answer, 'chainmail-revision')
  if (revision !== undefined && record.revision !== Number(revision))
    return `${what} as revision ${revision}, and its record says ${record.revision}`
  return undefined
}

/** Places of the kernel that some revisions say they have changed, as {@link differences} names them. */
export function changedPlaces(revisions: readonly Schema[]): ReadonlySet<string> {
  const places = new Set<string>()
  for (const { operations, what } of revisions) {
    const { chains, sets, bans, allowlist, rfw, repaired, irreversible } = recordOf(operations)
    for (const sentence of listOf(irreversible).map(String)) {
      const [, set] = /^The set (\S+) was taken back /.exec(sentence) ?? []
      if (set !== undefined) places.add(`set ${set}`)
    }
    if (bans !== undefined || allowlist !== undefined || rfw !== undefined || what === 'repair')
      places.add(OWNED)
    for (const line of listOf(repaired).map(String)) {
      const [place] = /^(?:set|ipv[46] \S+) \S+/.exec(line) ?? []
      if (place !== undefined) places.add(place)
    }
    for (const one of listOf(chains).map(recordOf)) places.add(`${one.family} ${one.table} ${one.chain}`)
    for (const one of listOf(sets).map(recordOf)) places.add(`set ${one.name}`)
  }
  return places
}

/** Whether a difference of the kernel is explained by places that were changed. */
export function isExplained(place: string, line: string, places: ReadonlySet<string>): boolean {
  if (places.has(place)) return true
  // An exemption goes when the bans around it have run out, at the next reading of the set.
  if (/^-.* nomatch comment "chainmail: (?:unbanned|allowed)"$/.test(line)) return true
  const isOwned =
    place.startsWith(`set ${OWNED}`) ||
    / chainmail\S*$/.test(place) ||
    /--comment "?chainmail"?(?: |$)/.test(line)
  return isOwned && places.size > 0
}

/** What somebody has changed who may not, in sentences. */
export function overreach(revisions: readonly Schema[]): string[] {
  return revisions.flatMap((revision) => {
    const who = String(revision.who)
    if (!Object.hasOwn(callers, who) || who === 'everything') return []
    const places = [...changedPlaces([revision])]
    const wrong = who === 'reader' ? places : places.filter((place) => !mayChange(who, place))
    return wrong.map((place) => `${who} has changed ${place} in revision ${revision.number}`)
  })
}

function mayChange(who: string, place: string): boolean {
  if (who === 'banner') return place === OWNED || place === 'set fuzz-ip'
  return /^set fuzz-|^ipv[46] filter fuzz-|^ipv6 raw fuzz-|^ipv[46] (?:filter|raw) chainmail-chains$/.test(
    place,
  )
}
