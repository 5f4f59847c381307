import { isIP } from 'node:net'
import { type Family, parseAddress, resolveHost } from '@chainmail/kernel'
import { numberOf } from './number.ts'
import { syntaxError } from './refusal.ts'

/** What an element, or a range, may say where an address is wanted. */
export type AddressForm = 'any' | 'network' | 'plain'

/** A part of an element that ends up as an address, a network or a range, in the words that netlink's side reads. */
export async function addressText(text: string, family: Family, form: AddressForm): Promise<string> {
  const bits = family === 'ipv4' ? 32 : 128
  const { first, separator, second } = partsOf(text)
  if (separator === '/') {
    const length = numberOf(second, 0, bits)
    if (form === 'plain' && length !== BigInt(bits)) throw notPlain(text)
    const address = await hostAddress(first, family)
    return length === BigInt(bits) ? address : `${address}/${length}`
  }
  if (separator === undefined) return hostAddress(first, family)
  if (form === 'plain') throw notPlain(text)
  if (form === 'network') throw syntaxError(`IP address or IP/cidr must be specified: ${text}`)
  const ends = [await hostAddress(first, family), await hostAddress(second, family)] as const
  return ordered(...ends).join('-')
}

/** The range of a bitmap. */
export async function bitmapRange(text: string): Promise<string> {
  if (partsOf(text).separator === undefined)
    throw syntaxError(`IP/cidr or IP-IP range must be specified: ${text}`)
  return addressText(text, 'ipv4', 'any')
}

/** One address; a name is looked up, and the first of its addresses is meant. */
export async function hostAddress(text: string, family: Family): Promise<string> {
  const host = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
  if (isIP(host) === (family === 'ipv4' ? 4 : 6)) return host
  const [address] = host === '' || isIP(host) !== 0 ? [] : await resolveHost(host, family)
  if (address !== undefined) return address
  const kind = family === 'ipv4' ? 'IPv4' : 'IPv6'
  throw syntaxError(`cannot parse ${host}: resolving to ${kind} address failed`)
}

interface Parts {
  readonly first: string
  /** Undefined where nothing stands behind it. */
  readonly separator: '/' | '-' | undefined
  readonly second: string
}

/** A name that holds a dash stands in brackets. */
function partsOf(text: string): Parts {
  const [, first = '', second = ''] = /^(.*?)\/(.+)$/s.exec(text) ?? []
  if (second !== '') return { first, separator: '/', second }
  const [, from = '', to = ''] = /^(\[[^\]]*\]|[^-]+)-(.+)$/s.exec(text) ?? []
  if (to !== '') return { first: from, separator: '-', second: to }
  return { first: text, separator: undefined, second: '' }
}

function ordered(from: string, to: string): readonly [string, string] {
  const [one, other] = [parseAddress(from), parseAddress(to)]
  return Buffer.compare(one.bytes, other.bytes) > 0 ? [to, from] : [from, to]
}

function notPlain(text: string): Error {
  return syntaxError(`plain IP address must be supplied: ${text}`)
}
