import { createHash } from 'node:crypto'
import type { SetDescription, SetEntry } from '@chainmail/kernel'
import type { BookedBan, Table } from 'chainmail'

/*
 * Names for what something is: the same for as long as nobody changes it, whoever that is. What packets count and what
 * time runs off is left out.
 */

type Chain = Table['chains'][number]

/** Names a value. */
export function versionOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22)
}

export function chainVersion(chain: Chain | undefined): string | undefined {
  return chain === undefined ? undefined : versionOf(partsOf(chain))
}

/** Of all the tables of a family or of both. */
export function tablesVersion(
  families: readonly { readonly family: string; readonly tables: readonly Table[] }[],
): string {
  return versionOf(
    families.map(({ family, tables }) => [
      family,
      tables.map(({ name, chains }) => [name, chains.map(partsOf)]),
    ]),
  )
}

function partsOf({ name, policy, rules }: Chain): unknown {
  return [name, policy, rules.map(({ text }) => text)]
}

/** Of a set with its entries, in whatever order the kernel tells them. */
export function setVersion({ name, type, options }: SetDescription, entries: Iterable<SetEntry>): string {
  const { initval: _, hashsize: __, ...lasting } = options
  const texts = Array.from(entries, ({ element, comment, nomatch, skbmark, skbprio, skbqueue }) =>
    JSON.stringify([element, comment, nomatch, skbmark, skbprio, skbqueue]),
  )
  return versionOf([name, type, Object.entries(lasting).toSorted(byName).map(String), texts.toSorted()])
}

function byName([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1
}

/** Of the bans that stand exactly at some places; undefined where none does. */
export function banVersion(bans: readonly BookedBan[]): string | undefined {
  if (bans.length === 0) return undefined
  return versionOf(
    bans.map(({ address, scope, since, until, reason, who }) => [address, scope, since, until, reason, who]),
  )
}
