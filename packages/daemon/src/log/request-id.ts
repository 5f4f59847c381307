import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Names a request in the logs of all who had a hand in it; taken from who sends it, and sent back. */
export const REQUEST_ID_HEADER = 'chainmail-request-id'

/** What is taken from others: nothing that could mean anything to a log, a shell or a terminal. */
const TAKEN = /^[\w.:-]{1,64}$/

/** Gives each request the name that it brings, or one that no other request of any daemon has. */
export function requestIds(): (request: Pick<IncomingMessage, 'headers'>) => string {
  const start = randomBytes(6).toString('hex')
  let made = 0
  return ({ headers }) => {
    const given = headers[REQUEST_ID_HEADER]
    return typeof given === 'string' && TAKEN.test(given) ? given : `${start}-${(++made).toString(36)}`
  }
}
