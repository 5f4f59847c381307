import type {
  ContentDifference,
  CreateOptions,
  EntryOptions,
  EntryRequest,
  SetDescription,
  SetEntry,
} from '@chainmail/kernel'
import { type Duration, parseDuration } from '../../duration.ts'
import { FirewallEvents, type SetVerb } from '../events.ts'
import type { HashGrowth } from './set-ahead.ts'
import { type BulkChange, type BulkChangeOptions, changeMany } from './set-bulk.ts'
import { collectEntries } from './set-content.ts'
import { growSet, isFull, type SetDoors } from './set-growth.ts'
import { copyOf, refuseReferenced, refuseTaken, refuseUnlike } from './set-rehearsal.ts'
import { type ReplaceOptions, replaceSet } from './set-replace.ts'
import type { EntrySource } from './set-source.ts'
import type { SetChange } from './set-turns.ts'

/** How a set is created; ipset(8) says what each option means. `timeout` is the entries' default. */
export interface SetOptions extends Omit<CreateOptions, 'timeout'> {
  /** Such as `hash:ip` or `hash:net`. */
  readonly type: string
  readonly timeout?: Duration
}

/** What an entry carries beside its element. `timeout` 0 is never. */
export interface SetEntryOptions extends Omit<EntryOptions, 'timeout'> {
  readonly timeout?: Duration
}

/** How a handle treats its set. */
export interface SetHandleOptions {
  /** Whether a set that is full is made larger; it is unless this is false. */
  readonly grow?: boolean
  /**
   * Called before each change of many entries or of the whole set, when all that this process did to the set before is
   * done; what it throws ends the change, with nothing done.
   */
  readonly check?: (() => Promise<void>) | undefined
}

/** A set that is like another one, and goes when it is disposed of. */
export interface SetRehearsal extends AsyncDisposable {
  readonly set: SetHandle
}

/** How something is done to a set as a whole. */
export interface WholeOptions {
  /** Only finds out what it would be refused for. */
  readonly dryRun?: boolean
}

/** What a handle changes its set through, and whom it tells. */
export type HandleDoors = SetDoors & { readonly events: FirewallEvents; readonly hashes: HashGrowth }

/**
 * One ipset. Every change resolves when the kernel has it.
 *
 * A replace, a bulk, growth and transactions have the set to themselves, one after another; single entries go in at
 * once, and whatever is prepared meanwhile gets them too. Other programs do not wait: what they add while new content is
 * prepared is lost with the old one.
 */
export class SetHandle {
  readonly #doors: HandleDoors
  readonly #grow: boolean
  readonly #check: (() => Promise<void>) | undefined
  #name: string

  constructor(name: string, doors: HandleDoors, { grow = true, check }: SetHandleOptions = {}) {
    this.#name = name
    this.#doors = doors
    this.#grow = grow
    this.#check = check
  }

  /** The set's name; after {@link rename} the new one. */
  get name(): string {
    return this.#name
  }

