import type { Family, SetEntry } from '@chainmail/kernel'
import type { Duration } from '../../duration.ts'
import { readBanComment } from './ban-comment.ts'
import { type BanScope, readElement, type ScopeKind } from './scope.ts'

/** An address or network whose packets are dropped. */
export interface Ban {
  /** In canonical form: `198.51.100.7`, `203.0.113.0/24`, `2001:db8::/32`. */
  readonly address: string
  readonly family: Family
  readonly scope: BanScope
  readonly reason?: string
  /** Who asked for it. */
  readonly who?: string
  /** When it was made or renewed; absent where another program made it. */
  readonly since?: Date
  /** Absent for a ban without end. */
  readonly until?: Date
  /** Seconds that are left; absent for a ban without end. */
  readonly expiresIn?: number
  /** What was dropped. */
  readonly packets: number | bigint
  readonly bytes: number | bigint
}

/** A ban that was just made. */
export interface PlacedBan extends Ban {
  /** What the kernel holds for it: the address itself, or the networks that a range or `0.0.0.0/0` consists of. */
  readonly networks: readonly string[]
}

export interface BanOptions {
  /** How long; for ever if not said. */
  readonly for?: Duration
  /** One line without quotation marks; with who and the times it has 255 bytes in the kernel. */
  readonly reason?: string
  /** Who asks for it: one line without quotation marks and brackets. */
  readonly who?: string
  /** What is kept away; everything if not said. */
  readonly scope?: BanScope
  /** 1 to 128: a single IPv6 address stands for the network of this prefix length around it, such as its /64. */
  readonly ipv6Prefix?: number
  /** A ban that holds allowed addresses is refused; with this, it is made without them. */
  readonly exceptAllowed?: boolean
}

export interface UnbanOptions {
  /** Only this scope; all that there are if not said. */
  readonly scope?: BanScope
  /** As the ban was made. */
  readonly ipv6Prefix?: number
}

/** Milliseconds, and so the kernel, round; a ban that lasts beyond a timeout has its end in its comment. */
export function banOf(entry: SetEntry, kind: ScopeKind, family: Family, now: number): Ban {
  const { element, wildcard, timeout = 0, comment, packets = 0n, bytes = 0n } = entry
  const { address, scope } = readElement(kind, element, wildcard)
  const { reason, who, since, until } = readBanComment(comment)
  const expiresIn =
    timeout !== 0 ? timeout : until === undefined ? undefined : Math.max(1, Math.ceil((until - now) / 1000))
  const end = until ?? (expiresIn === undefined ? undefined : now + expiresIn * 1000)
  return {
    address,
    family,
    scope,
    ...(reason === undefined ? {} : { reason }),
    ...(who === undefined ? {} : { who }),
    ...(since === undefined ? {} : { since: new Date(since) }),
    ...(end === undefined ? {} : { until: new Date(end) }),
    ...(expiresIn === undefined ? {} : { expiresIn }),
    packets: exact(packets),
    bytes: exact(bytes),
  }
}

function exact(count: bigint): number | bigint {
  return count <= Number.MAX_SAFE_INTEGER ? Number(count) : count
}
