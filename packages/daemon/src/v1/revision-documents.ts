import type { BookedBan } from 'chainmail'
import type { Difference } from '../history/difference.ts'
import type { Change, Operations, Revision, RevisionHead, RfwEntry } from '../history/revision.ts'

type Document = Readonly<Record<string, unknown>>

export function headDocument({ time, ...head }: RevisionHead): Document {
  return { ...head, time: timeText(time) }
}

export function revisionDocument({ operations, ...head }: Revision): Document {
  return { ...headDocument(head), operations: operationsDocument(operations) }
}

export function differenceDocument(from: number, to: number, difference: Difference): Document {
  return { from, to, ...difference, ...booksDocument(difference) }
}

/** What was changed, as the history tells it. */
export function operationsDocument(operations: Operations): Document {
  return { ...operations, ...booksDocument(operations) }
}

function booksDocument({ bans, rfw }: Pick<Operations, 'bans' | 'rfw'>): Document {
  return {
    bans: bans?.map((change) => both(change, banDocument)),
    rfw: rfw?.map((one) => both(one, rfwDocument)),
  }
}

function both<Value>({ before, after }: Change<Value>, documentOf: (value: Value) => Document): Document {
  return {
    before: before === undefined ? undefined : documentOf(before),
    after: after === undefined ? undefined : documentOf(after),
  }
}

function banDocument({ since, until, ...ban }: BookedBan): Document {
  return { ...ban, since: timeText(since), until: until === undefined ? undefined : timeText(until) }
}

function rfwDocument({ path, until }: RfwEntry): Document {
  return { path, until: until === undefined ? undefined : timeText(until) }
}

function timeText(time: number): string {
  return new Date(time).toISOString()
}
