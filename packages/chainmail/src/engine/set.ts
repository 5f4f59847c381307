import type {
  CreateOptions,
  EntryInput,
  EntryOptions,
  EntryRequest,
  Ipset,
  SetDescription,
  SetEntry,
} from '@chainmail/kernel'
import { type Duration, parseDuration } from '../duration.ts'
import { describeSet, replaceContent } from './set-content.ts'

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

/** One ipset. Every change resolves when the kernel has it. */
export class SetHandle {
  readonly name: string
  readonly #ipset: Ipset

  constructor(name: string, ipset: Ipset) {
    this.name = name
    this.#ipset = ipset
  }

  /**
   * Adds an entry; one that is there gets timeout, counters and comment anew.
   *
   * @throws KernelError `set-not-found`, `set-full`, `set-family-mismatch`; InputError `bad-element`, `bad-entry-option`
   */
  async add(element: string, options?: SetEntryOptions): Promise<void> {
    this.#ipset.add(this.name, options === undefined ? element : entryOf(element, options), {
      exists: 'ignore',
    })
  }

  /** @throws KernelError `entry-not-found`, `set-not-found` */
  async delete(element: string): Promise<void> {
    this.#ipset.del(this.name, element)
  }

  /** Whether a packet with this address would match. */
  async has(element: string): Promise<boolean> {
    return this.#ipset.test(this.name, element)
  }

  /** The entries as the kernel hands them out; the set cannot be destroyed until the loop has ended. */
  entries(): Generator<SetEntry, void> {
    return this.#ipset.entries(this.name)
  }

  /** Makes the set hold exactly these entries: filled aside and swapped in, so that no packet sees a half state. */
  async replace(entries: Iterable<EntryInput>): Promise<void> {
    replaceContent(this.#ipset, this.name, entries)
  }

  async flush(): Promise<void> {
    this.#ipset.flush(this.name)
  }

  /** @throws KernelError `set-in-use` while a rule or a list refers to it */
  async destroy(): Promise<void> {
    this.#ipset.destroy(this.name)
  }

  /** Type, options, size and references, without the entries. @throws KernelError `set-not-found` */
  async description(): Promise<SetDescription> {
    return describeSet(this.#ipset, this.name)
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
