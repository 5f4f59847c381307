import type { BanOptions, Firewall, Probation } from 'chainmail'
import type { Asker, BanTerms } from '../bans/asker.ts'
import type { BanBook } from '../bans/ban-book.ts'
import { type MadeBan, Refused } from '../bans/ban-request.ts'
import type { ProbationDecisions } from './probation-decisions.ts'

export interface BanProbationParts {
  readonly firewall: Pick<Firewall, 'onProbation'> & {
    readonly bookedBans: Pick<Firewall['bookedBans'], 'touchedBy'>
  }
  readonly book: BanBook
  readonly decisions: Pick<ProbationDecisions, 'watch'>
}

/** A ban that is to be made on probation. */
export interface BanOnProbation extends BanTerms {
  readonly address: string
  readonly options: BanOptions
  readonly asker: Asker
  readonly confirmWithin: string
}

/**
 * Makes a ban that is what it was before unless it is confirmed: in the kernel by the guard, and in the store by the
 * daemon, or by its next start.
 *
 * @throws as `BanBook.ban` does; ChainmailError `probation-pending`, `guard-failed`, `probation-over`
 */
export async function banOnProbation(
  { firewall, book, decisions }: BanProbationParts,
  { address, options, asker, check, confirmWithin }: BanOnProbation,
): Promise<{ readonly made: MadeBan; readonly probation: Probation }> {
  const { outcomes, operations } = await book.rehearseBans([{ address, ...options }], asker, { check })
  for (const outcome of outcomes) if (outcome instanceof Refused) throw outcome.reason
  const sets = firewall.bookedBans.touchedBy(operations.bans ?? [])
  const { result, probation } = await firewall.onProbation(
    { tables: [], sets },
    confirmWithin,
    async (id) => {
      decisions.watch(id)
      const made = await book.ban(address, { ...options, ...asker, check, probation: id })
      decisions.watch(id)
      return made
    },
  )
  return { made: result, probation }
}
