import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { DoorRequest } from '../doors/http-server.ts'
import type { SetChanges } from '../history/set-changes.ts'
import { checkMediaType, NDJSON, sendLines } from './ndjson.ts'
import { originOf, withRevision } from './origin.ts'
import { type JsonSchema, refusals } from './schemas.ts'
import { type ExpectedSize, foreignSet, type SetDoor, type SetFirewall } from './sets-firewall.ts'
import { kernelOnly, type SetPath, setParams } from './sets-schemas.ts'
import { type Change, entriesOf, LineError, limited, resultsOf, streamLimits } from './sets-stream.ts'

export interface SetChangeOptions {
  readonly log: Pick<Logger, 'error'>
  readonly changes: SetChanges
}

interface ChangeQuery {
  readonly results: 'all' | 'refused'
  readonly grow?: 'true' | 'false'
  readonly expected?: string
}

/** `?grow=`, of requests that bring entries. */
const grow: JsonSchema = {
  type: 'string',
  enum: ['true', 'false'],
  default: 'true',
  description:
    'Whether a set that is full is made larger. Otherwise the entries that have no room are refused with set-full.',
}

const expected: JsonSchema = {
  type: 'string',
  pattern: '^[0-9]{1,10}$',
  description: 'About how many lines come: the hash of the set is made for them beforehand, which is faster.',
}

const replaceQuery: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { grow, expected },
}

export const resultsMember: JsonSchema = {
  type: 'string',
  enum: ['all', 'refused'],
  default: 'all',
  description:
    'Whether every line is answered with a line, or only each that is refused, and the summary. Who reads the answer only after having sent everything asks for `refused`: the daemon does not read on while its answers are not taken.',
}

export const streamWords = `The body is NDJSON: at most ${streamLimits.bytes / 1024 ** 3} GiB, ${streamLimits.lineBytes} bytes a line, an hour in all and ${streamLimits.pause / 1000} s between two pieces of it.`

const linesBody: JsonSchema = { content: { [NDJSON]: { schema: { $ref: 'SetEntryLine#' } } } }

const results: JsonSchema = {
  200: {
    description:
      'A line for each line of the request, when the kernel has answered it, and the summary as the last line. An answer without a summary was cut off.',
    content: { [NDJSON]: { schema: { $ref: 'SetEntryResult#' } } },
  },
  ...refusals,
}

/** Adds, deletes and replaces the entries of a set, as they come. */
export async function setChangeRoutes(
  app: FastifyInstance,
  firewall: SetFirewall,
  { log, changes: kept }: SetChangeOptions,
): Promise<void> {
  // Only here are bodies streams.
  await app.register(async (streams) => {
    streams.removeAllContentTypeParsers()
    streams.addContentTypeParser(NDJSON, (_request, payload, done) => done(null, payload))
    streams.addHook('preParsing', async (request) => checkMediaType(request.headers['content-type']))

    const changes = {
      post: {
        operationId: 'addSetEntries',
        summary: 'Add entries to a set',
        description: 'An entry that is there gets its timeout, counters and comment anew.',
        members: { grow, expected, results: resultsMember },
        change: (set: SetDoor, query: ChangeQuery): Change => {
          // The hash is made ready for all of them with the first.
          let options = sizeOf(query)
          return (entries) => {
            const added = set.addMany(entries, options)
            options = {}
            return added
          }
        },
      },
      delete: {
        operationId: 'deleteSetEntries',
        summary: 'Delete entries from a set',
        description: 'An entry that is not there is refused with entry-not-found.',
        members: { results: resultsMember },
        change:
          (set: SetDoor): Change =>
          (entries) =>
            set.deleteMany(entries),
      },
    } as const
    for (const method of ['post', 'delete'] as const) {
      const { change, description, members, ...told } = changes[method]
      streams[method]<SetPath & { Body: Readable; Querystring: ChangeQuery }>(
        '/sets/:name/entries',
        {
          config: { documented: { body: linesBody } },
          schema: {
            ...told,
            tags: ['sets'],
            description: `${description} Each line has its own outcome, and what was accepted stays when the request breaks off. ${streamWords} ${kernelOnly}`,
            params: setParams,
            querystring: { type: 'object', additionalProperties: false, properties: members },
            response: results,
          },
        },
        async (request, reply) => {
          const { params, query } = request
          const set = await foreignSet(firewall, params.name, query.grow !== 'false')
          const onFault = (error: unknown) => log.error({ err: error }, 'a stream of set entries has failed')
          const onlyRefused = query.results === 'refused'
          const lines = resultsOf(bodyOf(request), change(set, query), { onlyRefused, onFault })
          return sendLines(reply, kept.stream(originOf(request.raw), params.name, lines, isSummary))
        },
      )
    }

    streams.put<SetPath & { Body: Readable; Querystring: ChangeQuery }>(
      '/sets/:name/entries',
      {
        config: { documented: { body: linesBody } },
        schema: {
          operationId: 'replaceSetEntries',
          tags: ['sets'],
          summary: 'Make a set hold exactly these entries',
          description: `They are filled into a set aside, which is swapped in: no packet sees a half state, and nothing is changed when the request breaks off or a line is refused. ${streamWords} ${kernelOnly}`,
          params: setParams,
          querystring: replaceQuery,
          response: {
            200: {
              description: 'What has changed.',
              type: 'object',
              required: ['added', 'kept', 'removed'],
              additionalProperties: false,
              properties: {
                added: { type: 'integer', minimum: 0 },
                kept: { type: 'integer', minimum: 0 },
                removed: { type: 'integer', minimum: 0 },
              },
            },
            ...refusals,
          },
        },
      },
      async (request, reply) => {
        const { params, query, raw } = request
        const set = await foreignSet(firewall, params.name, query.grow !== 'false')
        try {
          const { result, revision } = await kept.around(originOf(raw), [params.name], () =>
            set.replace(entriesOf(bodyOf(request)), sizeOf(query)),
          )
          return withRevision(reply, revision).send(result)
        } catch (error) {
          throw namedLine(error)
        }
      },
    )
  })
}

/** The last line of results. */
function isSummary(line: string): boolean {
  return line.startsWith('{"summary":')
}

function sizeOf({ expected }: ChangeQuery): ExpectedSize {
  return expected === undefined ? {} : { expected: Number(expected) }
}

export function bodyOf({ raw, body }: FastifyRequest<{ Body: Readable }>): AsyncIterable<Uint8Array> {
  if (raw instanceof DoorRequest) raw.becomeStream()
  return limited(body)
}

/** The kernel's refusal of an entry tells its index; an entry stands on each line. */
function namedLine(error: unknown): unknown {
  if (error instanceof LineError || !(error instanceof Error)) return error
  if (!('line' in error) || typeof error.line !== 'number') return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'internal'
  return new LineError(error.line + 1, code, error.message, error)
}