  /**
   * Adds an entry; one that is there gets timeout, counters and comment anew. A set that is full is made larger. The
   * kernel makes a network or range in a set of addresses into entries, a million in half a second, which {@link addMany}
   * does without holding the event loop.
   *
   * @throws KernelError `set-not-found`, `set-full`, `set-family-mismatch`; InputError `bad-element`,
   *   `bad-entry-option`; ChainmailError `set-full` when it cannot be larger
   */
  async add(element: string, options?: SetEntryOptions): Promise<void> {
    const entry = options === undefined ? element : entryOf(element, options)
    const { ipset, turns } = this.#doors
    const apply: SetChange = (set) => ipset.add(set, entry, { exists: 'ignore' })
    if (ipset.longWork !== undefined) await ipset.longWork
    try {
      turns.change(this.#name, apply)
    } catch (error) {
      if (!this.#grow || !isFull(error)) throw error
      await turns.takeContent([this.#name], () => this.#addGrowing(apply))
    }
    if (this.#grow) this.#doors.hashes.added(this.#name)
    this.#changed('add')
  }

  /** Adds an entry to a set that was full a moment ago: somebody may have made it larger meanwhile, or filled it again. */
  async #addGrowing(apply: SetChange): Promise<void> {
    for (;;) {
      try {
        this.#doors.turns.change(this.#name, apply)
        return
      } catch (error) {
        if (!isFull(error)) throw error
      }
      await growSet(this.#doors, this.#name)
    }
  }

  /**
   * Adds many entries, from an array or as they come, without holding the event loop. Room for them is made beforehand
   * when their number is known, and as it is needed otherwise. What the kernel refuses is told; the rest is in.
   *
   * @throws BrokenBulkError when the entries break off, or the set goes; what was taken before stays
   */
  addMany(entries: EntrySource, options: BulkChangeOptions = {}): Promise<BulkChange> {
    return this.#changeMany('add', entries, options)
  }

  /** @throws KernelError `entry-not-found`, `set-not-found` */
  async delete(element: string): Promise<void> {
    const { ipset, turns } = this.#doors
    if (ipset.longWork !== undefined) await ipset.longWork
    turns.change(
      this.#name,
      (set) => ipset.del(set, element),
      (set) => ipset.del(set, element, { exists: 'ignore' }),
    )
    this.#changed('delete')
  }

  /**
   * Deletes many entries; see {@link addMany}. An entry that is not there counts as refused unless told otherwise.
   *
   * @throws BrokenBulkError when the entries break off, or the set goes; what was taken out before stays out
   */
  deleteMany(entries: EntrySource, options: BulkChangeOptions = {}): Promise<BulkChange> {
    return this.#changeMany('del', entries, options)
  }

  /** Whether a packet with this address would match. */
  async has(element: string): Promise<boolean> {
    const { ipset } = this.#doors
    if (ipset.longWork !== undefined) await ipset.longWork
    return ipset.test(this.#name, element)
  }

  /** All entries, read without holding the event loop. @throws KernelError `set-not-found` */
  entries(): Promise<SetEntry[]> {
    return collectEntries(this.#doors.ipset, this.#name)
  }

  /**
   * The entries, hundreds at a time, as the kernel hands them out; the set can be neither swapped nor destroyed until
   * the loop has ended. @throws KernelError `set-not-found`
   */
  entryBatches(): AsyncGenerator<readonly SetEntry[], void> {
    return this.#doors.ipset.entryBatches(this.#name)
  }

  /**
   * Makes the set hold exactly these entries: filled aside and swapped in, so that no packet sees a half state.
   * Duplicates and overlaps are no error. When it rejects, the set is as it was.
   *
   * @returns how many entries are new, stayed and went, as the kernel holds them; options do not count
   * @throws what the source throws; KernelError or InputError about an entry, with its index in `line`;
   *   ChainmailError `set-not-found`, `set-type-mismatch` when somebody else has destroyed or changed the set meanwhile
   */
  async replace(entries: EntrySource, options: ReplaceOptions = {}): Promise<ContentDifference> {
    const replaced = await this.#inTurn(() =>
      replaceSet(this.#doors, this.#name, entries, { ...options, grow: this.#grow }),
    )
    this.#changed('replace')
    return replaced
  }

  /** Takes out every entry. */
  flush(): Promise<void> {
    return this.#whole('flush', [], false, () => this.#doors.ipset.flushInThread(this.#name))
  }

  /** @throws KernelError or ChainmailError `set-in-use` while a rule or a list refers to it */
  destroy({ dryRun = false }: WholeOptions = {}): Promise<void> {
    const { ipset } = this.#doors
    return this.#whole('destroy', [], dryRun, () =>
      dryRun ? refuseReferenced(ipset, this.#name) : ipset.destroy(this.#name),
    )
  }

  /**
   * Exchanges the contents of two sets of the same type and family in one step: what refers to one name sees the
   * other's entries from then on.
   *
   * @throws KernelError or ChainmailError `set-type-mismatch`, `set-not-found`, `set-in-use` while one of them is being
   *   listed
   */
  swap(other: SetHandle, { dryRun = false }: WholeOptions = {}): Promise<void> {
    const { ipset } = this.#doors
    return this.#whole('swap', [other.name], dryRun, () =>
      dryRun ? refuseUnlike(ipset, this.#name, other.name) : ipset.swap(this.#name, other.name),
    )
  }

  /**
   * Gives the set another name; the handle goes with it.
   *
   * @throws KernelError or ChainmailError `set-exists`, `set-in-use` while a rule or a list refers to it; InputError
   *   `bad-set-name`
   */
  rename(name: string, { dryRun = false }: WholeOptions = {}): Promise<void> {
    const { ipset } = this.#doors
    return this.#whole('rename', [name], dryRun, () => {
      if (dryRun) {
        refuseReferenced(ipset, this.#name)
        refuseTaken(ipset, name)
        return
      }
      ipset.rename(this.#name, name)
      this.#name = name
    })
  }

  /**
   * A copy of the set, to find out what changes of it would come to and be refused for. A set of a million entries takes
   * a second to be copied.
   *
   * @throws what the check throws; KernelError `set-not-found`
   */
  async rehearsal(): Promise<SetRehearsal> {
    await this.#check?.()
    const copy = await copyOf(this.#doors.ipset, this.#name)
    const quiet = { ...this.#doors, events: new FirewallEvents() }
    const set = new SetHandle(copy.name, quiet, { grow: this.#grow })
    return { set, [Symbol.asyncDispose]: () => copy[Symbol.asyncDispose]() }
  }

  /** Type, options, size and references, without the entries. @throws KernelError `set-not-found` */
  description(): Promise<SetDescription> {
    return this.#doors.ipset.describe(this.#name)
  }

  #changeMany(command: 'add' | 'del', entries: EntrySource, options: BulkChangeOptions): Promise<BulkChange> {
    const many = this.#inTurn(() =>
      changeMany(this.#doors, command, this.#name, entries, { ...options, grow: this.#grow }),
    )
    // Those that were taken before it broke off stay.
    return many.finally(() => this.#changed(command === 'add' ? 'add' : 'delete'))
  }

  async #whole(
    verb: SetVerb,
    others: readonly string[],
    dryRun: boolean,
    work: () => void | Promise<void>,
  ): Promise<void> {
    const set = this.#name
    await this.#doors.turns.takeWhole([set, ...others], async () => {
      await this.#check?.()
      await work()
    })
    if (!dryRun) this.#doors.events.changed(() => ({ what: 'set', set, do: verb }))
  }

  #changed(verb: SetVerb): void {
    this.#doors.events.changed(() => ({ what: 'set', set: this.#name, do: verb }))
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#doors.turns.take([this.#name], async () => {
      await this.#check?.()
      return work()
    })
  }
}

export function entryOf(element: string, { timeout, ...options }: SetEntryOptions): EntryRequest {
  return timeout === undefined
    ? { ...options, element }
    : { ...options, element, timeout: secondsOf(timeout) }
}

export function createOptionsOf({ type: _, timeout, ...options }: SetOptions): CreateOptions {
  return timeout === undefined ? options : { ...options, timeout: secondsOf(timeout) }
}

function secondsOf(timeout: Duration): number {
  return timeout === 0 ? 0 : parseDuration(timeout)
}
