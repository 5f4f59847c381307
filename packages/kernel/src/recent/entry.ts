/** A line of a file below /proc/net/xt_recent, as recent_seq_show() of net/netfilter/xt_recent.c writes it. */
import { type Family, formatAddress, parseAddress } from '../address.ts'
import { KernelError, quote } from '../errors.ts'
import { jiffiesTime, type Now } from './jiffies.ts'

/** An address that a recent list holds. */
export interface RecentEntry {
  /** In the text that `ip` and `ipset` print too. */
  readonly address: string
  readonly family: Family
  /** The time to live, or hop limit, of the packet seen last; 0 where a program put the address in. */
  readonly ttl: number
  /** When the address was seen last, by a packet or by a program; it may be some tenths of a second too early. */
  readonly lastSeen: Date
  /** When it was seen, the oldest first: as many times as the rule's --hitcount needs, the rest is forgotten. */
  readonly seen: readonly Date[]
}

const LINE = /^src=([0-9a-f.:]+) ttl: (\d+) last_seen: (\d+) oldest_pkt: (\d+) (\d+(?:, \d+)*)$/

/**
 * Reads a line.
 * @throws KernelError `recent-malformed`
 */
export function readEntry(line: string, hertz: number, moment: Now): RecentEntry {
  const [, source = '', ttl = '', last = '', next = '', stamps = ''] = LINE.exec(line) ?? []
  if (source === '')
    throw new KernelError(
      'recent-malformed',
      `The kernel lists a recent entry as ${quote(line)}, which this library cannot read.`,
      { operation: 'recent list' },
    )
  const time = (jiffies: string): Date => jiffiesTime(Number(jiffies), hertz, moment)
  const ring = stamps.split(', ')
  // `oldest_pkt` is where the next stamp goes. In a ring that is full, the oldest one stands there.
  const oldest = Number(next) % ring.length
  const address = parseAddress(source)
  return {
    address: formatAddress(address),
    family: address.family,
    ttl: Number(ttl),
    lastSeen: time(last),
    seen: [...ring.slice(oldest), ...ring.slice(0, oldest)].map(time),
  }
}
