import type { BookedBan } from 'chainmail'
import type { Change, Operations } from './revision.ts'

/**
 * Bans as a revision keeps them: many of a moment have all but their addresses in common, so that each takes some 20
 * bytes and not 150, which the disk has to take as fast as the bans come.
 */
export interface PackedBans {
  /** What bans have in common. */
  readonly common: readonly PackedCommon[]
  /** The address, and the numbers of what it had and has in common with others; -1 for none. */
  readonly changes: readonly (readonly [address: string, before: number, after: number])[]
}

type PackedCommon = readonly [
  scope: string,
  since: number,
  until: number | null,
  reason: string | null,
  who: string | null,
  exempt: 0 | 1,
]

/** The operations as they are kept. */
export type PackedOperations = Omit<Operations, 'bans'> & { readonly bans?: PackedBans }

export function pack({ bans, ...rest }: Operations): PackedOperations {
  return bans === undefined ? rest : { ...rest, bans: packBans(bans) }
}

export function unpack({ bans, ...rest }: PackedOperations): Operations {
  return bans === undefined ? rest : { ...rest, bans: unpackBans(bans) }
}

function packBans(bans: readonly Change<BookedBan>[]): PackedBans {
  const common: PackedCommon[] = []
  const numbers = new Map<string, number>()
  let last: { readonly ban: BookedBan; readonly number: number } | undefined
  const numberOf = (ban: BookedBan | undefined): number => {
    if (ban === undefined) return -1
    if (last !== undefined && isAlike(last.ban, ban)) return last.number
    const { scope, since, until = null, reason = null, who = null, exempt } = ban
    const values: PackedCommon = [scope, since, until, reason, who, exempt ? 1 : 0]
    const key = JSON.stringify(values)
    const number = numbers.get(key) ?? common.push(values) - 1
    numbers.set(key, number)
    last = { ban, number }
    return number
  }
  const changes = bans.map(({ before, after }) => {
    const address = after?.address ?? before?.address ?? ''
    return [address, numberOf(before), numberOf(after)] as const
  })
  return { common, changes }
}

/** Whether all is the same but the address. */
export function isAlike(one: BookedBan, other: BookedBan): boolean {
  return (
    one.since === other.since &&
    one.until === other.until &&
    one.scope === other.scope &&
    one.reason === other.reason &&
    one.who === other.who &&
    one.exempt === other.exempt
  )
}

function unpackBans({ common, changes }: PackedBans): Change<BookedBan>[] {
  return changes.map(([address, before, after]) => {
    const banOf = (number: number): BookedBan | undefined => {
      const values = common[number]
      if (values === undefined) return undefined
      const [scope, since, until, reason, who, exempt] = values
      return {
        address,
        family: address.includes(':') ? 'ipv6' : 'ipv4',
        scope,
        since,
        until: until ?? undefined,
        reason: reason ?? undefined,
        who: who ?? undefined,
        exempt: exempt === 1,
      }
    }
    return { before: banOf(before), after: banOf(after) }
  })
}
