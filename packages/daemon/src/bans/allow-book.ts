import {
  type AllowedNetwork,
  type Allowlist,
  type BookedBan,
  type NetworkBlock,
  packetBlocks,
} from 'chainmail'
import { storeFailed } from '../errors.ts'
import { BanRecorder } from '../history/ban-recorder.ts'
import type { History, Recorded } from '../history/history.ts'
import type { AllowedEntry, Change, Operations, Origin } from '../history/revision.ts'
import type { RestoreTerms } from '../history/rollback.ts'
import type { Store } from '../store.ts'
import { type AllowRecord, AllowStore } from './allow-store.ts'
import type { BanBook } from './ban-book.ts'
import type { Undo } from './ban-store.ts'
import { inTransaction } from './in-transaction.ts'

/** On which terms the allowlist is changed. */
export interface AllowTerms {
  /** Looks at the list when nothing else happens to it; what it throws ends the change, with nothing done. */
  readonly check?: ((list: readonly ListedAllowed[]) => void) | undefined
  /** Only tells what would change. */
  readonly dryRun?: boolean
}

/** What the book needs of the kernel. */
export type KernelAllowlist = Pick<
  Allowlist,
  'add' | 'remove' | 'list' | 'restore' | 'checkReason' | 'refuseMissing'
>

/** An allowed network, with what the store knows of it. */
export interface ListedAllowed extends AllowedNetwork {
  readonly who?: string
  /** Milliseconds since 1970. */
  readonly since?: number
}

/** A change of the allowlist: its number in the history, or, of a dry run, what it would be. */
export interface AllowedChange {
  readonly revision: number | undefined
  readonly operations: Operations
}

export interface AllowBookOptions {
  readonly kernel: KernelAllowlist
  readonly bans: BanBook
  readonly store: Store
  readonly history?: History | undefined
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

/**
 * The allowlist: the store remembers the entries, the kernel's sets hold them, where every process of the host heeds
 * them. What another process has put there stays there, and is not remembered over a restart of the machine.
 *
 * An answer comes after both have the change, or neither. An entry comes to the store first, and leaves it last: the next
 * start gives the kernel what a daemon that was killed in between did not, whereas an entry that the kernel alone has
 * could be anybody's. Nothing of the bans happens beside it, since bans in place give way to what is allowed.
 */
export class AllowBook {
  readonly #kernel: KernelAllowlist
  readonly #bans: BanBook
  readonly #store: Store
  readonly #history: History | undefined
  readonly #table: AllowStore
  readonly #now: () => number

  constructor({ kernel, bans, store, history, now = Date.now }: AllowBookOptions) {
    this.#kernel = kernel
    this.#bans = bans
    this.#store = store
    this.#history = history
    this.#table = new AllowStore(store.database)
    this.#now = now
  }

  /** Gives the kernel the entries of the store; before the bans are restored, which give way to them. */
  open(): void {
    this.#kernel.restore(this.#table.all())
  }

