import { isDeepStrictEqual } from 'node:util'
import type { ChangedChain } from 'chainmail'
import type { Change, ChangedSet, Operations } from './revision.ts'

/** What some revisions have changed together: what one has done and a later one has undone does not show. */
export interface Difference {
  readonly chains: readonly ChangedChain[]
  readonly sets: readonly SetDifference[]
  readonly bans: NonNullable<Operations['bans']>
  readonly allowlist: NonNullable<Operations['allowlist']>
  readonly rfw: NonNullable<Operations['rfw']>
}

export interface SetDifference {
  readonly name: string
  readonly did: 'created' | 'destroyed' | 'changed'
  /** Elements. */
  readonly added: readonly string[]
  /** Lines of ipset(8) of the entries that have gone. */
  readonly removed: readonly string[]
}

/** @param operations of the revisions, the oldest first */
export function differenceOf(operations: readonly Operations[]): Difference {
  const chains = new Map<string, ChangedChain>()
  const sets = new Map<string, SetDifference>()
  const bans = new Map<string, Change<NonNullable<NonNullable<Operations['bans']>[number]['after']>>>()
  const allowlist = new Map<string, NonNullable<Operations['allowlist']>[number]>()
  const rfw = new Map<string, NonNullable<Operations['rfw']>[number]>()
  for (const one of operations) {
    for (const chain of one.chains ?? []) {
      const key = `${chain.family} ${chain.table} ${chain.chain}`
      chains.set(key, chainsTogether(chains.get(key), chain))
    }
    for (const set of one.sets ?? []) sets.set(set.name, setsTogether(sets.get(set.name), set))
    for (const ban of one.bans ?? []) {
      const { address = '', scope = '' } = ban.after ?? ban.before ?? {}
      together(bans, `${address} ${scope}`, ban)
    }
    for (const entry of one.allowlist ?? [])
      together(allowlist, (entry.after ?? entry.before)?.address ?? '', entry)
    for (const entry of one.rfw ?? []) together(rfw, (entry.after ?? entry.before)?.path ?? '', entry)
  }
  return {
    chains: [...chains.values()].filter(
      ({ did, policy, lines }) => did !== 'changed' || policy !== undefined || lines.length > 0,
    ),
    sets: [...sets.values()].filter(
      ({ did, added, removed }) => did !== 'changed' || added.length + removed.length > 0,
    ),
    bans: [...bans.values()].filter(isChange),
    allowlist: [...allowlist.values()].filter(isChange),
    rfw: [...rfw.values()].filter(isChange),
  }
}

function isChange({ before, after }: Change<unknown>): boolean {
  return !isDeepStrictEqual(before, after)
}

function together<Value>(
  all: Map<string, Change<Value>>,
  key: string,
  { before, after }: Change<Value>,
): void {
  const earlier = all.get(key)
  all.set(key, { before: earlier === undefined ? before : earlier.before, after })
}

const COUNTERS = /^\[\d+:\d+\] /

function chainsTogether(earlier: ChangedChain | undefined, later: ChangedChain): ChangedChain {
  const lines = [...(earlier?.lines ?? [])]
  for (const line of later.lines) {
    const opposite = line.startsWith('+') ? '-' : '+'
    if (line.startsWith(' ')) continue
    const text = line.slice(1).replace(COUNTERS, '')
    const undone = lines.findIndex(
      (known) => known.startsWith(opposite) && known.slice(1).replace(COUNTERS, '') === text,
    )
    if (undone === -1) lines.push(line)
    else lines.splice(undone, 1)
  }
  const before = earlier?.policy?.before ?? later.policy?.before
  const after = later.policy?.after ?? earlier?.policy?.after
  const { table, family, chain } = later
  return {
    table,
    family,
    chain,
    did: didTogether(earlier?.did, later.did),
    ...(before === undefined || after === undefined || before === after ? {} : { policy: { before, after } }),
    lines: lines.filter((line) => !line.startsWith(' ')),
  }
}

function didTogether(
  earlier: ChangedChain['did'] | undefined,
  later: ChangedChain['did'],
): ChangedChain['did'] {
  if (earlier === undefined || earlier === 'changed') return later
  if (earlier === 'created') return later === 'removed' ? 'changed' : 'created'
  return later === 'created' ? 'changed' : 'removed'
}

function setsTogether(earlier: SetDifference | undefined, later: ChangedSet): SetDifference {
  const known = earlier ?? { name: later.name, did: 'changed', added: [], removed: [] }
  if (later.do === 'destroy') return { ...known, did: known.did === 'destroyed' ? 'changed' : 'created' }
  const added = new Set(known.added)
  const removed = new Map(known.removed.map((line) => [elementOf(line), line]))
  for (const line of later.put) if (!added.delete(elementOf(line))) removed.set(elementOf(line), line)
  for (const element of later.take) if (!removed.delete(element)) added.add(element)
  const isGone = later.do === 'create'
  const did = isGone ? (known.did === 'created' ? 'changed' : 'destroyed') : known.did
  return { name: later.name, did, added: [...added], removed: [...removed.values()] }
}

/** Of `add NAME ELEMENT …`. */
function elementOf(line: string): string {
  return line.split(' ', 3)[2] ?? ''
}
