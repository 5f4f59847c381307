import { networkBlock, widened } from 'chainmail'

/** Networks of IPv6 that one customer has whole. */
const CUSTOMER_PREFIX = 64

const THIS_HOST = 'this host'

/** What counts as one place that requests come from. @param address undefined for this host */
export function sourceOf(address: string | undefined): string {
  if (address === undefined) return THIS_HOST
  return address.includes(':') ? widened(networkBlock(address), CUSTOMER_PREFIX).address : address
}
