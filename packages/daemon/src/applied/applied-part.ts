import type { Family } from '@chainmail/kernel'
import type { DesiredChainInput, DesiredInput, DesiredSetInput, DesiredState } from 'chainmail'

/** A chain as a plan has made it. */
export interface AppliedChain {
  readonly table: string
  readonly family: Family
  readonly chain: string
  readonly wish: DesiredChainInput & { readonly rules?: readonly string[] }
}

export interface AppliedSet {
  readonly set: string
  readonly wish: DesiredSetInput
}

/** What belongs to one owner: all that his plans have made, part by part. */
export type AppliedPart = AppliedChain | AppliedSet

/** Names the part among those of its owner. */
export function keyOf(part: AppliedPart): string {
  return 'set' in part ? `set ${part.set}` : chainKey(part)
}

export function chainKey({ family, table, chain }: Omit<AppliedChain, 'wish'>): string {
  return `${family} ${table} ${chain}`
}

/**
 * What a desired state says, part by part, with the keys of what it wants away. Where a whole table was meant, its
 * chains are: what others put into another chain later is theirs. Entries that end by themselves are no part of it.
 *
 * @param mostEntries of a set that has more, none
 */
export function partsOf(
  { tables, sets, scope }: DesiredState,
  mostEntries: number,
): {
  readonly there: readonly AppliedPart[]
  readonly absent: readonly string[]
} {
  const there: AppliedPart[] = []
  const absent: string[] = []
  for (const { place, chains } of tables)
    for (const { name, policy, rules, exact, at, absent: isAbsent } of chains.values()) {
      const where = { ...place, chain: name }
      const wish: AppliedChain['wish'] = {
        ...(policy === 'ACCEPT' || policy === 'DROP' ? { policy } : {}),
        ...(rules === undefined ? {} : { rules: rules.map(({ text }) => text) }),
        ...(exact || scope === 'table' ? { exact: true } : {}),
        ...(at === 'end' ? {} : { at }),
      }
      if (isAbsent) absent.push(chainKey(where))
      else there.push({ ...where, wish })
    }
  for (const set of sets) {
    if (set.absent) absent.push(`set ${set.name}`)
    else {
      const { name, type, options, entries } = set
      const isKept = options.timeout === undefined && entries !== undefined && entries.length <= mostEntries
      // What an entry has counted is no wish.
      const plain = isKept ? entries.map(({ packets: _, bytes: __, ...entry }) => entry) : undefined
      there.push({
        set: name,
        wish: { type, ...options, ...(plain === undefined ? {} : { entries: plain }) },
      })
    }
  }
  return { there, absent }
}

/** The parts of one owner as a desired state: all that are to be there. */
export function desiredInput(owner: string, parts: Iterable<AppliedPart>): DesiredInput {
  const tables = new Map<
    string,
    { table: string; family: Family; chains: Record<string, DesiredChainInput> }
  >()
  const sets: Record<string, DesiredSetInput> = {}
  for (const part of parts) {
    if (part.wish.absent === true) continue
    if ('set' in part) {
      sets[part.set] = part.wish
      continue
    }
    const { table, family, chain, wish } = part
    const known = tables.get(`${family} ${table}`) ?? { table, family, chains: {} }
    tables.set(`${family} ${table}`, known)
    known.chains[chain] = wish
  }
  return { owner, tables: [...tables.values()], sets }
}

/** Reads the document of a part. @throws TypeError for one that this version has not written */
export function parsePart(key: string, document: string): AppliedPart {
  const wish: unknown = JSON.parse(document)
  if (typeof wish !== 'object' || wish === null) throw new TypeError(`${key}: ${document} is no part`)
  const [family = '', table = '', chain = ''] = key.split(' ')
  if (family === 'set') return { set: table, wish }
  if (family !== 'ipv4' && family !== 'ipv6') throw new TypeError(`${key} is the name of no part`)
  return { family, table, chain, wish }
}
