import type { FirewallDoors } from '../doors.ts'
import { XtablesPipes } from '../rules/xtables-pipes.ts'
import type { Journal } from './journal.ts'
import { type TakenBack, takeBack } from './take-back.ts'

/** Takes a change back in turn with what else this process writes, on whichever backend it was made. */
export function takeBackInTurn(
  journal: Journal,
  { backend, sets, writer, pipes: own }: Pick<FirewallDoors, 'backend' | 'sets' | 'writer' | 'pipes'>,
): Promise<TakenBack> {
  const names = journal.sets.map(({ name }) => name)
  return sets.turns.takeWhole(names, () =>
    writer.alone(async () => {
      const isOurs = journal.backend === backend
      const pipes = isOurs ? own : new XtablesPipes(journal.backend)
      try {
        return await takeBack(journal, {
          ...sets,
          list: (family) => pipes.list(family),
          commit: (place, lines) => pipes.commit(place, lines),
        })
      } finally {
        if (!isOurs) await pipes.close()
      }
    }),
  )
}
