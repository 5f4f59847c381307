import { ChainmailError } from '../../errors.ts'
import type { NetworkBlock } from '../../network.ts'
import type { BanOptions, UnbanOptions } from './ban.ts'
import { type BanTarget, blocksOf, canonical, readTarget } from './ban-wish.ts'
import { parseScope, type Scope } from './scope.ts'

/** Bytes of a reason. The kernel's comment holds what fits of it. */
const LONGEST_REASON = 255

export interface RequestDefaults {
  /** For single IPv6 addresses whose request does not say otherwise; 128 leaves them alone. */
  readonly ipv6Prefix: number
  /** Milliseconds since 1970. */
  readonly now: number
}

/** What a ban is taken back from. */
export interface UnbanTarget {
  /** The address, network or range in canonical form. */
  readonly text: string
  readonly blocks: readonly NetworkBlock[]
  /** undefined: every one that there is. */
  readonly scope: Scope | undefined
}

/**
 * Reads a ban that is asked for.
 *
 * @throws AddressError or ChainmailError `bad-address`; ChainmailError `bad-duration`, `bad-scope`, `bad-reason`
 */
export function readBan(text: string, options: BanOptions, { ipv6Prefix, now }: RequestDefaults): BanTarget {
  const { reason = '' } = options
  // A letter has at most 3 bytes in UTF-8, so that a short reason need not be encoded.
  const bytes = reason.length * 3 > LONGEST_REASON ? Buffer.byteLength(reason) : 0
  if (bytes > LONGEST_REASON)
    throw new ChainmailError(
      'bad-reason',
      `reason: it has ${bytes} bytes, and there is room for ${LONGEST_REASON}.`,
      { path: 'reason' },
    )
  return readTarget(text, options, ipv6Prefix, now)
}

/** Reads what is asked to be taken back. @throws AddressError or ChainmailError `bad-address`; ChainmailError `bad-scope` */
export function readUnban(
  text: string,
  options: UnbanOptions,
  { ipv6Prefix }: Pick<RequestDefaults, 'ipv6Prefix'>,
): UnbanTarget {
  return {
    text: canonical(text),
    blocks: blocksOf(text, options.ipv6Prefix ?? ipv6Prefix),
    scope: options.scope === undefined ? undefined : parseScope(options.scope),
  }
}
