/** Whether entries fit a set type, found out without a kernel. */
import { KernelError } from '../errors.ts'
import { MessageWriter } from '../netlink/message.ts'
import { EntryCodec, type EntryInput } from './entry.ts'
import type { SetFamily } from './messages.ts'
import { hasOtherFamily } from './refusal.ts'

/** Checks one entry. @throws InputError `bad-element`, `bad-entry-option`; KernelError `set-family-mismatch` */
export type EntryCheck = (entry: EntryInput) => void

/**
 * A check of entries against a set type: what it lets pass can be sent to such a set, though the kernel may still
 * refuse it, for instance because the set is full or was created without timeouts.
 *
 * @param family of the set; without it, addresses of both families pass
 * @throws KernelError `set-type-unsupported` for a type that this library does not know
 */
export function entryCheck(type: string, family?: SetFamily): EntryCheck {
  const codec = new EntryCodec(type)
  const writer = new MessageWriter()
  return (entry) => {
    writer.position = 0
    codec.write(writer, entry, 0)
    const element = typeof entry === 'string' ? entry : entry.element
    if (family === undefined || !hasOtherFamily({ command: 'add', type, element, family })) return
    const [wanted, given] = family === 'inet' ? ['IPv4', 'IPv6'] : ['IPv6', 'IPv4']
    throw new KernelError(
      'set-family-mismatch',
      `The set holds ${wanted} addresses, and ${JSON.stringify(element)} is one of ${given}.`,
      { operation: `ipset add ${element}` },
    )
  }
}
