import {
  type BanPlace,
  type BanSlot,
  type BanTarget,
  type BookedBan,
  type CarvedWish,
  ChainmailError,
  elementScopes,
  isSingle,
  type NetworkBlock,
  networkBlock,
  type UnbanTarget,
} from 'chainmail'
import { type BanRequest, type MadeBan, orRefused, Refused, type UnbanRequest } from './ban-request.ts'
import type { BanStore, Undo } from './ban-store.ts'
import { BanTurn } from './ban-turn.ts'
import type { KernelBans } from './kernel-bans.ts'

/** A ban that was asked for, with the entries that it is made of, as a stretch of all that are made together. */
interface Wanted {
  readonly ban: MadeBan
  readonly first: number
  readonly end: number
}

interface AllowedEntry {
  readonly slot: BanSlot
  readonly entry: CarvedWish['exempt'][number]
}

const plainScopes = ['everything', 'input', 'output', 'forward'] as const
const everything = ['everything'] as const

/** Makes bans and takes them back, in the kernel and in the store, within the call and inside a transaction. */
export class BanChanges {
  readonly #kernel: KernelBans
  readonly #bans: BanStore

  constructor(kernel: KernelBans, bans: BanStore) {
    this.#kernel = kernel
    this.#bans = bans
  }

  /**
   * Whether a ban would be made, as far as it can be told without the kernel's sets of bans; or whether there is one to
   * take back.
   */
  isTaken(wish: BanTarget | UnbanTarget, request: BanRequest | UnbanRequest, now: number): boolean {
    if (request.do === 'unban' || !('options' in wish)) {
      const scopes = wish.scope === undefined ? everything : elementScopes(wish.scope)
      return wish.blocks.some((block) => scopes.some((word) => this.#isBanned(block, word, now)))
    }
    const outcome = orRefused(() => {
      request.check?.(this.#standing(wish.blocks, elementScopes(wish.scope), now))
      return this.#kernel.carve(wish, request.asker)
    })
    return !(outcome instanceof Refused)
  }

  /** In the store, by itself or inside of a wider ban; or in the kernel, by whomever. */
  #isBanned(block: NetworkBlock, scope: string, now: number): boolean {
    const place = { address: block.address, family: block.family, scope }
    const known = this.#bans.get(place, now)
    const isKnown = known === undefined ? this.#bans.isHeld(block, scope, now) : !known.exempt
    return isKnown || this.#kernel.lookAt(place) !== 'absent'
  }

  /** Makes the bans of some requests, with few messages to the kernel; each has its own outcome. */
  ban(requests: readonly BanRequest[], turn: BanTurn, now: number): void {
    const entries: BookedBan[] = []
    const allowed: AllowedEntry[] = []
    const wanted = requests.map((request) =>
      request.wishes.map((wish) =>
        wish instanceof Refused
          ? wish
          : orRefused(() => {
              request.check?.(this.#standing(wish.blocks, elementScopes(wish.scope), now))
              return this.#want(wish, request, { entries, allowed, now })
            }),
      ),
    )
    for (const entry of entries) turn.touch(entry)
    const refused = new Map<number, unknown>()
    this.#kernel.addNow(entries, allowed, (index, error) => refused.set(index, error))
    const undo: (Undo | undefined)[] = []
    try {
      for (const [index, entry] of entries.entries())
        undo.push(refused.has(index) ? undefined : this.#bans.put(entry, now))
      const outcomes = wanted.map((wishes) =>
        wishes.map((wish) =>
          wish instanceof Refused ? wish : this.#outcome(wish, refused, entries, undo, now),
        ),
      )
      turn.answer(() => {
        for (const [index, { resolve }] of requests.entries()) resolve(outcomes[index] ?? [])
      })
    } finally {
      for (const one of undo) if (one !== undefined) turn.stored(one)
    }
  }

  /** Takes the bans of a request back; each has its own outcome. */
  unban({ wishes, check, resolve }: UnbanRequest, turn: BanTurn, now: number): void {
    const slots = this.#kernel.slots()
    const outcomes = wishes.map((wish) => {
      if (wish instanceof Refused) return wish
      const own = new BanTurn()
      try {
        if (check !== undefined)
          for (const block of wish.blocks)
            check(this.#standing([block], this.#scopesOf(wish, block, slots, now), now))
        this.#free(wish, slots, own, now)
        turn.include(own)
        return undefined
      } catch (error) {
        own.takeBack(true, this.#bans, this.#kernel, now)
        return new Refused(error)
      }
    })
    turn.answer(() => resolve(outcomes))
  }

  #want(
    target: BanTarget,
    { who, asker }: BanRequest,
    { entries, allowed, now }: { entries: BookedBan[]; allowed: AllowedEntry[]; now: number },
  ): Wanted {
    const { family, scope, options, end: until } = target
    const { blocks, exempt, spared } = this.#kernel.carve(target, asker)
    const slot = { kind: scope.kind, family }
    for (const entry of exempt) allowed.push({ slot, entry })
    const scopes = scope.kind === 'everything' ? everything : elementScopes(scope)
    const first = entries.length
    if (spared !== undefined)
      for (const word of scopes)
        entries.push(exemption({ address: spared.address, family, scope: word }, until, now))
    const reason = options.reason === '' ? undefined : options.reason
    let latest = 0
    for (const { address } of blocks) {
      for (const word of scopes) {
        const before = this.#bans.get({ address, family, scope: word }, now)
        const since = before === undefined || before.exempt ? now : before.since
        latest = Math.max(latest, since)
        entries.push({ address, family, scope: word, since, until, reason, who, exempt: false })
      }
    }
    const networks = blocks.map(({ address }) => address)
    return { ban: { target, networks, since: latest, until, reason, who }, first, end: entries.length }
  }

  /** Where one entry of a ban was refused, none of them stays. */
  #outcome(
    { ban, first, end }: Wanted,
    refused: ReadonlyMap<number, unknown>,
    entries: readonly BookedBan[],
    undo: (Undo | undefined)[],
    now: number,
  ): MadeBan | Refused {
    if (refused.size === 0) return ban
    let fault: Refused | undefined
    for (let index = first; index < end; index++)
      if (refused.has(index)) fault ??= new Refused(refused.get(index))
    if (fault === undefined) return ban
    for (let index = end - 1; index >= first; index--) {
      const entry = entries[index]
      if (entry === undefined || refused.has(index)) continue
      undo[index]?.(true)
      undo[index] = undefined
      const before = this.#bans.get(entry, now)
      if (before === undefined) this.#kernel.deleteNow(entry)
      else this.#add(before)
    }
    return fault
  }

  /** @throws ChainmailError `not-banned` */
  #free(target: UnbanTarget, slots: readonly BanSlot[], turn: BanTurn, now: number): void {
    const { text, blocks } = target
    let freed = false
    for (const block of blocks)
      for (const word of this.#scopesOf(target, block, slots, now))
        if (this.#freeOne(block, word, turn, now)) freed = true
    if (!freed) throw new ChainmailError('not-banned', `${text} is not banned.`, { path: 'address' })
  }

  /** The scopes of which a ban is taken back: the one that is named, or all that there are. */
  #scopesOf(
    { scope }: UnbanTarget,
    block: NetworkBlock,
    slots: readonly BanSlot[],
    now: number,
  ): readonly string[] {
    if (scope !== undefined) return elementScopes(scope)
    const plain = plainScopes.filter((kind) => slots.some((slot) => slot.kind === kind))
    return [...plain, ...this.#bans.narrowScopes(block, now)]
  }

  /** The bans that stand exactly here. */
  #standing(blocks: readonly NetworkBlock[], scopes: readonly string[], now: number): readonly BookedBan[] {
    return blocks.flatMap(({ address, family }) =>
      scopes.flatMap((scope) => {
        const ban = this.#bans.get({ address, family, scope }, now)
        return ban === undefined || ban.exempt ? [] : [ban]
      }),
    )
  }

  /** @returns whether it was banned */
  #freeOne(block: NetworkBlock, scope: string, turn: BanTurn, now: number): boolean {
    const place = { address: block.address, family: block.family, scope }
    const known = this.#bans.get(place, now)
    const wasBanned = known !== undefined && !known.exempt
    turn.touch(place)
    const found = this.#kernel.takeOut(place)
    if (wasBanned) turn.stored(this.#bans.delete(place))
    if (found === 'covered') this.#exempt(block, place, turn, now)
    if (!isSingle(block)) this.#dropExemptions(block, scope, turn, now)
    return wasBanned || found !== 'absent'
  }

  /** As long as the wider bans last that the book knows; for ever where somebody else has made them. */
  #exempt(block: NetworkBlock, place: BanPlace, turn: BanTurn, now: number): void {
    let until: number | undefined
    for (const wider of this.#bans.wider(block, place.scope, now)) {
      if (wider.until === undefined) {
        until = undefined
        break
      }
      until = Math.max(until ?? 0, wider.until)
    }
    const entry = exemption(place, until, now)
    this.#add(entry)
    turn.stored(this.#bans.put(entry, now))
  }

  #add(entry: BookedBan): void {
    this.#kernel.addNow([entry], [], (_, error) => {
      throw error
    })
  }

  /** Exemptions that have no ban around them any more, or an exemption, would free their networks of later bans. */
  #dropExemptions(block: NetworkBlock, scope: string, turn: BanTurn, now: number): void {
    for (const exempt of this.#bans.exemptInside(block)) {
      if (exempt.scope !== scope) continue
      if (this.#bans.isHeld(networkBlock(exempt.address), scope, now)) continue
      turn.touch(exempt)
      this.#kernel.deleteNow(exempt)
      turn.stored(this.#bans.delete(exempt))
    }
  }
}

function exemption({ address, family, scope }: BanPlace, until: number | undefined, now: number): BookedBan {
  return { address, family, scope, since: now, until, reason: undefined, who: undefined, exempt: true }
}
