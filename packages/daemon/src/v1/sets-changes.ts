import type { Readable } from 'node:stream'
import type { Transaction } from 'chainmail'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { noteCounts, tallied } from '../audit/line-tally.ts'
import type { LineCounts } from '../audit/record.ts'
import { DoorRequest } from '../doors/http-server.ts'
import { MOST_COMPARED, type SetChanges } from '../history/set-changes.ts'
import type { Transactions } from '../history/transactions.ts'
import { mayAlso } from '../identity/allows.ts'
import { entryNeed } from '../identity/ban-needs.ts'
import { checkedLines } from '../identity/checked-lines.ts'
import { setsNeed } from '../identity/rule-needs.ts'
import { sendDryRun } from './dry-run.ts'
import { NDJSON, sendLines, takeLines } from './ndjson.ts'
import { originOf, withRevision } from './origin.ts'
import { onProbation, safetyOf } from './safety.ts'
import { type JsonSchema, refusals } from './schemas.ts'
import type { ExpectedSize, SetDoor, SetFirewall } from './sets-firewall.ts'
import { KeptEntries, onSetProbation } from './sets-probation.ts'
import { kernelOnly, type SetPath, setParams } from './sets-schemas.ts'
import {
  type Change,
  entriesOf,
  entryKind,
  LineError,
  limited,
  resultsOf,
  streamLimits,
} from './sets-stream.ts'
import { setOnTerms } from './sets-terms.ts'

export interface SetChangeOptions {
  readonly log: Pick<Logger, 'error'>
  readonly changes: SetChanges
  readonly transactions: Transactions
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
  { log, changes: kept, transactions }: SetChangeOptions,
): Promise<void> {
  // Only here are bodies streams.
  await app.register(async (streams) => {
    takeLines(streams)

    const changes = {
      post: {
        does: 'add',
        operationId: 'addSetEntries',
        summary: 'Add entries to a set',
        description:
          'An entry that is there gets its timeout, counters and comment anew; of who may not delete entries of the set, it is refused with entry-exists.',
        members: { grow, expected, results: resultsMember },
        change: (set: SetDoor, query: ChangeQuery, exists: 'ignore' | 'fail'): Change => {
          // The hash is made ready for all of them with the first.
          let size = sizeOf(query)
          return (entries) => {
            const added = set.addMany(entries, { ...size, exists })
            size = {}
            return added
          }
        },
      },
      delete: {
        does: 'delete',
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
      const { does, change, description, members, ...told } = changes[method]
      streams[method]<SetPath & { Body: Readable; Querystring: ChangeQuery }>(
        '/sets/:name/entries',
        {
          config: {
            needs: {
              kind: 'entries',
              exactly: ({ params }: FastifyRequest<SetPath>) => [{ kind: 'entries', set: params.name, does }],
            },
            dryRun: true,
            conditional: true,
            guarded: true,
            documented: { body: linesBody },
          },
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
          const { dryRun, set } = await setOnTerms(firewall, request, params.name, query.grow !== 'false')
          const onFault = (error: unknown) => log.error({ err: error }, 'a stream of set entries has failed')
          const onlyRefused = query.results === 'refused'
          const onCounts = (counts: LineCounts) => noteCounts(request.raw, counts)
          const kind = checkedLines(request.raw, entryKind, (entry) => entryNeed(params.name, does, entry))
          const options = { onlyRefused, onFault, onCounts }
          // Its time anew may be a shorter one.
          const mayDelete = mayAlso(request.raw, { kind: 'entries', set: params.name, does: 'delete' })
          const resultsFrom = (from: SetDoor): AsyncGenerator<string, void> =>
            resultsOf(bodyOf(request), change(from, query, mayDelete ? 'ignore' : 'fail'), options, kind)
          if (dryRun) return sendLines(reply, onCopy(set, resultsFrom))
          const lines = resultsFrom(set)
          return sendLines(reply, kept.stream(originOf(request.raw), params.name, lines, isSummary))
        },
      )
    }

    streams.put<SetPath & { Body: Readable; Querystring: ChangeQuery }>(
      '/sets/:name/entries',
      {
        config: {
          dryRun: true,
          conditional: true,
          guarded: true,
          confirmable: true,
          needs: { kind: 'edit', exactly: ({ params }: FastifyRequest<SetPath>) => [setsNeed(params.name)] },
          documented: { body: linesBody },
        },
        schema: {
          operationId: 'replaceSetEntries',
          tags: ['sets'],
          summary: 'Make a set hold exactly these entries',
          description: `They are filled into a set aside, which is swapped in: no packet sees a half state, and nothing is changed when the request breaks off or a line is refused. On probation there are at most ${MOST_COMPARED} of them, no conditions, and a set that is full does not grow. ${streamWords} ${kernelOnly}`,
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
                revision: { type: 'integer', minimum: 1, description: 'Of a change on probation.' },
                probation: onProbation,
              },
            },
            ...refusals,
          },
        },
      },
      async (request, reply) => {
        const { params, query, raw } = request
        const { dryRun, set } = await setOnTerms(firewall, request, params.name, query.grow !== 'false')
        const replace = (one: SetDoor): ReturnType<SetDoor['replace']> =>
          one.replace(entriesOf(bodyOf(request)), sizeOf(query))
        const { confirmWithin } = safetyOf(request)
        try {
          if (confirmWithin !== undefined && !dryRun) {
            const entries = new KeptEntries()
            const { result } = await kept.rehearse(params.name, set, (copy) =>
              copy.replace(entries.of(entriesOf(bodyOf(request))), sizeOf(query)),
            )
            const record = (transaction: Transaction) => entries.replaceIn(transaction, params.name)
            const words = await onSetProbation(transactions, request, reply, params.name, {
              confirmWithin,
              record,
            })
            return reply.send({ ...result, ...words })
          }
          if (dryRun)
            return sendDryRun(reply, 'sets', (await kept.rehearse(params.name, set, replace)).operations)
          const { result, revision } = await kept.around(originOf(raw), [params.name], () => replace(set))
          return withRevision(reply, revision).send(result)
        } catch (error) {
          throw namedLine(error)
        }
      },
    )
  })
}

/** What would become of lines: the changes are made to a copy of the set. */
async function* onCopy(
  set: SetDoor,
  resultsFrom: (copy: SetDoor) => AsyncIterable<string>,
): AsyncGenerator<string, void> {
  await using rehearsal = await set.rehearsal()
  yield* resultsFrom(rehearsal.set)
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
  return tallied(raw, limited(body))
}

/** The kernel's refusal of an entry tells its index; an entry stands on each line. */
function namedLine(error: unknown): unknown {
  if (error instanceof LineError || !(error instanceof Error)) return error
  if (!('line' in error) || typeof error.line !== 'number') return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'internal'
  return new LineError(error.line + 1, code, error.message, error)
}
