import { Readable } from 'node:stream'
import { ChainmailError } from 'chainmail'
import type { FastifyInstance } from 'fastify'
import { type DaemonEvent, type WatchParts, watchEvents } from '../history/event-stream.ts'
import { needsRead } from '../identity/route-needs.ts'
import { endWithCredential } from '../identity/stream-end.ts'
import { READING_TIME } from './ndjson.ts'
import { headDocument } from './revision-documents.ts'
import { type JsonSchema, refusals } from './schemas.ts'

const EVENT_STREAM = 'text/event-stream'

/** Milliseconds between two signs of life, where nothing happens. */
const BEAT = 15_000

/** Milliseconds after which a client asks again. */
const RETRY = 1_000

const eventDescription =
  'Server-sent events. `change` has the number of a revision as its id, and its data is the revision without its operations; `drift`, `repair`, `probation` and `expiry` (bans that have come to their end) tell what else happens and have no id; `missed` tells what a slow reader, or one who was away too long, has not got. A comment comes where nothing happens for 15 s.'

const querystring: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    after: {
      type: 'string',
      description: 'Changes behind this revision come first. The header Last-Event-ID wins over it.',
    },
  },
}

/** What happens, as it happens. */
export function eventRoutes(app: FastifyInstance, parts: WatchParts): void {
  app.get<{ Querystring: { readonly after?: string } }>(
    '/events',
    {
      config: needsRead,
      schema: {
        operationId: 'watch',
        tags: ['history'],
        summary: 'What happens, as it happens',
        querystring,
        headers: {
          type: 'object',
          properties: {
            'last-event-id': { type: 'string', description: 'The revision that was seen last.' },
          },
        },
        response: {
          200: { description: eventDescription, content: { [EVENT_STREAM]: { schema: { type: 'string' } } } },
          ...refusals,
        },
      },
    },
    async ({ query, headers }, reply) => {
      const last = headers['last-event-id']
      const after = readNumber(typeof last === 'string' && last !== '' ? last : query.after)
      reply.raw.setTimeout(READING_TIME, () => reply.raw.destroy())
      endWithCredential(reply)
      reply.header('cache-control', 'no-store').type(EVENT_STREAM)
      return reply.send(Readable.from(texts(watchEvents(parts, { after, beat: BEAT }))))
    },
  )
}

async function* texts(events: AsyncIterable<DaemonEvent>): AsyncGenerator<string, void> {
  yield `retry: ${RETRY}\n\n`
  for await (const event of events) yield textOf(event)
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html */
function textOf(event: DaemonEvent): string {
  switch (event.event) {
    case 'beat':
      return ':\n\n'
    case 'change':
      return `id: ${event.id}\nevent: change\ndata: ${JSON.stringify(headDocument(event.revision))}\n\n`
    case 'missed': {
      const { event: _, id, ...data } = event
      const line = id === undefined ? '' : `id: ${id}\n`
      return `${line}event: missed\ndata: ${JSON.stringify(data)}\n\n`
    }
    default: {
      const { kind: _, at, ...data } = event.what
      return `event: ${event.event}\ndata: ${JSON.stringify({ ...data, time: new Date(at).toISOString() })}\n\n`
    }
  }
}

function readNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new ChainmailError(
    'bad-request',
    `Last-Event-ID: ${JSON.stringify(text.slice(0, 60))} is not the number of a revision.`,
    { path: 'after' },
  )
}
