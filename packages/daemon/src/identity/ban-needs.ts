import type { EntryInput } from '@chainmail/kernel'
import { parseAddress } from '@chainmail/kernel'
import {
  type BanOptions,
  elementScopes,
  networkBlocks,
  type RequestDefaults,
  readBan,
  readUnban,
  type UnbanOptions,
} from 'chainmail'
import type { BanStore } from '../bans/ban-store.ts'
import type { NeededBan, NeededEntry, NeededUnban } from './needs.ts'

/** What the book of bans says for needs. */
export interface BanSource {
  readonly bans: Pick<BanStore, 'get'>
  /** What a request means where it does not say. */
  readonly defaults: RequestDefaults
}

/**
 * What a ban needs, read as the book reads it.
 * @throws what {@link readBan} throws
 */
export function banNeed(address: string, options: BanOptions, { bans, defaults }: BanSource): NeededBan {
  const { blocks, scope, seconds, end, family } = readBan(address, options, defaults)
  const scopes = elementScopes(scope)
  const shortens = blocks.some((block) =>
    scopes.some((word) => {
      const before = bans.get({ address: block.address, family, scope: word }, defaults.now)
      if (before === undefined || before.exempt || end === undefined) return false
      return before.until === undefined || before.until > end
    }),
  )
  return { kind: 'ban', address, blocks, scopes, seconds, shortens }
}

/** What taking a ban back needs. @throws what {@link readUnban} throws */
export function unbanNeed(address: string, options: UnbanOptions, { defaults }: BanSource): NeededUnban {
  const { blocks, scope } = readUnban(address, options, defaults)
  return { kind: 'unban', address, blocks, scopes: scope === undefined ? undefined : elementScopes(scope) }
}

/** What an entry of a set needs. */
export function entryNeed(set: string, does: 'add' | 'delete', entry: EntryInput): NeededEntry {
  const request = typeof entry === 'string' ? { element: entry } : entry
  const { element } = request
  return {
    kind: 'entry',
    set,
    does,
    element,
    blocks: blocksOf(element),
    seconds: 'timeout' in request ? request.timeout : undefined,
    exempts: 'nomatch' in request && request.nomatch === true,
  }
}

/** The networks of an element's first part, where that is an address, a network or a range; more parts only narrow it. */
function blocksOf(element: string): NeededEntry['blocks'] {
  const [first = ''] = element.split(',')
  try {
    // Other than a ban, an entry may have bits behind its prefix.
    return first.includes('-') ? networkBlocks(first) : [parseAddress(first)]
  } catch {
    return undefined
  }
}
