import type { Command } from '../rfw/command.ts'
import type { PlacedEntry } from '../rfw/entries.ts'
import type { Entry } from '../rfw/entry.ts'
import type { Need, NeededBan } from './needs.ts'

/** What a command of rfw's needs. */
export type RfwNeeds = readonly Need[]

/**
 * To drop and to reject is to ban in the scope of the chain, as wide as the wider of the networks that are named; to take
 * that back is to unban. To accept, which lets in what bans and rules keep out, edits the chain; and so does an entry
 * that names no network, since it keeps away what is allowed too.
 *
 * @param held the entry that is there already
 * @param now milliseconds since 1970
 */
export function rfwNeeds(
  command: Command,
  held: (entry: Entry) => Pick<PlacedEntry, 'until'> | undefined,
  now: number,
): RfwNeeds {
  if (command.do === 'help') return [{ kind: 'anyone' }]
  if (command.do === 'list') return [{ kind: 'read' }]
  const { entry } = command
  const { action, chain, family } = entry
  const networks = [entry.source, entry.destination].flatMap((network) => network ?? [])
  const [widest] = networks.toSorted((one, other) => one.prefix - other.prefix)
  if (action === 'accept' || widest === undefined)
    return [
      {
        kind: 'edit',
        chains: [{ family, table: 'filter', chain: chain.toUpperCase() }],
        sets: [],
      },
    ]
  const address = widest.text
  const blocks: NeededBan['blocks'] = [{ family, prefix: widest.prefix }]
  if (command.do === 'delete') return [{ kind: 'unban', address, blocks, scopes: [chain] }]
  const seconds = command.seconds === 0 ? undefined : command.seconds
  return [
    { kind: 'ban', address, blocks, scopes: [chain], seconds, shortens: shortens(held(entry), seconds, now) },
  ]
}

function shortens(
  held: Pick<PlacedEntry, 'until'> | undefined,
  seconds: number | undefined,
  now: number,
): boolean {
  if (held === undefined || seconds === undefined) return false
  return held.until === undefined || held.until > now + seconds * 1000
}
