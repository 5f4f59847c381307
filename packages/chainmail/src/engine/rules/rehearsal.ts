import { RestoreError } from '@chainmail/kernel'
import type { Place } from './operation.ts'
import type { RuleDoors } from './writer.ts'

/**
 * Lines behind a change by which its commit always fails, and only when all else was looked at: a chain that holds a
 * rule cannot be removed. iptables-nft leaves it to the kernel to say so, which then drops the commit as a whole.
 */
const doom = ['-N chainmail-rehearsal', '-A chainmail-rehearsal -j RETURN', '-X chainmail-rehearsal'] as const

/**
 * Lets the host's own iptables-restore, and with nf_tables the kernel too, refuse lines as it would refuse a commit of
 * them, and changes nothing: they stand before {@link doom}. What nf_tables looks at only when all else was taken, such
 * as a loop of chains, it does not tell.
 *
 * @throws RestoreError what the first refused line is refused for
 */
export async function rehearseLines(doors: RuleDoors, place: Place, lines: readonly string[]): Promise<void> {
  try {
    await doors.commit(place, [...lines, ...doom])
  } catch (error) {
    if (error instanceof RestoreError && error.lineIndex === lines.length + doom.length - 1) return
    throw error
  }
}
