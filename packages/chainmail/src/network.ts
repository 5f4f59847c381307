import { type Address, addressBits, type Family, formatAddress, parseAddress } from '@chainmail/kernel'
import { ChainmailError } from './errors.ts'

/** An address or network of either family in canonical text: `198.51.100.7`, `203.0.113.0/24`, `2001:db8::/32`. */
export interface Network {
  readonly address: string
  readonly family: Family
}

/**
 * Reads an address or a network. Host bits are refused rather than cleared: who bans `10.1.2.3/8` may
 * not have meant all of `10.0.0.0/8`.
 *
 * @throws AddressError `bad-address`; ChainmailError `bad-address`
 */
export function network(text: string): Network {
  const parsed = parseAddress(text)
  const { family, prefix } = parsed
  const cleared = withoutHostBits(parsed)
  const address = formatAddress(cleared)
  if (cleared.bytes.some((byte, index) => byte !== parsed.bytes[index])) {
    throw new ChainmailError(
      'bad-address',
      `${JSON.stringify(text)} has bits behind its prefix of ${prefix}; write ${address} for the network, or the address without a prefix.`,
      { path: 'address' },
    )
  }
  return { address, family }
}

function withoutHostBits({ family, bytes, prefix }: Address): Address {
  const cleared = Uint8Array.from(bytes, (byte, index) => {
    const kept = Math.max(0, Math.min(8, prefix - index * 8))
    return byte & (0xff00 >>> kept)
  })
  return { family, bytes: cleared, prefix: Math.min(prefix, addressBits(family)) }
}
