import type { EntryInput, SetDescription, SetEntry } from '@chainmail/kernel'
import { type GuardOptions, isOwnedName, type SetGuard, type SetOptions } from 'chainmail'
import { DaemonError } from '../errors.ts'

/** What became of entries: those that were not refused are in, up to where a failure broke off. */
export interface BulkChange {
  readonly accepted: number
  readonly refused: readonly RefusedEntry[]
}

export interface RefusedEntry {
  /** Counted from 0. */
  readonly index: number
  readonly code: string
  readonly message: string
}

export interface ReplaceResult {
  readonly added: number
  readonly kept: number
  readonly removed: number
}

/** What the routes need of the library. */
export interface SetFirewall {
  setNames(): readonly string[]
  set(name: string, options?: undefined, handling?: SetHandling): Promise<SetDoor>
  rehearseSet(name: string, options: SetOptions): Promise<void>
  setGuard(name: string, guard: GuardOptions): SetGuard
  transaction(record: (transaction: SetTransaction) => void): Promise<unknown>
}

export interface SetHandling {
  readonly grow?: boolean
  /** Called before each change, when all that was done to the set before is done; what it throws ends the change. */
  readonly check?: (() => Promise<void>) | undefined
}

/** A copy of a set, which goes when it is disposed of. */
export interface SetRehearsal extends AsyncDisposable {
  readonly set: SetDoor
}

interface WholeOptions {
  /** Only finds out what it would be refused for. */
  readonly dryRun?: boolean
}

export interface SetTransaction {
  createSet(name: string, options: SetOptions): void
}

export interface ExpectedSize {
  /** About how many entries come. */
  readonly expected?: number
}

export interface AddOptions extends ExpectedSize {
  /** Whether an entry that is there gets timeout, counters and comment anew, as it does if not said, or is refused. */
  readonly exists?: 'ignore' | 'fail'
}

export interface SetDoor {
  description(): Promise<SetDescription>
  has(element: string): Promise<boolean>
  /** Some entries at a time. */
  entryBatches(): AsyncIterable<readonly SetEntry[]>
  addMany(entries: Iterable<EntryInput>, options?: AddOptions): Promise<BulkChange>
  deleteMany(entries: Iterable<EntryInput>): Promise<BulkChange>
  replace(entries: AsyncIterable<EntryInput>, options?: ExpectedSize): Promise<ReplaceResult>
  rename(name: string, options?: WholeOptions): Promise<void>
  swap(other: SetDoor, options?: WholeOptions): Promise<void>
  flush(): Promise<void>
  destroy(options?: WholeOptions): Promise<void>
  rehearsal(): Promise<SetRehearsal>
}

/** Refuses the sets that chainmail keeps for itself. @throws DaemonError `set-owned` */
export function refuseOwned(name: string): void {
  if (!isOwnedName(name)) return
  throw new DaemonError(
    'set-owned',
    `The set name ${JSON.stringify(name.slice(0, 60))} is one of chainmail's own, which these routes only show. Take a name without the prefix chainmail-, or ban and unban.`,
  )
}

/** A set that these routes may change. @throws DaemonError `set-owned`; KernelError `set-not-found` */
export async function foreignSet(
  firewall: SetFirewall,
  name: string,
  handling: SetHandling = {},
): Promise<SetDoor> {
  refuseOwned(name)
  return firewall.set(name, undefined, handling)
}
