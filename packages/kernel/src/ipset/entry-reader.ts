import { KernelError } from '../errors.ts'
import { align, hostLittleEndian, NLA_HDRLEN, NLA_TYPE_MASK } from '../netlink/message.ts'

/** ip_set.h: IPSET_ATTR_ADT_MAX is 30. */
const numbers = 32

const decoder = new TextDecoder()

/**
 * The attributes of one entry, found by number, without an allocation: a set of a million entries is read through
 * the same two small arrays.
 */
export class EntryReader {
  bytes: Uint8Array
  view: DataView
  /** A bit for each attribute that the entry has: 1 << its number. */
  present = 0
  readonly #starts = new Int32Array(numbers)
  readonly #lengths = new Int32Array(numbers)

  constructor() {
    this.bytes = new Uint8Array(0)
    this.view = new DataView(this.bytes.buffer)
  }

  /**
   * Notes where the attributes from `start` to `end` lie.
   * @throws KernelError `netlink-malformed`
   */
  load(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    this.bytes = bytes
    this.view = view
    this.present = 0
    let at = start
    while (at < end) {
      const length = end - at < NLA_HDRLEN ? 0 : view.getUint16(at, hostLittleEndian)
      if (length < NLA_HDRLEN || length > end - at) throw malformedEntry()
      const number = view.getUint16(at + 2, hostLittleEndian) & NLA_TYPE_MASK
      if (number < numbers) {
        this.present |= 1 << number
        this.#starts[number] = at + NLA_HDRLEN
        this.#lengths[number] = length - NLA_HDRLEN
      }
      at += align(length)
    }
  }

  /** Where an attribute's payload begins, or 0 when the entry lacks it. */
  start(number: number): number {
    return (this.present & (1 << number)) === 0 ? 0 : (this.#starts[number] ?? 0)
  }

  /** The length of the payload of an attribute that the entry has. */
  payloadLength(number: number): number {
    return this.#lengths[number] ?? 0
  }

  /** The text of an attribute that the entry has; what is not UTF-8 is read as U+FFFD. */
  string(number: number): string {
    const start = this.start(number)
    const end = start + this.payloadLength(number)
    const nul = this.bytes.indexOf(0, start)
    return decoder.decode(this.bytes.subarray(start, nul === -1 || nul > end ? end : nul))
  }

  /** Where the payload of an attribute begins that has exactly `length` bytes, or 0 when the entry lacks it. */
  exact(number: number, length: number): number {
    const start = this.start(number)
    if (start !== 0 && this.payloadLength(number) !== length) throw malformedEntry()
    return start
  }
}

export function malformedEntry(): KernelError {
  return new KernelError(
    'netlink-malformed',
    'The kernel listed a set entry that does not follow the protocol.',
    {
      operation: 'ipset list',
    },
  )
}
