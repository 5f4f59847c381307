import { type BookedBan, type ChangedChain, isOwnedName, type PastChange } from 'chainmail'

/** By which way a change came in. */
export const doors = ['socket', 'loopback', 'https', 'rfw', 'daemon'] as const

export type DoorName = (typeof doors)[number]

/** Who changes something, and why. */
export interface Origin {
  readonly who: string
  readonly door: DoorName
  /** In the words of who asks. */
  readonly why?: string | undefined
  /** What it belongs to, where that is not what is changed. */
  readonly what?: Extract<What, 'plan' | 'rollback' | 'repair' | 'probation'> | undefined
  /** The id of the probation that it is on: until that is decided, the store remembers which changes belong to it. */
  readonly probation?: string | undefined
}

/** What kinds of change there are: of what is changed, or of why. */
export const whats = [
  'rules',
  'sets',
  'bans',
  'allowlist',
  'rfw',
  'plan',
  'rollback',
  'repair',
  'probation',
] as const

export type What = (typeof whats)[number]

/** One value before and after; absent where there was, or is, none. */
export interface Change<Value> {
  readonly before?: Value | undefined
  readonly after?: Value | undefined
}

export interface AllowedEntry {
  readonly address: string
  readonly reason?: string | undefined
}

/** What the rfw protocol has been asked for. */
export interface RfwEntry {
  /** The path that asks for it. */
  readonly path: string
  /** Milliseconds since 1970; absent for ever. */
  readonly until?: number | undefined
}

/** How a set becomes what it was. */
export type ChangedSet = PastChange['sets'][number]

/** What a revision has changed, with all that is needed to undo it. */
export interface Operations {
  readonly chains?: readonly ChangedChain[]
  readonly sets?: readonly ChangedSet[]
  readonly bans?: readonly Change<BookedBan>[]
  readonly allowlist?: readonly Change<AllowedEntry>[]
  readonly rfw?: readonly Change<RfwEntry>[]
  /** What cannot be undone, in a sentence each. */
  readonly irreversible?: readonly string[]
  /**
   * What others had changed and was put right, in short lines: `+` had come, `-` had gone, `>` had moved. Undoing a
   * repair would be their change again, so nothing is undone of it.
   */
  readonly repaired?: readonly string[]
}

/** How many there are of each kind of change; those that are not there are left out. */
export type Summary = Readonly<Partial<Record<SummaryName, number>>>

export const summaryNames = [
  'rulesAdded',
  'rulesRemoved',
  'chainsCreated',
  'chainsRemoved',
  'policies',
  'setsCreated',
  'setsDestroyed',
  'setsChanged',
  'entriesAdded',
  'entriesRemoved',
  'banned',
  'renewed',
  'unbanned',
  'allowed',
  'disallowed',
  'rfwPut',
  'rfwDeleted',
] as const

export type SummaryName = (typeof summaryNames)[number]

/** A numbered change, without its operations. */
export interface RevisionHead {
  /** Later ones have higher ones. */
  readonly number: number
  /** Milliseconds since 1970. */
  readonly time: number
  readonly what: What
  readonly who: string
  readonly door: DoorName
  readonly why?: string
  readonly summary: Summary
}

export interface Revision extends RevisionHead {
  readonly operations: Operations
}

/** A change that is to be kept. */
export interface NewRevision {
  readonly origin: Origin
  /** Unless the origin says what it belongs to. */
  readonly what: What
  readonly operations: Operations
  /** Kept with it. */
  readonly also?: Also | undefined
}

/** Something that the store keeps with a revision, in the same transaction. @returns writes back what was there */
export type Also = () => () => void

/** Counts what some operations do. */
export function summaryOf(operations: Operations): Summary {
  const { chains = [], sets = [], bans = [], allowlist = [], rfw = [] } = operations
  const counts: Partial<Record<SummaryName, number>> = {}
  const add = (name: SummaryName, count = 1): void => {
    if (count > 0) counts[name] = (counts[name] ?? 0) + count
  }
  for (const { chain, did, policy, lines } of chains) {
    // In which chainmail keeps its own books.
    if (isOwnedName(chain)) continue
    if (did === 'created') add('chainsCreated')
    if (did === 'removed') add('chainsRemoved')
    if (policy !== undefined) add('policies')
    for (const line of lines) {
      if (line.startsWith('+')) add('rulesAdded')
      else if (line.startsWith('-')) add('rulesRemoved')
    }
  }
  for (const set of sets) {
    // What has to be done to undo it is the opposite of what was done.
    if (set.do === 'destroy') add('setsCreated')
    else {
      add(set.do === 'create' ? 'setsDestroyed' : 'setsChanged')
      add('entriesAdded', set.take.length)
      add('entriesRemoved', set.put.length)
    }
  }
  for (const { before, after } of bans) {
    const [was, is] = [before !== undefined && !before.exempt, after !== undefined && !after.exempt]
    if (is) add(was ? 'renewed' : 'banned')
    else if (was || after?.exempt === true) add('unbanned')
  }
  for (const { after } of allowlist) add(after === undefined ? 'disallowed' : 'allowed')
  for (const { after } of rfw) add(after === undefined ? 'rfwDeleted' : 'rfwPut')
  return counts
}
