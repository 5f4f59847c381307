import { type Address, addressBits, type Family, formatAddress, parseAddress } from '@chainmail/kernel'
import { ChainmailError } from './errors.ts'

/** An address or network of either family in canonical text: `198.51.100.7`, `203.0.113.0/24`, `2001:db8::/32`. */
export interface Network {
  readonly address: string
  readonly family: Family
}

/** A network with its numbers. */
export interface NetworkBlock extends Network {
  readonly prefix: number
  /** 4 or 16 bytes in network order, without host bits. */
  readonly bytes: Uint8Array
}

/** The IPv4-mapped addresses. */
const mapped = networkBlock('::ffff:0:0/96')

/**
 * Reads an address or a network. Host bits are refused rather than cleared: who bans `10.1.2.3/8` may
 * not have meant all of `10.0.0.0/8`.
 *
 * @throws AddressError `bad-address`; ChainmailError `bad-address`
 */
export function networkBlock(text: string): NetworkBlock {
  const parsed = parseAddress(text)
  if (!hasHostBits(parsed)) return blockOf(parsed)
  const { address } = widened(parsed, parsed.prefix)
  throw new ChainmailError(
    'bad-address',
    `${JSON.stringify(text)} has bits behind its prefix of ${parsed.prefix}; write ${address} for the network, or the address without a prefix.`,
    { path: 'address' },
  )
}

/**
 * As {@link networkBlock}, of what packets carry: an IPv4-mapped IPv6 address such as `::ffff:192.0.2.1`, as a socket of
 * both families names its peer, is the IPv4 address. RFC 4291, section 2.5.5.2.
 */
export function packetBlock(text: string): NetworkBlock {
  const block = networkBlock(text)
  if (!contains(mapped, block)) return block
  return blockOf({ family: 'ipv4', bytes: block.bytes.slice(12), prefix: block.prefix - 96 })
}

/** The network of this prefix length around an address or a narrower network. */
export function widened({ family, bytes }: Omit<Address, 'prefix'>, prefix: number): NetworkBlock {
  const cleared = Uint8Array.from(bytes, (byte, index) => byte & octetMask(prefix, index))
  return blockOf({ family, bytes: cleared, prefix })
}

/** Whether the network is a single address. */
export function isSingle({ family, prefix }: NetworkBlock): boolean {
  return prefix === addressBits(family)
}

/** The whole of `inner` lies in `outer`, which may be the same. */
export function contains(
  outer: Omit<NetworkBlock, 'address'>,
  inner: Omit<NetworkBlock, 'address'>,
): boolean {
  return (
    outer.family === inner.family &&
    outer.prefix <= inner.prefix &&
    outer.bytes.every((byte, index) => byte === ((inner.bytes[index] ?? 0) & octetMask(outer.prefix, index)))
  )
}

/** Whether two networks have addresses in common. */
export function overlaps(one: Omit<NetworkBlock, 'address'>, other: Omit<NetworkBlock, 'address'>): boolean {
  return contains(one, other) || contains(other, one)
}

function blockOf(address: Address): NetworkBlock {
  const { family, bytes, prefix } = address
  return { address: formatAddress(address), family, prefix, bytes }
}

function hasHostBits({ bytes, prefix }: Address): boolean {
  for (let index = prefix >> 3; index < bytes.length; index++)
    if (((bytes[index] ?? 0) & ~octetMask(prefix, index)) !== 0) return true
  return false
}

/** The bits of an octet that belong to a prefix. */
function octetMask(prefix: number, octet: number): number {
  return (0xff00 >>> Math.max(0, Math.min(8, prefix - octet * 8))) & 0xff
}
