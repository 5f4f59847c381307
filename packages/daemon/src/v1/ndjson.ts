import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { DaemonError } from '../errors.ts'
import { endWithCredential } from '../identity/stream-end.ts'

/** JSON texts, one a line. */
export const NDJSON = 'application/x-ndjson'

/** Milliseconds that a caller may take to read some of an answer. */
export const READING_TIME = 60_000

/** Milliseconds in which a caller may see an answer that came before everything was read, and stop sending. */
const LEAVING_TIME = 1_000

/** Has the bodies of a scope's routes arrive as streams of NDJSON. */
export function takeLines(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(NDJSON, (_request, payload, done) => done(null, payload))
  scope.addHook('preParsing', async (request) => checkMediaType(request.headers['content-type']))
  scope.addHook('preHandler', async (_request, reply) => endWithCredential(reply))
  scope.addHook('onResponse', async ({ raw }) => leave(raw))
}

/**
 * Ends a request that was answered before it was read to its end: nobody would read the rest, so that its caller would
 * send for ever. It is read and thrown away for a moment, since closing at once could take the answer with it.
 */
function leave(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return
  const timer = setTimeout(() => request.destroy(), LEAVING_TIME)
  request.once('close', () => clearTimeout(timer))
  request.on('error', () => undefined)
  request.resume()
}

/** @throws DaemonError `unsupported-media-type` */
function checkMediaType(type: string | undefined): void {
  if (type?.split(';')[0]?.trim().toLowerCase() === NDJSON) return
  throw new DaemonError(
    'unsupported-media-type',
    `The body has to be NDJSON, an entry a line: send the header "content-type: ${NDJSON}".`,
  )
}

/** Answers with lines, each with its end, no faster than they are taken. */
export function sendLines(reply: FastifyReply, lines: AsyncIterable<string>): FastifyReply {
  reply.raw.setTimeout(READING_TIME, () => reply.raw.destroy())
  endWithCredential(reply)
  return reply.type(NDJSON).send(Readable.from(lines))
}
