import type { FirewallEvents } from 'chainmail'
import type { History } from './history.ts'

/** Makes a revision of each repair of what somebody else had changed. @returns stops it */
export function recordRepairs(
  events: Pick<FirewallEvents, 'listen'>,
  history: History,
  onFault: (error: unknown, about: string) => void,
): () => void {
  return events.listen((event) => {
    if (event.kind !== 'repair' || event.outcome !== 'repaired') return
    const { diff = '' } = event
    const origin = { who: 'daemon', door: 'daemon', what: 'repair', why: event.detail } as const
    history
      .keep({ origin, what: 'repair', operations: diff === '' ? {} : { repaired: diff.split('\n') } })
      .catch((error: unknown) => onFault(error, 'the revision of a repair could not be kept'))
  })
}