  /**
   * Allows an address, network or range; bans inside are taken back, wider ones leave it out.
   *
   * @throws AddressError or ChainmailError `bad-address`; InputError `bad-entry-option` for the reason; DaemonError
   *   `store-failed`
   */
  async allow(
    text: string,
    reason: string | undefined,
    origin: Origin,
    terms: AllowTerms = {},
  ): Promise<AllowedChange & { readonly entries: ListedAllowed[] }> {
    const blocks = packetBlocks(text)
    const since = this.#now()
    let revision: number | undefined
    let operations: Operations = {}
    await this.#bans.alone(async () => {
      terms.check?.(this.list())
      this.#kernel.checkReason(reason)
      const before = this.#entries()
      const inside = await this.#bans.inside(blocks)
      const changes = blocks.map(({ address }) => ({
        before: entryOf(before.get(address)),
        after: { address, reason },
      }))
      if (terms.dryRun === true) {
        operations = { allowlist: changes, ...goneOf(inside) }
        return
      }
      const undo: Undo[] = []
      const records = new Map(
        this.#table.all().map((record): [string, AllowRecord] => [record.address, record]),
      )
      const recorded = inTransaction(this.#history ?? this.#store, undo, () => {
        for (const { address, family } of blocks) {
          this.#table.put({ address, family, reason, who: origin.who, since })
          undo.push((written) => {
            if (written) this.#table.set(address, records.get(address))
          })
        }
        const gone = new BanRecorder()
        this.#bans.bans.watch(gone.watcher(origin), () => {
          for (const ban of inside) undo.push(this.#bans.bans.delete(ban))
        })
        return this.#record(changes, origin, gone)
      })
      try {
        await this.#kernel.add(text, optionsOf(reason))
      } catch (error) {
        this.#store.transaction(() => {
          recorded?.undo(true)
          for (const one of undo.toReversed()) one(true)
        })
        await this.#putBack(blocks, before)
        throw error
      }
      recorded?.done()
      revision = recorded?.number
    })
    const wanted = new Set(blocks.map(({ address }) => address))
    const entries = this.list().filter(({ address, origin: kind }) => kind === 'entry' && wanted.has(address))
    return { entries, revision, operations }
  }

  /**
   * Takes an entry away; wider bans that left it out hold it again.
   *
   * @returns the number of the change in the history, or what it would be
   * @throws AddressError or ChainmailError `bad-address`; ChainmailError `not-in-allowlist`; DaemonError `store-failed`
   */
  async disallow(text: string, origin: Origin, terms: AllowTerms = {}): Promise<AllowedChange> {
    const blocks = packetBlocks(text)
    let revision: number | undefined
    let operations: Operations = {}
    await this.#bans.alone(async () => {
      terms.check?.(this.list())
      const before = this.#entries()
      if (terms.dryRun === true) {
        const gone = blocks.flatMap(({ address }) => entryOf(before.get(address)) ?? [])
        if (gone.length === 0) this.#kernel.refuseMissing(text)
        operations = { allowlist: gone.map((entry) => ({ before: entry })) }
        return
      }
      await this.#kernel.remove(text)
      try {
        const recorded = (this.#history ?? this.#store).transaction(() => {
          for (const { address } of blocks) this.#table.delete(address)
          const gone = blocks.map(({ address }) => ({ before: entryOf(before.get(address)) }))
          return this.#record(gone, origin)
        })
        recorded?.done()
        revision = recorded?.number
      } catch (error) {
        for (const { address } of blocks) {
          const entry = before.get(address)
          if (entry !== undefined) await this.#kernel.add(address, optionsOf(entry.reason))
        }
        throw storeFailed(error)
      }
      this.#bans.exemptAgain(blocks)
    })
    return { revision, operations }
  }

  /**
   * Makes entries what they were before some changes.
   *
   * @param changes from what each is to what it was
   * @returns the numbers of the revisions; none where nothing was to be done
   * @throws what {@link allow} and {@link disallow} throw
   */
  async restore(
    changes: readonly Change<AllowedEntry>[],
    origin: Origin,
    { afterProbation = false }: RestoreTerms = {},
  ): Promise<readonly number[]> {
    const revisions: (number | undefined)[] = []
    const entries = this.#entries()
    const isUnchanged = ({ before, after }: Change<AllowedEntry>): boolean => {
      const held = entries.get((before ?? after)?.address ?? '')
      return before === undefined || held === undefined ? before === held : before.reason === held.reason
    }
    for (const { before, after } of afterProbation ? changes.filter(isUnchanged) : changes) {
      if (after !== undefined)
        revisions.push((await this.allow(after.address, after.reason, origin)).revision)
      else if (before !== undefined && entries.has(before.address))
        revisions.push((await this.disallow(before.address, origin)).revision)
    }
    return revisions.filter((revision) => revision !== undefined)
  }

  /** Makes the kernel's entries of some networks what they were, after it has refused one of them. */
  async #putBack(
    blocks: readonly NetworkBlock[],
    before: ReadonlyMap<string, AllowedNetwork>,
  ): Promise<void> {
    const now = this.#entries()
    const changed = blocks.filter(
      ({ address }) =>
        now.get(address)?.reason !== before.get(address)?.reason || now.has(address) !== before.has(address),
    )
    for (const { address } of changed) {
      const entry = before.get(address)
      if (entry === undefined) await this.#kernel.remove(address)
      else await this.#kernel.add(address, optionsOf(entry.reason))
    }
    if (changed.length > 0) await this.#bans.open()
  }

  #record(
    changes: readonly Change<AllowedEntry>[],
    origin: Origin,
    gone = new BanRecorder(),
  ): Recorded | undefined {
    return this.#history?.record({
      origin,
      what: 'allowlist',
      operations: { allowlist: changes, ...gone.operations() },
    })
  }

  /** Entries of the store that the kernel does not hold; it is asked once a second at most. */
  missing(): readonly AllowRecord[] {
    const records = this.#table.all()
    if (records.length === 0) return []
    const held = this.#entries()
    return records.filter(({ address }) => !held.has(address))
  }

  /** Everything that nothing may ban, what this host needs itself included. */
  list(): ListedAllowed[] {
    const known = new Map(this.#table.all().map((record): [string, AllowRecord] => [record.address, record]))
    return this.#kernel.list().map((entry) => {
      const record = entry.origin === 'entry' ? known.get(entry.address) : undefined
      return record === undefined ? entry : { ...entry, who: record.who, since: record.since }
    })
  }

  #entries(): Map<string, AllowedNetwork> {
    const entries = this.#kernel.list().filter(({ origin }) => origin === 'entry')
    return new Map(entries.map((entry) => [entry.address, entry]))
  }
}

/** Bans that give way to what is allowed. */
function goneOf(inside: readonly BookedBan[]): Pick<Operations, 'bans'> {
  return inside.length === 0 ? {} : { bans: inside.map((ban) => ({ before: ban })) }
}

function entryOf(entry: AllowedNetwork | undefined): AllowedEntry | undefined {
  return entry === undefined ? undefined : { address: entry.address, reason: entry.reason }
}

function optionsOf(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined ? {} : { reason }
}
