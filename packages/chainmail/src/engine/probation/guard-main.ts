import { writeSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { Ipset } from '@chainmail/kernel'
import { SetTurns } from '../set-turns.ts'
import { XtablesPipes } from '../xtables-pipes.ts'
import { milliseconds, monotonicNow } from './clock.ts'
import type { Journal } from './journal.ts'
import { type Found, JournalFolder } from './journal-folder.ts'
import { takeBack } from './take-back.ts'

/**
 * The guard of one probation: `guard-main FOLDER ID`, a process of its own.
 *
 * 1. It says that it stands by when it has read the journal, and has loaded all that taking the change back needs: an
 *    update of the files or a full disk do not matter any more.
 * 2. Until the deadline it sleeps. It is told when the probation is decided, and ends at once.
 * 3. Hanging up and Ctrl-C do not reach it. Asked to end (SIGTERM) it takes the change back first, and so does it when
 *    the folder with the journal is removed, at the deadline.
 */

/** Milliseconds between attempts to take a change back that fail. */
const PAUSES = [200, 1_000, 5_000, 15_000, 60_000]

const [, , path = '', id = ''] = process.argv
const folder = new JournalFolder(path)
const found = folder.find(id)
const journal = found === undefined ? undefined : folder.read(found)
if (journal === undefined) throw new Error(`There is no probation ${id} in ${path}.`)

for (const signal of ['SIGHUP', 'SIGINT'] as const) process.on(signal, () => {})
// One that takes the place of another does not begin anew.
const deadline = folder.guardOf(id)?.deadline ?? monotonicNow() + journal.within
folder.guard(id, deadline)
writeSync(1, 'armed\n')
await decidedOrDue(deadline)
const state = folder.find(id)?.state
if (state === undefined || state === 'pending') await revert(journal, folder.find(id))

/** Resolves when the probation is decided, when its time is over, or when this process is asked to end. */
async function decidedOrDue(deadline: bigint): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  process.on('SIGTERM', () => resolve())
  const timer = setTimeout(resolve, milliseconds(deadline - monotonicNow()))
  const look = (): void => {
    const state = folder.find(id)?.state
    if (state !== undefined && state !== 'pending') resolve()
  }
  const stop = folder.watch(look)
  look()
  await promise
  clearTimeout(timer)
  stop()
}

async function revert(journal: Journal, pending: Found | undefined): Promise<void> {
  // Somebody else was faster, and is at it.
  if (pending !== undefined && !folder.claim(pending)) return
  const ipset = new Ipset()
  for (const wait of [...PAUSES, undefined]) {
    const pipes = new XtablesPipes(journal.backend)
    try {
      await takeBack(journal, {
        ipset,
        turns: new SetTurns(),
        list: (family) => pipes.list(family),
        commit: (place, lines) => pipes.commit(place, lines),
      })
      folder.finish(id, 'reverted')
      break
    } catch {
      if (wait === undefined) folder.finish(id, 'failed')
      else await pause(wait)
    } finally {
      await pipes.close()
    }
  }
  ipset.close()
}
