import { Pace } from '@chainmail/kernel'
import {
  type BanSlot,
  type BanTarget,
  type BookedBan,
  contains,
  type NetworkBlock,
  networkBlock,
  type RequestDefaults,
  readBan,
  readUnban,
  slotOf,
  type UnbanOptions,
  type UnbanTarget,
} from 'chainmail'
import { storeFailed } from '../errors.ts'
import { BanRecorder } from '../history/ban-recorder.ts'
import type { History } from '../history/history.ts'
import type { Change, Operations, Origin } from '../history/revision.ts'
import type { RestoreTerms } from '../history/rollback.ts'
import type { Store } from '../store.ts'
import {
  type Asker,
  type BanTerms,
  type BanWish,
  type ManyBan,
  type ManyUnban,
  nobody,
  originOf,
} from './asker.ts'
import { BanChanges } from './ban-changes.ts'
import { BanRehearsal } from './ban-rehearsal.ts'
import {
  type BanOutcome,
  type BanRequest,
  type MadeBan,
  orRefused,
  Refused,
  type UnbanRequest,
} from './ban-request.ts'
import { BanRestoration } from './ban-restoration.ts'
import { BanStore, type BanStoreEnds } from './ban-store.ts'
import { BanTurn } from './ban-turn.ts'
import { BookQueue, inRuns, turnsOf } from './book-queue.ts'
import type { KernelBans } from './kernel-bans.ts'

/** What bans would come to, and what would have changed. */
export interface Rehearsal<Outcome> {
  readonly outcomes: Outcome[]
  readonly operations: Pick<Operations, 'bans'>
}

export interface BanBookOptions {
  readonly kernel: KernelBans
  readonly store: Store
  /** The bans that the store holds, where they were read already. */
  readonly bans?: BanStore | undefined
  readonly history?: History | undefined
  /** For single IPv6 addresses whose request does not say otherwise; 128 leaves them alone. */
  readonly ipv6Prefix?: (() => number) | undefined
  /** Is told of each ban that will end by itself. */
  readonly ends?: BanStoreEnds
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** Told of what goes wrong where no caller waits for it. */
  readonly onFault?: (error: unknown, about: string) => void
}

/** Changes after which bans that have run out are forgotten. */
const SWEPT_EVERY = 256

/** Bans that are looked at without a look at the clock. */
const PACED = 256

/**
 * The bans: the store says what they should be, the kernel keeps them.
 *
 * 1. An answer comes after the kernel and the store have the change, or neither: the kernel first, then the
 *    store; when the store fails, the kernel's part is taken back. A process that dies between the two starts
 *    anew with {@link open}, which makes the kernel equal to the store.
 * 2. Many callers are as fast as one: what arrives while the disk is busy reaches it together, and the kernel in few
 *    messages. No timer and no delay.
 * 3. A request that is refused fails alone.
 * 4. What others do to the sets and to the rules that refer to them is seen by the requests that follow, and made
 *    good before they are answered.
 * 5. The store does not grow with bans that have run out: more are swept away than are added.
 * 6. An address that is unbanned inside of a banned network is exempt as long as the wider bans around it last, after
 *    a restart too.
 */
export class BanBook {
  readonly #kernel: KernelBans
  readonly #store: Store
  readonly #history: History | undefined
  readonly #bans: BanStore
  readonly #changes: BanChanges
  readonly #restoration: BanRestoration
  readonly #ipv6Prefix: () => number
  readonly #now: () => number
  readonly #onFault: (error: unknown, about: string) => void
  readonly #queue = new BookQueue((group) => this.#perform(group))
  #addedSinceSweep = 0
  #ready = false

  constructor({
    kernel,
    store,
    bans = new BanStore(store.database),
    history,
    ends,
    ipv6Prefix = () => 128,
    now = Date.now,
    onFault = () => undefined,
  }: BanBookOptions) {
    this.#kernel = kernel
    this.#store = store
    this.#history = history
    this.#bans = bans
    if (ends !== undefined) bans.tell(ends)
    this.#changes = new BanChanges(kernel, this.#bans)
    this.#restoration = new BanRestoration(this.#bans, store, history)
    this.#ipv6Prefix = ipv6Prefix
    this.#now = now
    this.#onFault = onFault
  }

  /** What the kernel says, for who reads it. */
  get kernel(): Pick<KernelBans, 'batches' | 'carve' | 'isAllowed' | 'longWork'> {
    return this.#kernel
  }

  /** Whether the kernel was given what the store says. */
  get isRestored(): boolean {
    return this.#ready
  }

