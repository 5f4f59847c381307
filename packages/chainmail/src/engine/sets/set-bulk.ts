import type { BulkError, EntryInput } from '@chainmail/kernel'
import { ChainmailError, type ErrorCode, isErrorCode } from '../../errors.ts'
import { changedMeanwhile } from './set-aside.ts'
import { growSet, prepareSet, type SetDoors } from './set-growth.ts'
import { SMALL } from './set-size.ts'
import { countOf, type EntryFailure, type EntrySource, failureOf, pour } from './set-source.ts'

export interface BulkChangeOptions {
  /**
   * With `ignore`, an entry that is there when it is added gets timeout, counters and comment anew, and one that is
   * deleted may be missing; with `fail` it counts as refused. An add ignores and a delete fails unless told otherwise.
   */
  readonly exists?: 'ignore' | 'fail'
  /**
   * About how many entries come, where the entries themselves don't tell. The hash of an add is sized for them
   * beforehand, which makes it faster; the room of the set (maxelem) still grows only when it is needed, and then for all of them.
   */
  readonly expected?: number
  /** Called for each entry that was not taken; they are collected unless it is there. */
  readonly onRefused?: (failure: EntryFailure) => void
}

/** What became of many entries. */
export interface BulkChange {
  /** How many entries the kernel has taken. */
  readonly accepted: number
  /** Those that it has not, unless `onRefused` has seen them; all others are in. */
  readonly refused: readonly EntryFailure[]
}

/** Entries broke off in the middle; those before that stay. The code is the reason's, or `entries-broke-off`. */
export class BrokenBulkError extends ChainmailError implements BulkChange {
  /** How many entries the kernel has taken before. */
  readonly accepted: number
  readonly refused: readonly EntryFailure[]

  constructor(name: string, change: BulkChange, reason: unknown) {
    const words = reason instanceof Error ? reason.message : String(reason)
    super(
      codeOf(reason),
      `The entries for the set ${name} broke off, and ${change.accepted} of them had been taken: ${words}`,
      { cause: reason },
    )
    this.accepted = change.accepted
    this.refused = change.refused
  }
}

/**
 * Adds or deletes many entries. The caller has the set's turn, not that of its content.
 * @throws BrokenBulkError
 */
export async function changeMany(
  doors: SetDoors,
  command: 'add' | 'del',
  name: string,
  entries: EntrySource,
  options: BulkChangeOptions & { readonly grow: boolean },
): Promise<BulkChange> {
  const { ipset, turns } = doors
  const refused: EntryFailure[] = []
  const report = options.onRefused ?? ((failure: EntryFailure) => void refused.push(failure))
  /** Why the set could not be made larger; it is not tried again. */
  let limit: string | undefined
  const onFull = async (): Promise<boolean> => {
    if (limit !== undefined) return false
    try {
      await turns.takeContent([name], () => growSet(doors, name, options.expected))
      return true
    } catch (error) {
      if (!(error instanceof ChainmailError) || error.code !== 'set-full') throw error
      limit = error.message
      return false
    }
  }
  const onError = (error: BulkError, entry: EntryInput | undefined): void => {
    const failure = failureOf(error, entry)
    const isLimited = failure.code === 'set-full' && limit !== undefined
    report(isLimited ? { ...failure, message: `${failure.message} ${limit}` } : failure)
  }
  const count = countOf(entries)
  const coming = command === 'add' ? (count ?? options.expected ?? 0) : 0
  if (coming > SMALL) {
    const grow = options.grow && count !== undefined
    await turns.takeContent([name], () => prepareSet(doors, name, coming, { grow }))
  }
  await using stream = ipset.stream(command, name, {
    exists: options.exists ?? (command === 'add' ? 'ignore' : 'fail'),
    onError,
    ...(command === 'add' && options.grow ? { onFull } : {}),
  })
  try {
    await pour(entries, stream)
  } catch (error) {
    // What came before the break goes in, unless it is the set that is gone.
    await stream.flush().catch(() => undefined)
    throw new BrokenBulkError(name, { accepted: stream.accepted, refused }, changedMeanwhile(name, error))
  }
  return { accepted: stream.accepted, refused }
}

function codeOf(reason: unknown): ErrorCode {
  return reason instanceof Error && 'code' in reason && isErrorCode(reason.code)
    ? reason.code
    : 'entries-broke-off'
}
