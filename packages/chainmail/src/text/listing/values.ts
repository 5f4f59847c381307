import type { ListingContext } from './shown.ts'

/** The names of users and groups, addresses and numbers in the options of matches. */

export function user(text: string, { numeric, names }: ListingContext): string {
  return nameOf(text, numeric, names.user)
}

export function group(text: string, { numeric, names }: ListingContext): string {
  return nameOf(text, numeric, names.group)
}

function nameOf(text: string, numeric: boolean, find: (id: number) => string | undefined): string {
  return (numeric || !/^\d+$/.test(text) ? undefined : find(Number(text))) ?? text
}

/** A device group or realm: iproute2 names those, and its own names stand for 0. */
export function groupNumber(text: string, { numeric }: ListingContext): string {
  return numeric ? text.replace(/^(?:default|cosmos)\b/, '0x0') : text
}

/**
 * A network of a rule as -L prints it: a single address without its prefix length, and, unless numbers are wanted,
 * by the name of the host or network.
 */
export function networkName(text: string, { family, numeric, names }: ListingContext): string {
  const slash = text.indexOf('/')
  const address = slash === -1 ? text : text.slice(0, slash)
  const length = slash === -1 ? '' : text.slice(slash + 1)
  if (length === '0') return numeric ? text : 'anywhere'
  const single = length === '' || length === (family === 'ipv4' ? '32' : '128')
  if (numeric) return single ? address : text
  const name = names.host(address) ?? names.network(address) ?? address
  return single ? name : `${name}/${length}`
}
