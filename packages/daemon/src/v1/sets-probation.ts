import type { EntryInput } from '@chainmail/kernel'
import { ChainmailError, type Transaction } from 'chainmail'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { MOST_COMPARED } from '../history/set-changes.ts'
import type { Transactions } from '../history/transactions.ts'
import { originOf, withRevision } from './origin.ts'
import { type ProbationDocument, probationDocument, safetyOf, withProbation } from './safety.ts'
import { termsOf } from './terms.ts'

/** What the answer to a change on probation tells of it. */
export interface ProbationWords {
  readonly revision: number | undefined
  readonly probation: ProbationDocument | undefined
}

/**
 * Changes the content of a set on probation, as a transaction of that set alone.
 *
 * @throws ChainmailError `bad-request` where the request has a condition; what the transaction is refused for
 */
export async function onSetProbation(
  transactions: Transactions,
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  { confirmWithin, record }: { confirmWithin: string; record: (transaction: Transaction) => void },
): Promise<ProbationWords> {
  if (termsOf(request).isConditional)
    throw new ChainmailError(
      'bad-request',
      'A change of a set on probation heeds no if-match and no if-none-match: leave one of the two out.',
      { path: 'confirmWithin' },
    )
  const origin = originOf(request.raw)
  const { guard } = safetyOf(request)
  const { revision, probation } = await transactions.run(origin, [name], record, { confirmWithin, guard })
  withRevision(withProbation(reply, probation), revision)
  return { revision, probation: probationDocument(probation) }
}

/** Entries that are passed on and kept. */
export class KeptEntries {
  readonly #entries: EntryInput[] = []

  /** @throws ChainmailError `bad-request` where there are more than can be on probation */
  async *of(entries: AsyncIterable<EntryInput>): AsyncGenerator<EntryInput, void> {
    for await (const entry of entries) {
      if (this.#entries.length === MOST_COMPARED)
        throw new ChainmailError(
          'bad-request',
          `At most ${MOST_COMPARED} entries of a set can be on probation: leave confirmWithin out.`,
          { path: 'confirmWithin' },
        )
      this.#entries.push(entry)
      yield entry
    }
  }

  /** Makes a set hold exactly these. */
  replaceIn(transaction: Transaction, set: string): void {
    transaction.flushSet(set)
    for (const entry of this.#entries) {
      const { element, ...options } = typeof entry === 'string' ? { element: entry } : entry
      transaction.addEntry(set, element, options)
    }
  }
}
