import type { MessageWriter } from '../netlink/message.ts'
import type { EntryReader } from './entry-reader.ts'

/** How one part of an element is written and read. */
export interface ElementCodec {
  /** The part may be left out of the element, with its comma. */
  optional?: true
  /**
   * Writes the attributes of the part that stands in `text`, the whole element, from `start` to `end`. Returns the
   * flags, of `dataFlags`, that the part sets for its entry.
   * @throws InputError `bad-element`
   */
  write(writer: MessageWriter, text: string, start: number, end: number): number
  /** The text of the part, from the attributes of an entry; empty when an optional part is not there. */
  read(entry: EntryReader): string
}
