import { addressBits, type Family } from '@chainmail/kernel'
import { ChainmailError } from './errors.ts'
import { isSingle, type NetworkBlock, networkBlock, packetBlock, widened } from './network.ts'

/** The addresses from `first` to `last`, as numbers: plain ones for IPv4, bigints for IPv6. */
export interface Span {
  readonly first: number | bigint
  readonly last: number | bigint
}

/** The first and last address of a network. */
export function spanOf({ family, bytes, prefix }: NetworkBlock): Span {
  if (family === 'ipv4') {
    const first =
      (((bytes[0] ?? 0) << 24) | ((bytes[1] ?? 0) << 16) | ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)) >>> 0
    return { first, last: first + 2 ** (32 - prefix) - 1 }
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const first = (view.getBigUint64(0) << 64n) | view.getBigUint64(8)
  return { first, last: prefix === 128 ? first : first + (1n << BigInt(128 - prefix)) - 1n }
}

export interface NetworkOptions {
  /** 1 to 128: a single IPv6 address stands for the network of this prefix length around it. */
  readonly ipv6Prefix?: number
}

/**
 * Reads an address, a network, or a range such as `192.0.2.1-192.0.2.9`, as the fewest networks that hold exactly
 * these addresses. A network with the prefix 0 becomes two of prefix 1, since no set of networks holds it.
 *
 * @throws AddressError or ChainmailError `bad-address`
 */
export function networkBlocks(text: string): NetworkBlock[] {
  return blocksOf(text, networkBlock)
}

/** As {@link networkBlocks}, of what packets carry: an IPv4-mapped IPv6 address is the IPv4 address. */
export function packetBlocks(text: string, options?: NetworkOptions): NetworkBlock[] {
  return blocksOf(text, packetBlock, options)
}

type ReadBlock = (text: string) => NetworkBlock

function blocksOf(text: string, read: ReadBlock, { ipv6Prefix = 128 }: NetworkOptions = {}): NetworkBlock[] {
  const dash = text.indexOf('-')
  if (dash !== -1) return rangeBlocks(text, text.slice(0, dash), text.slice(dash + 1), read)
  const block = read(text)
  if (block.prefix === 0) return blocksBetween(block.family, block)
  if (ipv6Prefix !== 128 && block.family === 'ipv6' && isSingle(block) && !text.includes('/'))
    return [widened(block, ipv6Prefix)]
  return [block]
}

function rangeBlocks(text: string, from: string, to: string, read: ReadBlock): NetworkBlock[] {
  const first = read(from)
  const last = read(to)
  const refuse = (why: string): never => {
    throw new ChainmailError('bad-address', `The range ${JSON.stringify(text)} ${why}.`, { path: 'address' })
  }
  if (from.includes('/') || to.includes('/'))
    refuse('holds a network; write its first and its last address, such as 192.0.2.1-192.0.2.9')
  if (first.family !== last.family) refuse('mixes IPv4 and IPv6')
  const span = { first: spanOf(first).first, last: spanOf(last).last }
  if (span.first > span.last) refuse('ends before it begins; swap its two addresses')
  return blocksBetween(first.family, span)
}

/** The fewest networks that hold exactly a span, none of them of prefix 0. */
function blocksBetween(family: Family, span: Span | NetworkBlock): NetworkBlock[] {
  const { first, last } = 'first' in span ? span : spanOf(span)
  const bits = addressBits(family)
  const blocks: NetworkBlock[] = []
  const end = BigInt(last)
  for (let at = BigInt(first); at <= end; ) {
    let hostBits = 0
    while (hostBits < bits - 1 && (at & ((2n << BigInt(hostBits)) - 1n)) === 0n) {
      if (at + (2n << BigInt(hostBits)) - 1n > end) break
      hostBits++
    }
    blocks.push(widened({ family, bytes: bytesOf(at, bits / 8) }, bits - hostBits))
    at += 1n << BigInt(hostBits)
  }
  return blocks
}

function bytesOf(value: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) =>
    Number((value >> BigInt(8 * (length - 1 - index))) & 0xffn),
  )
}
