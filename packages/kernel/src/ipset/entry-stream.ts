/**
 * Entries on their way into one set, or out of it, as they come.
 *
 * 1. The event loop is never held for long: it turns between two messages when the job has lasted. A hash
 *    that is not sized for what comes is made anew each time that it has become too small, which takes the kernel
 *    long; so it works in another thread from then on, which costs more.
 * 2. Every entry has an outcome, as in `bulk.ts`; a set that is full can be made larger in the middle of a message,
 *    which then goes on where it was refused.
 */
import { InputError } from '../errors.ts'
import type { Payload } from '../netlink/attributes.ts'
import { align, hostLittleEndian, NLA_HDRLEN } from '../netlink/message.ts'
import { NetlinkSocket } from '../netlink/socket.ts'
import { Pace } from '../pace.ts'
import type { BulkError, BulkOptions } from './bulk.ts'
import { BulkMessage, type BulkTarget } from './bulk-message.ts'
import type { ContentComparison } from './content-comparison.ts'
import type { EntryInput } from './entry.ts'
import { malformedEntry } from './entry-reader.ts'

export interface StreamOptions extends BulkOptions {
  /**
   * Called when the set is full; true sends the entry again. Unless it is there or when it says false, the entry is
   * refused with `set-full`.
   */
  onFull?: () => Promise<boolean>
  /** Is told of every entry that is appended, as part of the new content. */
  comparison?: ContentComparison
  /** How many entries the set has room for before its hash grows; from then on the kernel works in another thread. */
  sizedFor?: number
}

export class EntryStream implements Disposable {
  readonly #socket = new NetlinkSocket()
  readonly #pace = new Pace()
  readonly #message: BulkMessage
  readonly #options: StreamOptions
  #appended = 0
  #accepted = 0
  #failure: unknown

  constructor(target: BulkTarget, options: StreamOptions) {
    this.#options = options
    this.#message = new BulkMessage(target, options.exists)
    this.#message.begin()
  }

  /** How many entries the kernel has accepted so far. */
  get accepted(): number {
    return this.#accepted
  }

  /** How many entries were appended so far, those that were refused included. */
  get appended(): number {
    return this.#appended
  }

  /**
   * Appends an entry. When it returns true the message is full: `flush` has to come before the next.
   * @throws InputError with the index of the entry in `line`, unless `onError` takes it; those before it are not lost
   */
  append(entry: EntryInput): boolean {
    const index = this.#appended++
    const message = this.#message
    const start = message.writer.position
    try {
      message.append(entry, index)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      this.#report(error.atLine(index), entry)
      return message.isFull
    }
    this.#options.comparison?.written(message.writer, start)
    return message.isFull
  }

  /** Appends entries as the kernel has listed them, and sends them as messages become full. */
  async copy({ bytes, view, start, end }: Payload): Promise<void> {
    for (let at = start; at < end; ) {
      const length = view.getUint16(at, hostLittleEndian)
      if (length < NLA_HDRLEN || length > end - at) throw malformedEntry()
      this.#message.copy(bytes, at + NLA_HDRLEN, at + length, this.#appended++)
      if (this.#message.isFull) await this.flush()
      at += align(length)
    }
  }

  /**
   * Sends what was appended, and lets the event loop turn if it was held for long.
   * @throws KernelError with the index of the entry in `line`, unless `onError` takes it; then always the same
   */
  async flush(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    try {
      await this.#send()
    } catch (error) {
      this.#failure = error
      throw error
    }
    this.#message.begin()
    await this.#pace.step()
  }

  [Symbol.dispose](): void {
    this.#socket.close()
  }

  async #send(): Promise<void> {
    const message = this.#message
    for (let next = 0; next < message.count; ) {
      const sealed = message.seal(next)
      const refusal =
        this.#accepted >= (this.#options.sizedFor ?? Number.POSITIVE_INFINITY)
          ? await this.#socket.acknowledgeInThread(sealed)
          : this.#socket.acknowledge(sealed)
      const end = refusal === undefined ? message.count : message.refused(refusal, next)
      this.#accepted += end - next
      next = end
      if (refusal === undefined) continue
      const error = message.explain(refusal, end)
      if (error.code === 'set-full' && (await this.#options.onFull?.()) === true) continue
      this.#report(error, message.entry(end))
      next++
    }
  }

  #report(error: BulkError, entry: EntryInput | undefined): void {
    if (this.#options.onError === undefined) throw error
    this.#options.comparison?.refused()
    this.#options.onError(error, entry)
  }
}
