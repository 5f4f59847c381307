import { writeSync } from 'node:fs'
import module from 'node:module'
import { setTimeout as pause } from 'node:timers/promises'
import { Ipset } from '@chainmail/kernel'
import { XtablesPipes } from '../rules/xtables-pipes.ts'
import { SetTurns } from '../sets/set-turns.ts'
import { milliseconds, monotonicNow } from './clock.ts'
import type { Journal } from './journal.ts'
import { isHalfMade, JournalFolder } from './journal-folder.ts'
import { takeBack } from './take-back.ts'

/**
 * The guard of one probation, a process of its own: guard-main.ts.
 *
 * 1. It says that it stands by when it has read the journal, and has loaded all that taking the change back needs: an
 *    update of the files or a full disk do not matter any more.
 * 2. Until the deadline it sleeps. It is told when the probation is decided, and ends at once.
 * 3. When who makes the change dies on the way, it takes back at once what is made of it.
 * 4. Hanging up and Ctrl-C do not reach it. Asked to end (SIGTERM) it takes the change back first, and so does it when
 *    the folder with the journal is removed, at the deadline.
 */

/** Milliseconds between looks at who makes the change. */
const MAKER_LOOKED_AT = 250

/** Milliseconds between attempts to take a change back that fail. */
const PAUSES = [200, 1_000, 5_000, 15_000, 60_000]

const [, , path = '', id = ''] = process.argv
const folder = new JournalFolder(path)
const found = folder.find(id)
let journal = found === undefined ? undefined : folder.read(found)
if (journal === undefined) throw new Error(`There is no probation ${id} in ${path}.`)

for (const signal of ['SIGHUP', 'SIGINT'] as const) process.on(signal, () => {})
// Before it says that it stands by: from then on somebody may ask it to end.
const over = Promise.withResolvers<void>()
process.on('SIGTERM', () => over.resolve())
// One that takes the place of another does not begin anew.
const deadline = folder.guardOf(id)?.deadline ?? monotonicNow() + journal.within
folder.guard(id, deadline)
writeSync(1, 'armed\n')
module.flushCompileCache()
await decidedOrDue(deadline)
if (claimed()) await revert(journal)

/** Resolves when the probation is decided, when its time is over, or when this process is asked to end. */
async function decidedOrDue(deadline: bigint): Promise<void> {
  const { promise, resolve } = over
  const timer = setTimeout(resolve, milliseconds(deadline - monotonicNow()))
  const makers = setInterval(() => look(), MAKER_LOOKED_AT)
  const look = (): void => {
    const found = folder.find(id)
    if (found === undefined) return
    if (found.state !== 'pending' || isHalfMade(found)) resolve()
    if (found.by !== undefined) return
    // It is made, and what it has touched is known for good.
    clearInterval(makers)
    journal = folder.read(found) ?? journal
  }
  const stop = folder.watch(look)
  look()
  await promise
  clearTimeout(timer)
  clearInterval(makers)
  stop()
}

/** Whether it is for this process to take the change back. Where the folder was removed, nobody else can. */
function claimed(): boolean {
  for (;;) {
    const found = folder.find(id)
    if (found === undefined) return true
    if (found.state !== 'pending') return false
    journal = folder.read(found) ?? journal
    if (folder.claim(found)) return true
  }
}

async function revert(journal: Journal): Promise<void> {
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
