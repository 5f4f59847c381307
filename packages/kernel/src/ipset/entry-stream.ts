/**
 * Entries on their way into one set, or out of it, as they come.
 *
 * 1. The event loop is never held: the kernel works in another thread, on one message, while the next is put together.
 *    A hash that has become too small is made anew inside a message, which takes the kernel long when it is large.
 * 2. An entry does not wait for others: what has come goes out as soon as the message before it has its answer and the
 *    event loop turns, whether the next message is full or not.
 * 3. Every entry has an outcome, as in `bulk.ts`; a set that is full can be made larger in the middle of a message,
 *    which then goes on where it was refused.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { InputError } from '../errors.ts'
import type { Payload } from '../netlink/attributes.ts'
import { align, hostLittleEndian, NLA_HDRLEN } from '../netlink/message.ts'
import { NetlinkSocket } from '../netlink/socket.ts'
import type { BulkError, BulkOptions } from './bulk.ts'
import { BulkMessage, type BulkTarget } from './bulk-message.ts'
import type { ContentComparison } from './content-comparison.ts'
import type { EntryInput } from './entry.ts'
import { malformedEntry } from './entry-reader.ts'

/** So many entries that cannot be written take a few milliseconds. */
const mostUnwritten = 256

export interface StreamOptions extends BulkOptions {
  /**
   * Called when the set is full; true sends the entry again. Unless it is there or when it says false, the entry is
   * refused with `set-full`.
   */
  onFull?: () => Promise<boolean>
  /** Is told of every entry that is appended, as part of the new content. */
  comparison?: ContentComparison
}

export class EntryStream implements AsyncDisposable {
  readonly #socket = new NetlinkSocket()
  readonly #options: StreamOptions
  /** The message that is put together, and the one before it. */
  #filling: BulkMessage
  #other: BulkMessage
  /** Settles when the message before has its answer; it does not reject. */
  #sending: Promise<void> | undefined
  #soon: NodeJS.Immediate | undefined
  #appended = 0
  #accepted = 0
  /** How many entries could not be written since the event loop has turned. */
  #unwritten = 0
  #failure: { readonly reason: unknown } | undefined

  constructor(target: BulkTarget, options: StreamOptions) {
    this.#options = options
    this.#filling = new BulkMessage(target, options.exists)
    this.#filling.begin()
    this.#other = new BulkMessage(target, options.exists)
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
   * Appends an entry. When it returns true, `room` has to come before the next.
   * @throws InputError with the index of the entry in `line`, unless `onError` takes it; those before it are not lost
   */
  append(entry: EntryInput): boolean {
    const index = this.#appended++
    const message = this.#filling
    const start = message.writer.position
    try {
      message.append(entry, index)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      this.#report(error.atLine(index), entry)
      return ++this.#unwritten >= mostUnwritten || message.isFull
    }
    this.#options.comparison?.written(message.writer, start)
    if (this.#sending === undefined) this.#soon ??= setImmediate(this.#sendSoon)
    return message.isFull
  }

  /** Appends entries as the kernel has listed them, and sends them as messages become full. */
  async copy({ bytes, view, start, end }: Payload): Promise<void> {
    for (let at = start; at < end; ) {
      const length = view.getUint16(at, hostLittleEndian)
      if (length < NLA_HDRLEN || length > end - at) throw malformedEntry()
      this.#filling.copy(bytes, at + NLA_HDRLEN, at + length, this.#appended++)
      if (this.#filling.isFull) await this.room()
      at += align(length)
    }
  }

  /**
   * Waits until there is room for another entry.
   * @throws KernelError with the index of an entry before in `line`, unless `onError` takes it; then always the same
   */
  async room(): Promise<void> {
    this.#check()
    while (this.#filling.isFull) await this.#step()
    if (this.#unwritten < mostUnwritten) return
    this.#unwritten = 0
    await turn()
  }

  /**
   * Waits until everything that was appended has its answer.
   * @throws KernelError with the index of the entry in `line`, unless `onError` takes it; then always the same
   */
  async flush(): Promise<void> {
    this.#check()
    while (this.#filling.count > 0 || this.#sending !== undefined) await this.#step()
  }

  /** Waits for the message that is on its way, and forgets what was not sent. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearImmediate(this.#soon)
    this.#failure ??= { reason: new Error('The stream of entries is closed.') }
    await this.#sending
    this.#socket.close()
  }

  readonly #sendSoon = (): void => {
    this.#soon = undefined
    if (this.#sending === undefined && this.#failure === undefined && this.#filling.count > 0) this.#start()
  }

  async #step(): Promise<void> {
    if (this.#sending === undefined) this.#start()
    else await this.#sending
    this.#check()
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.reason
  }

  /** Sends what was put together, and then what has come meanwhile. */
  #start(): void {
    const message = this.#filling
    this.#filling = this.#other
    this.#other = message
    this.#filling.begin()
    this.#sending = this.#send(message).then(
      () => {
        this.#sending = undefined
        if (this.#failure === undefined && this.#filling.count > 0) this.#start()
      },
      (reason: unknown) => {
        this.#sending = undefined
        this.#failure ??= { reason }
      },
    )
  }

  async #send(message: BulkMessage): Promise<void> {
    let wereRefused = false
    for (let next = 0; next < message.count; ) {
      const refusal = await this.#socket.acknowledgeInThread(message.seal(next))
      const end = refusal === undefined ? message.count : message.refused(refusal, next)
      this.#accepted += end - next
      next = end
      if (refusal === undefined) continue
      const error = message.explain(refusal, end)
      if (error.code === 'set-full' && (await this.#options.onFull?.()) === true) continue
      this.#report(error, message.entry(end))
      wereRefused = true
      next++
    }
    message.resize(wereRefused)
  }

  #report(error: BulkError, entry: EntryInput | undefined): void {
    if (this.#options.onError === undefined) throw error
    this.#options.comparison?.refused()
    this.#options.onError(error, entry)
  }
}