  /** What the store says, for who reads it. */
  get bans(): BanStore {
    return this.#bans
  }

  /** What a request means where it does not say, for who reads one beforehand. */
  get defaults(): RequestDefaults {
    return { ipv6Prefix: this.#ipv6Prefix(), now: this.#now() }
  }

  /**
   * Makes the kernel hold exactly the bans of the store, with the time that is left of each. Where that fails, it
   * is tried again before the next ban.
   * @returns how many there are
   */
  async open(): Promise<number> {
    const now = this.#now()
    this.#bans.sweep(now, -1)
    const { families } = this.#kernel
    const slots = families.map((family): BanSlot => ({ kind: 'everything', family }))
    const contents = Array.from(this.#bans.live(now)).filter((ban) => this.#isNeeded(ban, now))
    const more = [...this.#kernel.slots(), ...Array.from(this.#bans.scopes(), slotOf)]
    await this.#kernel.restore(distinct([...slots, ...more]), contents)
    this.#ready = true
    return this.count()
  }

  /**
   * Bans an address, network or range, or renews its ban; resolves when the kernel and the store have it.
   * @throws AddressError `bad-address`; ChainmailError `bad-address`, `bad-duration`, `bad-scope`, `bad-reason`,
   *   `address-allowed`, and what the library refuses; DaemonError `store-failed`
   */
  async ban(address: string, wish: BanWish): Promise<MadeBan> {
    const { outcomes, revision } = await this.#enqueueBans(
      [readBan(address, wish, this.defaults)],
      wish,
      wish,
    )
    const [outcome] = outcomes
    if (outcome instanceof Refused) throw outcome.reason
    if (outcome === undefined) throw new TypeError('a ban has no outcome')
    return revision === undefined ? outcome : { ...outcome, revision }
  }

  /** Bans many; each has its own outcome, in their order. @throws DaemonError `store-failed` */
  async banMany(bans: readonly ManyBan[], asker: Asker): Promise<BanOutcome[]> {
    const defaults = { ipv6Prefix: this.#ipv6Prefix(), now: this.#now() }
    const read = ({ address, ...options }: ManyBan) => orRefused(() => readBan(address, options, defaults))
    const parts = turnsOf(bans, 'ban').map((part) => this.#enqueueBans(part.map(read), asker))
    return (await Promise.all(parts)).flatMap(({ outcomes }) => outcomes)
  }

  /**
   * Takes bans of an address, network or range back, of one scope or of all.
   * @returns the number of the change in the history
   * @throws AddressError `bad-address`; ChainmailError `bad-address`, `bad-scope`, `not-banned`; DaemonError `store-failed`
   */
  async unban(
    address: string,
    options: UnbanOptions = {},
    asker: Asker = nobody,
    terms: BanTerms = {},
  ): Promise<number | undefined> {
    const wish = readUnban(address, options, { ipv6Prefix: this.#ipv6Prefix() })
    const { outcomes, revision } = await this.#enqueueUnbans([wish], asker, terms)
    if (outcomes[0] !== undefined) throw outcomes[0].reason
    return revision
  }

  /** Takes many back; tells of those that were not. @throws DaemonError `store-failed` */
  async unbanMany(bans: readonly ManyUnban[], asker: Asker = nobody): Promise<(Refused | undefined)[]> {
    const defaults = { ipv6Prefix: this.#ipv6Prefix() }
    const read = ({ address, ...options }: ManyUnban) =>
      orRefused(() => readUnban(address, options, defaults))
    const parts = turnsOf(bans, 'unban').map((part) => this.#enqueueUnbans(part.map(read), asker))
    return (await Promise.all(parts)).flatMap(({ outcomes }) => outcomes)
  }

  /** What bans would come to, each beside those before it; nothing is changed. See ban-rehearsal.ts. */
  rehearseBans(
    bans: readonly ManyBan[],
    asker: Asker,
    { check }: BanTerms = {},
  ): Promise<Rehearsal<BanOutcome>> {
    const defaults = { ipv6Prefix: this.#ipv6Prefix(), now: this.#now() }
    const { who, asker: address } = asker
    return this.#rehearse(turnsOf(bans, 'ban'), (part, told) => ({
      ...told,
      do: 'ban',
      who,
      check,
      asker: address,
      origin: originOf(asker),
      wishes: part.map(({ address, ...options }) => orRefused(() => readBan(address, options, defaults))),
    }))
  }

  /** What taking bans back would come to; nothing is changed. */
  rehearseUnbans(
    bans: readonly ManyUnban[],
    asker: Asker,
    { check }: BanTerms = {},
  ): Promise<Rehearsal<Refused | undefined>> {
    const defaults = { ipv6Prefix: this.#ipv6Prefix() }
    return this.#rehearse(turnsOf(bans, 'unban'), (part, told) => ({
      ...told,
      do: 'unban',
      check,
      origin: originOf(asker),
      wishes: part.map(({ address, ...options }) => orRefused(() => readUnban(address, options, defaults))),
    }))
  }

  async #rehearse<Item, Outcome>(
    parts: readonly (readonly Item[])[],
    requestOf: (part: readonly Item[], told: RehearsalEars<Outcome>) => BanRequest | UnbanRequest,
  ): Promise<Rehearsal<Outcome>> {
    const rehearsal = new BanRehearsal(this.#kernel, this.#bans, this.#store)
    const outcomes: Outcome[] = []
    const changes: Change<BookedBan>[] = []
    const ears: RehearsalEars<Outcome> = {
      recorded: () => undefined,
      resolve: (some) => void outcomes.push(...some),
      reject: () => undefined,
    }
    for (const part of parts)
      await this.#queue.alone(async () => {
        changes.push(...(rehearsal.run(requestOf(part, ears), this.#now()).bans ?? []))
      })
    return { outcomes, operations: changes.length === 0 ? {} : { bans: changes } }
  }

  /**
   * Makes bans what they were before some changes; bans that would have run out since are gone.
   *
   * @param changes from what each is to what it was
   * @returns the number of the revision; none where nothing was to be done
   * @throws DaemonError `store-failed`, and what the library refuses, with everything as it was
   */
  async restore(
    changes: readonly Change<BookedBan>[],
    origin: Origin,
    terms: RestoreTerms = {},
  ): Promise<readonly number[]> {
    let revisions: readonly number[] = []
    await this.#queue.alone(async () => {
      const restored = this.#restoration.run(changes, origin, terms, this.#now())
      if (restored === undefined) return
      try {
        await this.open()
      } catch (error) {
        this.#ready = false
        restored.takeBack()
        throw error
      }
      restored.done()
      revisions = restored.numbers
    })
    return revisions
  }

  /** The bans inside of some networks; does not hold the event loop. For work that is done {@link alone}. */
  async inside(blocks: readonly NetworkBlock[]): Promise<BookedBan[]> {
    const pace = new Pace()
    const found: BookedBan[] = []
    let seen = 0
    for (const ban of this.#bans.live(this.#now())) {
      if (ban.exempt) continue
      const block = networkBlock(ban.address)
      if (blocks.some((outer) => contains(outer, block))) found.push(ban)
      if (++seen % PACED === 0) await pace.step()
    }
    return found
  }

  /** Puts the exemptions back that networks hid which are allowed no longer. */
  exemptAgain(blocks: readonly NetworkBlock[]): void {
    const now = this.#now()
    const hidden = blocks.flatMap((block) => this.#bans.exemptInside(block))
    const needed = hidden.filter((ban) => this.#bans.get(ban, now) === ban && this.#isNeeded(ban, now))
    this.#kernel.addNow(needed, [], (_, error) => this.#onFault(error, 'an exemption could not be put back'))
  }

  /** How many bans the store holds. */
  count(): number {
    return this.#bans.count(this.#now())
  }

  #enqueueBans(
    wishes: BanRequest['wishes'],
    asker: Asker,
    { check }: BanTerms = {},
  ): Promise<Outcomes<BanOutcome>> {
    return new Promise((resolve, reject) => {
      let revision: number | undefined
      this.#queue.add({
        do: 'ban',
        wishes,
        check,
        who: asker.who,
        origin: originOf(asker),
        asker: asker.asker,
        recorded: (number) => {
          revision = number
        },
        resolve: (outcomes) => resolve({ outcomes, revision }),
        reject,
      })
    })
  }

  #enqueueUnbans(
    wishes: UnbanRequest['wishes'],
    asker: Asker,
    { check }: BanTerms = {},
  ): Promise<Outcomes<Refused | undefined>> {
    return new Promise((resolve, reject) => {
      let revision: number | undefined
      this.#queue.add({
        do: 'unban',
        wishes,
        check,
        origin: originOf(asker),
        recorded: (number) => {
          revision = number
        },
        resolve: (outcomes) => resolve({ outcomes, revision }),
        reject,
      })
    })
  }

  /** Does work when everything that was asked for before is done, and nothing of the book beside it. */
  alone(work: () => Promise<void>): Promise<void> {
    return this.#queue.alone(work)
  }

  /** Somebody else may have flushed the rules or destroyed the sets: asking costs less than one ban. */
  async #makeReady(group: readonly (BanRequest | UnbanRequest)[]): Promise<void> {
    const { longWork } = this.#kernel
    if (longWork !== undefined) await longWork
    if (!this.#ready) await this.open()
    const now = this.#now()
    const missing = this.#missingSlots(group, now)
    if (missing.length === 0) return
    await this.#kernel.restore(
      missing,
      Array.from(this.#bans.live(now)).filter((ban) => this.#isNeeded(ban, now)),
    )
  }

  /** The sets that some requests need and that are not in place; none for bans that are refused anyway. */
  #missingSlots(group: readonly (BanRequest | UnbanRequest)[], now: number): readonly BanSlot[] {
    const missing: BanSlot[] = []
    const settled = new Set<string>()
    for (const request of group)
      for (const wish of request.wishes) {
        if (wish instanceof Refused) continue
        const slot = slotOfWish(wish)
        const key = keyOfSlot(slot)
        if (settled.has(key)) continue
        if (this.#kernel.inPlace([slot])) settled.add(key)
        else if (this.#changes.isTaken(wish, request, now)) {
          settled.add(key)
          missing.push(slot)
        }
      }
    return missing
  }

  /** An exemption around which nothing is banned any more would free its network of a ban that comes later. */
  #isNeeded(ban: BookedBan, now: number): boolean {
    return !ban.exempt || this.#bans.isHeld(networkBlock(ban.address), ban.scope, now)
  }

  async #perform(group: readonly (BanRequest | UnbanRequest)[]): Promise<void> {
    await this.#makeReady(group)
    const now = this.#now()
    const turn = new BanTurn()
    const fail = (error: unknown, written: boolean): void => {
      this.#takeBack(turn, written)
      for (const { reject } of group) reject(storeFailed(error))
    }
    try {
      this.#store.groups.stage(
        () => {
          const recorder = new BanRecorder()
          for (const requests of inRuns(group)) {
            const origin = Array.isArray(requests) ? requests[0]?.origin : requests.origin
            this.#bans.watch(recorder.watcher(origin ?? originOf(nobody)), () => {
              if (Array.isArray(requests)) this.#changes.ban(requests, turn, now)
              else this.#changes.unban(requests, turn, now)
            })
          }
          this.#record(recorder, group, turn)
          this.#sweep(group, now)
        },
        { done: () => turn.done(), fail },
      )
    } catch (error) {
      fail(error, false)
      return
    }
    this.#store.groups.commit()
  }

  #record(recorder: BanRecorder, group: readonly (BanRequest | UnbanRequest)[], turn: BanTurn): void {
    if (this.#history === undefined) return
    for (const { undo, done } of recorder.record(this.#history)) {
      turn.stored(undo)
      turn.answer(done)
    }
    for (const request of group) request.recorded(recorder.revisionOf(request.origin))
  }

  /** Forgets bans that have run out, now and then, and more than were added since. */
  #sweep(group: readonly (BanRequest | UnbanRequest)[], now: number): void {
    for (const request of group) if (request.do === 'ban') this.#addedSinceSweep += request.wishes.length
    if (this.#addedSinceSweep < SWEPT_EVERY) return
    this.#bans.sweep(now, this.#addedSinceSweep * 2)
    this.#addedSinceSweep = 0
  }

  /** Brings the store, the book and the kernel's entries back to what they were. */
  #takeBack(turn: BanTurn, written: boolean): void {
    try {
      turn.takeBack(written, this.#bans, this.#kernel, this.#now())
    } catch (error) {
      this.#ready = false
      this.#onFault(error, 'the bans of a group that the store refused could not all be taken back')
    }
  }
}

/** The set that has to be in place for a wish. */
function slotOfWish({ scope, blocks }: BanTarget | UnbanTarget): BanSlot {
  return { kind: scope?.kind ?? 'everything', family: blocks[0]?.family ?? 'ipv4' }
}

/** Who is told how a rehearsal went. */
type RehearsalEars<Outcome> = Pick<BanRequest, 'recorded' | 'reject'> & {
  resolve(outcomes: Outcome[]): void
}

/** What became of many, and the number of the change in the history. */
interface Outcomes<Outcome> {
  readonly outcomes: Outcome[]
  readonly revision: number | undefined
}

function distinct(slots: readonly BanSlot[]): BanSlot[] {
  return [...new Map(slots.map((slot) => [keyOfSlot(slot), slot])).values()]
}

function keyOfSlot({ kind, family }: BanSlot): string {
  return `${kind} ${family}`
}
