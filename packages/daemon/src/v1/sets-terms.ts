import type { FastifyRequest } from 'fastify'
import { DaemonError } from '../errors.ts'
import { MOST_COMPARED, snapshotOf } from '../history/set-changes.ts'
import { GuardedSet } from './guarded-set.ts'
import { safetyOf } from './safety.ts'
import { foreignSet, refuseOwned, type SetDoor, type SetFirewall } from './sets-firewall.ts'
import { termsOf } from './terms.ts'
import { setVersion } from './versions.ts'

/**
 * A set that a request may change on its terms: its condition is looked at beforehand, and again in the set's turn,
 * before the first change.
 *
 * @throws DaemonError `set-owned`; KernelError `set-not-found`
 */
export async function setOnTerms(
  firewall: SetFirewall,
  request: FastifyRequest,
  name: string,
  grow = true,
): Promise<{ readonly dryRun: boolean; readonly set: SetDoor }> {
  const terms = termsOf(request)
  const compare = async (): Promise<void> => {
    const { description, entries } = await snapshotOf(await firewall.set(name))
    if (entries === undefined)
      throw new DaemonError(
        'changed-meanwhile',
        `The set ${name} has more than ${MOST_COMPARED} entries, so it has no version that could be compared. Nothing was done.`,
      )
    terms.check(setVersion(description, entries.values()))
  }
  let isChecked = false
  const check = async (): Promise<void> => {
    if (isChecked) return
    isChecked = true
    await compare()
  }
  const handling = terms.isConditional ? { grow, check } : { grow }
  refuseOwned(name)
  // A stream has begun to answer when its first change is made.
  if (terms.isConditional) await compare()
  const set = await foreignSet(firewall, name, handling)
  const { guard } = safetyOf(request)
  return {
    dryRun: terms.dryRun,
    set: guard === undefined ? set : new GuardedSet(set, firewall.setGuard(name, guard)),
  }
}
