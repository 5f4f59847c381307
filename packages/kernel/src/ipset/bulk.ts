/** Many entries in few messages, within the call. */
import { InputError, type KernelError } from '../errors.ts'
import type { NetlinkSocket } from '../netlink/socket.ts'
import { BulkMessage, type BulkTarget } from './bulk-message.ts'
import type { EntryInput } from './entry.ts'
import type { Exists } from './protocol.ts'

export type BulkError = KernelError | InputError

export interface BulkOptions {
  /** With `ignore`, an add renews timeout, counters and comment of entries that are there. */
  exists?: Exists
  /**
   * Called for each entry that was refused, with its index in `error.line`; the rest goes on. Without it the first
   * refusal is thrown. What it throws itself ends the bulk. An entry that was copied from another set has no text.
   */
  onError?: (error: BulkError, entry: EntryInput | undefined) => void
}

/**
 * Sends all entries and returns how many the kernel accepted.
 * @throws KernelError or InputError with the index of the entry in `line`; those before it were accepted
 */
export function sendBulk(
  socket: NetlinkSocket,
  target: BulkTarget,
  entries: Iterable<EntryInput>,
  { exists, onError }: BulkOptions,
): number {
  const message = new BulkMessage(target, exists)
  let index = 0
  let accepted = 0

  const report = (error: BulkError, entry: EntryInput | undefined): void => {
    if (onError === undefined) throw error
    onError(error, entry)
  }

  /** Sends the message, again from behind each entry that is refused, and begins a new one. */
  const flush = (): void => {
    for (let next = 0; next < message.count; ) {
      const refusal = socket.acknowledge(message.seal(next))
      const end = refusal === undefined ? message.count : message.refused(refusal, next)
      accepted += end - next
      if (refusal !== undefined) report(message.explain(refusal, end), message.entry(end))
      next = end + 1
    }
    message.begin()
  }

  message.begin()
  for (const entry of entries) {
    if (message.isFull) flush()
    try {
      message.append(entry, index)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      flush()
      report(error.atLine(index), entry)
    }
    index++
  }
  flush()
  return accepted
}
