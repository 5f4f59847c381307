/** The text of an element as the kernel will list it, found out without a kernel. */
import { type Address, formatAddress, parseAddress } from '../address.ts'
import { MessageWriter } from '../netlink/message.ts'
import { EntryCodec } from './entry.ts'

/**
 * The canonical text of an element; undefined for a range, and for a network in a type of single addresses, of which
 * the kernel makes several entries.
 * @throws InputError `bad-element`
 */
export type CanonicalElement = (element: string) => string | undefined

/** @throws KernelError `set-type-unsupported` for a type that this library does not know */
export function canonicalElement(type: string): CanonicalElement {
  const codec = new EntryCodec(type)
  const writer = new MessageWriter()
  const kinds = type.slice(type.indexOf(':') + 1).split(',')
  return (element) => {
    writer.position = 0
    codec.write(writer, element, 0)
    if (element.split(',').some((part, index) => isRange(kinds[index], part))) return undefined
    const [entry] = codec.read(writer.bytes, writer.view, 0, writer.position)
    const parts = entry?.element.split(',') ?? []
    if (parts.some((part, index) => kinds[index] === 'ip' && part.includes('/'))) return undefined
    return parts.map((part, index) => (kinds[index] === 'net' ? network(part) : part)).join(',')
  }
}

const PORTS = /(?:^|:)\d+-\d+$/

function isRange(kind: string | undefined, part: string): boolean {
  if (kind === 'port') return PORTS.test(part)
  return (kind === 'ip' || kind === 'net') && part.includes('-')
}

/** Without host bits, which the kernel clears. */
function network(part: string): string {
  if (!part.includes('/')) return part
  const { family, bytes, prefix } = parseAddress(part)
  const cleared: Address = {
    family,
    prefix,
    bytes: Uint8Array.from(bytes, (byte, index) => {
      const kept = Math.max(0, Math.min(8, prefix - index * 8))
      return byte & (0xff00 >>> kept)
    }),
  }
  return formatAddress(cleared)
}
