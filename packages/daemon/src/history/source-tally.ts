import type { DoorName, Origin, Summary, What } from './revision.ts'

/** Names that are told apart; those that come later count together. */
const MOST_SOURCES = 100

const OTHERS = 'others'

/** How many revisions there were of a kind. */
export interface RevisionCount {
  readonly what: What
  readonly door: DoorName
  revisions: number
}

/** What one who asks has done about bans by one door. */
export interface BanCount {
  readonly who: string
  readonly door: DoorName
  banned: number
  unbanned: number
}

/** Counts since the start who has changed what. Its size is bounded, whatever names there are. */
export class SourceTally {
  readonly #revisions = new Map<string, RevisionCount>()
  readonly #bans = new Map<string, BanCount>()

  /** @param times -1 takes back what was counted */
  count({ who, door }: Pick<Origin, 'who' | 'door'>, what: What, summary: Summary, times: 1 | -1): void {
    const key = `${what} ${door}`
    let kind = this.#revisions.get(key)
    if (kind === undefined) {
      kind = { what, door, revisions: 0 }
      this.#revisions.set(key, kind)
    }
    kind.revisions += times
    const { banned = 0, unbanned = 0 } = summary
    if (banned === 0 && unbanned === 0) return
    const source = this.#source(who, door)
    source.banned += banned * times
    source.unbanned += unbanned * times
  }

  revisions(): Iterable<RevisionCount> {
    return this.#revisions.values()
  }

  bans(): Iterable<BanCount> {
    return this.#bans.values()
  }

  #source(who: string, door: DoorName): BanCount {
    const known = this.#bans.get(`${door} ${who}`)
    if (known !== undefined) return known
    const name = this.#bans.size < MOST_SOURCES ? who : OTHERS
    const key = `${door} ${name}`
    const source = this.#bans.get(key) ?? { who: name, door, banned: 0, unbanned: 0 }
    this.#bans.set(key, source)
    return source
  }
}
