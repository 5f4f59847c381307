import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { DaemonError } from '../errors.ts'

/** JSON texts, one a line. */
export const NDJSON = 'application/x-ndjson'

/** Milliseconds that a caller may take to read some of an answer. */
export const READING_TIME = 60_000

/** @throws DaemonError `unsupported-media-type` */
export function checkMediaType(type: string | undefined): void {
  if (type?.split(';')[0]?.trim().toLowerCase() === NDJSON) return
  throw new DaemonError(
    'unsupported-media-type',
    `The body has to be NDJSON, an entry a line: send the header "content-type: ${NDJSON}".`,
  )
}

/** Answers with lines, each with its end, no faster than they are taken. */
export function sendLines(reply: FastifyReply, lines: AsyncIterable<string>): FastifyReply {
  reply.raw.setTimeout(READING_TIME, () => reply.raw.destroy())
  return reply.type(NDJSON).send(Readable.from(lines))
}
