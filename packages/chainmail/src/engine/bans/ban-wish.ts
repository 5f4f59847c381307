import { type Family, maximumTimeout } from '@chainmail/kernel'
import { type Duration, parseDuration } from '../../duration.ts'
import { ChainmailError } from '../../errors.ts'
import { type NetworkBlock, packetBlock } from '../../network.ts'
import { packetBlocks } from '../../network-span.ts'
import type { BanOptions, PlacedBan } from './ban.ts'
import { banComment } from './ban-comment.ts'
import { parseScope, type Scope } from './scope.ts'

/** Milliseconds since 1970: the last that a comment can say. */
const LAST_TIME = Date.UTC(9999, 11, 31, 23, 59, 59)

/** What a ban is about, which was read and not yet made. */
export interface BanTarget {
  readonly text: string
  readonly family: Family
  readonly blocks: readonly NetworkBlock[]
  readonly scope: Scope
  readonly options: BanOptions
  /** Milliseconds since 1970. */
  readonly end: number | undefined
  readonly seconds: number | undefined
}

/** A ban that was read and not yet made. */
export interface Wish extends BanTarget {
  /** What every one of its entries carries. */
  readonly carried: { readonly timeout: number; readonly comment: string }
  /** Milliseconds since 1970. */
  readonly since: number
}

/** @throws AddressError or ChainmailError `bad-address`; ChainmailError `bad-duration`, `bad-scope` */
export function readTarget(text: string, options: BanOptions, ipv6Prefix: number, now: number): BanTarget {
  const blocks = blocksOf(text, options.ipv6Prefix ?? ipv6Prefix)
  const scope = parseScope(options.scope)
  const seconds = options.for === undefined ? undefined : readSeconds(options.for)
  const end = seconds === undefined ? undefined : now + seconds * 1000
  if (end !== undefined && end > LAST_TIME)
    throw new ChainmailError(
      'bad-duration',
      'The ban would end after the year 9999: leave its end out to ban for ever.',
      { path: 'for' },
    )
  return { text, family: blocks[0]?.family ?? 'ipv4', blocks, scope, options, seconds, end }
}

function readSeconds(duration: Duration): number {
  try {
    return parseDuration(duration)
  } catch (error) {
    if (!(error instanceof ChainmailError)) throw error
    throw new ChainmailError(error.code, `${error.message} Leave it out to ban for ever.`, { path: 'for' })
  }
}

/**
 * Reads what is asked for. A ban that is longer than a timeout of the kernel gets none, and its end in its comment.
 *
 * @throws what {@link readTarget} throws; ChainmailError `bad-reason`
 */
export function readWish(text: string, options: BanOptions, ipv6Prefix: number, now: number): Wish {
  const target = readTarget(text, options, ipv6Prefix, now)
  const { seconds, end } = target
  const isLong = seconds !== undefined && seconds > maximumTimeout
  const { reason, who } = options
  const comment = banComment({ reason, who, since: now, until: isLong ? end : undefined })
  return { ...target, carried: { timeout: isLong ? 0 : (seconds ?? 0), comment }, since: now }
}

/** The networks that a text stands for. @throws AddressError or ChainmailError `bad-address` */
export function blocksOf(text: string, ipv6Prefix: number): NetworkBlock[] {
  if (Number.isInteger(ipv6Prefix) && ipv6Prefix >= 1 && ipv6Prefix <= 128)
    return packetBlocks(text, { ipv6Prefix })
  throw new ChainmailError('bad-address', `ipv6Prefix: ${ipv6Prefix} is not a whole number from 1 to 128.`, {
    path: 'ipv6Prefix',
  })
}

/** The ban that a wish has become, of these networks. */
export function placedBan(
  { text, family, scope, options, since, seconds, end }: Wish,
  blocks: readonly NetworkBlock[],
): PlacedBan {
  const { reason, who } = options
  return {
    address: blocks.length === 1 && !text.includes('-') ? (blocks[0]?.address ?? text) : canonical(text),
    family,
    scope: scope.asGiven,
    ...(reason === undefined || reason === '' ? {} : { reason }),
    ...(who === undefined || who === '' ? {} : { who }),
    since: new Date(since - (since % 1000)),
    ...(end === undefined ? {} : { until: new Date(end) }),
    ...(seconds === undefined ? {} : { expiresIn: seconds }),
    packets: 0,
    bytes: 0,
    networks: blocks.map(({ address }) => address),
  }
}

/** An address, network or range in canonical text. */
export function canonical(text: string): string {
  return text
    .split('-')
    .map((part) => packetBlock(part).address)
    .join('-')
}
