import { addressBits, type Family, formatAddress, parseAddress } from '@chainmail/kernel'

/** An address or network as a number, for arithmetic: `value` has no bits behind `prefix`. */
export interface Network {
  readonly family: Family
  readonly value: bigint
  /** 0 to 32, or 0 to 128. */
  readonly prefix: number
  /** Canonical: without the prefix when it is a single address. */
  readonly text: string
}

/** The numbers of the first and the last address. */
export interface AddressRange {
  readonly family: Family
  readonly first: bigint
  readonly last: bigint
}

/**
 * Reads `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`. Bits behind the prefix are cleared, as iptables(8) does.
 *
 * @throws AddressError `bad-address`
 */
export function readNetwork(text: string): Network {
  const { family, bytes, prefix } = parseAddress(text)
  const value = clear(numberOf(bytes), prefix, family)
  return { family, value, prefix, text: formatAddress({ family, bytes: bytesOf(value, family), prefix }) }
}

export function rangeOf({ family, value, prefix }: Network): AddressRange {
  return { family, first: value, last: value | hostBits(prefix, family) }
}

/** Whether some address is in both. */
export function networksOverlap(one: Network, other: Network): boolean {
  if (one.family !== other.family) return false
  return one.prefix <= other.prefix ? covers(one, other) : covers(other, one)
}

export function rangesOverlap(one: AddressRange, other: AddressRange): boolean {
  return one.family === other.family && one.first <= other.last && other.first <= one.last
}

/**
 * Networks of one family, each at most once, that can be asked quickly whether one of them overlaps another.
 * That takes a look-up for each prefix length in use when a single address is asked for, and a pass over the
 * narrower ones when a network is.
 */
export class NetworkIndex {
  readonly #byPrefix = new Map<number, Set<bigint>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  add({ prefix, value }: Network): void {
    let values = this.#byPrefix.get(prefix)
    if (values === undefined) {
      values = new Set()
      this.#byPrefix.set(prefix, values)
    }
    if (!values.has(value)) this.#size += 1
    values.add(value)
  }

  delete({ prefix, value }: Network): void {
    const values = this.#byPrefix.get(prefix)
    if (values?.delete(value) !== true) return
    this.#size -= 1
    if (values.size === 0) this.#byPrefix.delete(prefix)
  }

  overlaps(network: Network): boolean {
    for (const [prefix, values] of this.#byPrefix) {
      if (prefix <= network.prefix) {
        if (values.has(clear(network.value, prefix, network.family))) return true
      } else if (holdsOneIn(values, network)) return true
    }
    return false
  }
}

function holdsOneIn(values: ReadonlySet<bigint>, { family, value, prefix }: Network): boolean {
  const last = value | hostBits(prefix, family)
  for (const narrower of values) if (narrower >= value && narrower <= last) return true
  return false
}

function covers(wide: Network, narrow: Network): boolean {
  return clear(narrow.value, wide.prefix, wide.family) === wide.value
}

function hostBits(prefix: number, family: Family): bigint {
  return (1n << BigInt(addressBits(family) - prefix)) - 1n
}

function clear(value: bigint, prefix: number, family: Family): bigint {
  const bits = BigInt(addressBits(family) - prefix)
  return (value >> bits) << bits
}

function numberOf(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return value
}

function bytesOf(value: bigint, family: Family): Uint8Array {
  const bytes = new Uint8Array(addressBits(family) / 8)
  let rest = value
  for (let index = bytes.length - 1; index >= 0; index--) {
    bytes[index] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return bytes
}
