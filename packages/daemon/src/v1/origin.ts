import type { IncomingMessage } from 'node:http'
import { ChainmailError } from 'chainmail'
import type { FastifyReply } from 'fastify'
import { doorOf } from '../doors/http-server.ts'
import type { Origin } from '../history/revision.ts'
import { callerOf } from '../identity/caller.ts'

/** Says why a change is made: text, in UTF-8 and percent-encoded where it is not ASCII. */
export const WHY_HEADER = 'chainmail-why'

/** Of answers: the number of the change in the history. */
export const REVISION_HEADER = 'chainmail-revision'

/** Characters of a reason. */
const LONGEST_WHY = 500

/** Who sends a request, and why. @throws ChainmailError `bad-reason` */
export function originOf(request: IncomingMessage): Origin {
  const door = doorOf(request)
  const who = callerOf(request)?.name ?? door
  const given = request.headers[WHY_HEADER]
  if (typeof given !== 'string' || given === '') return { who, door }
  return { who, door, why: readWhy(given) }
}

/** Tells the number of the change in the header of the answer. */
export function withRevision(reply: FastifyReply, revision: number | undefined): FastifyReply {
  return revision === undefined ? reply : reply.header(REVISION_HEADER, String(revision))
}

function readWhy(text: string): string {
  const why = decoded(text)
  if (why.length <= LONGEST_WHY) return why
  throw new ChainmailError(
    'bad-reason',
    `${WHY_HEADER}: the reason has more than ${LONGEST_WHY} characters.`,
    {
      path: WHY_HEADER,
    },
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ChainmailError(
      'bad-reason',
      `${WHY_HEADER}: a % in it begins no percent-encoded UTF-8; write %25 for the sign itself.`,
      { path: WHY_HEADER },
    )
  }
}
