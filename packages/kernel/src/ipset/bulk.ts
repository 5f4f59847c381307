/**
 * Many entries in few messages.
 *
 * Goals, and how each is reached:
 * 1. A million entries a second: hundreds of entries go in one message, encoded straight into one buffer.
 * 2. Every entry has an outcome: each carries its line number (IPSET_ATTR_LINENO), the kernel stops at the first that
 *    it refuses and names its line; all before it are in.
 * 3. Going on after a refusal costs no copying: the message's head is put in front of the entries that are left,
 *    over those that are done, and sent from there.
 */
import { InputError, type KernelError } from '../errors.ts'
import { attributesIn } from '../netlink/attributes.ts'
import { MessageWriter, NLA_HDRLEN, NLA_TYPE_MASK, NLM_F_EXCL } from '../netlink/message.ts'
import type { Refusal } from '../netlink/refusal.ts'
import type { NetlinkSocket } from '../netlink/socket.ts'
import type { EntryCodec, EntryInput } from './entry.ts'
import {
  beginMessage,
  entriesNumber,
  entryMessage,
  generalMessageLength,
  type SetFamily,
} from './messages.ts'
import type { Exists } from './protocol.ts'
import { explain } from './refusal.ts'

export type BulkError = KernelError | InputError

export interface BulkOptions {
  /** With `ignore`, an add renews timeout, counters and comment of entries that are there. */
  exists?: Exists
  /**
   * Called for each entry that was refused, with the entry's index in `error.line`; the rest goes on. Without it the
   * first refusal is thrown. What it throws itself ends the bulk.
   */
  onError?: (error: BulkError) => void
}

/** 16 KiB stay in the processor's cache; IPSET_ATTR_ADT, an attribute, could hold less than 64 KiB. */
const entriesLimit = 16 * 1024

const LINE = entryMessage.number('line')

/** Where the entries of a bulk go. */
export interface BulkTarget {
  socket: NetlinkSocket
  protocol: number
  command: 'add' | 'del'
  name: string
  family: SetFamily
  codec: EntryCodec
}

/** Entries on their way into one set, or out of it. */
export class BulkSender {
  readonly #target: BulkTarget
  readonly #flags: number
  readonly #onError: ((error: BulkError) => void) | undefined
  readonly #writer = new MessageWriter()
  /** The entries of the message, and where each begins. */
  #entries: EntryInput[] = []
  #offsets: number[] = []
  #headLength = 0
  /** The index of the message's first entry among all that were sent. */
  #base = 0
  #accepted = 0

  constructor(target: BulkTarget, options: BulkOptions) {
    this.#target = target
    this.#flags = options.exists === 'ignore' ? 0 : NLM_F_EXCL
    this.#onError = options.onError
  }

  /**
   * Sends all entries and returns how many the kernel accepted.
   * @throws KernelError or InputError with the index of the entry in `line`; those before it were accepted
   */
  send(entries: Iterable<EntryInput>): number {
    this.#begin()
    for (const entry of entries) {
      if (this.#writer.position - this.#headLength > entriesLimit) this.#flush()
      this.#append(entry)
    }
    this.#flush()
    return this.#accepted
  }

  #begin(): void {
    const writer = this.#writer
    beginMessage(writer, this.#target.command, this.#flags)
    entryMessage.write(writer, { protocol: this.#target.protocol, setname: this.#target.name, line: 0 })
    writer.beginNested(entriesNumber)
    this.#headLength = writer.position
  }

  #append(entry: EntryInput): void {
    const count = this.#entries.length
    const offset = this.#writer.position
    try {
      this.#target.codec.write(this.#writer, entry, count + 1)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      this.#flush()
      this.#report(error.atLine(this.#base))
      this.#base++
      return
    }
    this.#offsets.push(offset)
    this.#entries.push(entry)
  }

  /** Sends the entries of the message, from the one behind each that is refused, and begins a new message. */
  #flush(): void {
    const count = this.#entries.length
    let next = 0
    while (next < count) {
      if (next > 0) this.#moveHead(next)
      this.#writer.endNested(this.#writer.start + this.#headLength - NLA_HDRLEN)
      const refusal = this.#target.socket.acknowledge(this.#writer)
      const line = refusal === undefined ? count + 1 : this.#refusedLine(refusal, next)
      this.#accepted += line - 1 - next
      if (refusal !== undefined) this.#report(this.#explain(refusal, line - 1))
      next = line
    }
    this.#base += count
    this.#entries = []
    this.#offsets = []
    this.#begin()
  }

  /** Puts the message's head in front of an entry. It may lie over itself, so it is always taken from where it was. */
  #moveHead(entry: number): void {
    const writer = this.#writer
    const start = (this.#offsets[entry] ?? 0) - this.#headLength
    writer.bytes.copyWithin(start, writer.start, writer.start + this.#headLength)
    writer.start = start
  }

  /** The line, counted from 1 in this message, that the kernel named. */
  #refusedLine(refusal: Refusal, next: number): number {
    const line = echoedLine(refusal)
    if (line > next && line <= this.#entries.length) return line
    throw this.#explain(refusal, next)
  }

  #explain(refusal: Refusal, position: number): KernelError {
    const { command, name, family, codec } = this.#target
    const entry = this.#entries[position]
    const element = typeof entry === 'string' ? entry : entry?.element
    return explain(
      { command, name, type: codec.typeName, family, element, line: this.#base + position },
      refusal,
    )
  }

  #report(error: BulkError): void {
    if (this.#onError === undefined) throw error
    this.#onError(error)
  }
}

/** The line number in the request that the kernel sends back, or 0: errors that concern no entry have none. */
function echoedLine(refusal: Refusal): number {
  const { request } = refusal
  const view = new DataView(request.buffer, request.byteOffset, request.byteLength)
  const payload = { bytes: request, view, start: generalMessageLength, end: request.length }
  for (const { type, start, end } of attributesIn(payload))
    if ((type & NLA_TYPE_MASK) === LINE && end - start === 4) return view.getUint32(start)
  return 0
}
