import type { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { noteCounts } from '../audit/line-tally.ts'
import type { LineCounts } from '../audit/record.ts'
import type { ManyBan, ManyUnban } from '../bans/asker.ts'
import type { BanBook } from '../bans/ban-book.ts'
import { Refused } from '../bans/ban-request.ts'
import { banNeed, unbanNeed } from '../identity/ban-needs.ts'
import { checkedLines } from '../identity/checked-lines.ts'
import { problemOf } from '../problems.ts'
import { askerOf } from './asker.ts'
import { readBanLine, readUnbanLine } from './bans-request.ts'
import { NDJSON, sendLines, takeLines } from './ndjson.ts'
import { type JsonSchema, refusals } from './schemas.ts'
import { bodyOf, resultsMember, streamWords } from './sets-changes.ts'
import type { BulkChange } from './sets-firewall.ts'
import { type LineKind, lineResults } from './sets-stream.ts'

export interface BanChangeOptions {
  readonly log: Pick<Logger, 'error'>
}

interface ResultsQuery {
  /** Each line is answered with what would become of it, by what is there now and not by the lines before it. */
  readonly dryRun?: 'true' | 'false'
  readonly results: 'all' | 'refused'
}

const querystring: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { results: resultsMember },
}

const response: JsonSchema = {
  200: {
    description:
      'A line for each line of the request, when the kernel and the store have its change, and the summary as the last line. An answer without a summary was cut off.',
    content: { [NDJSON]: { schema: { $ref: 'BanResult#' } } },
  },
  ...refusals,
}

const banKind: LineKind<ManyBan> = {
  read: readBanLine,
  member: 'address',
  nameOf: ({ address }) => address,
}

const unbanKind: LineKind<ManyUnban> = {
  read: readUnbanLine,
  member: 'address',
  nameOf: ({ address }) => address,
}

/** Bans and takes bans back, as they come. */
export async function banChangeRoutes(
  app: FastifyInstance,
  book: BanBook,
  { log }: BanChangeOptions,
): Promise<void> {
  const onFault = (error: unknown): void => log.error({ err: error }, 'a stream of bans has failed')
  // Only here are bodies streams.
  await app.register(async (streams) => {
    takeLines(streams)

    streams.post<{ Body: Readable; Querystring: ResultsQuery }>(
      '/bans',
      {
        config: {
          dryRun: true,
          needs: { kind: 'ban', lines: true },
          isStored: true,
          documented: { body: bodyOfLines('BanLine') },
        },
        schema: {
          operationId: 'addBans',
          tags: ['bans'],
          summary: 'Ban many addresses, networks and ranges',
          description: `Each line has its own outcome, and what was banned stays when the request breaks off. ${streamWords}`,
          querystring,
          response,
        },
      },
      async (request, reply) => {
        const asker = askerOf(request.raw)
        const kind = checkedLines(request.raw, banKind, ({ address, ...wish }) =>
          banNeed(address, wish, book),
        )
        const change = async (bans: Iterable<ManyBan>): Promise<BulkChange> =>
          changeOf(
            request.query.dryRun === 'true'
              ? (await book.rehearseBans([...bans], asker)).outcomes
              : await book.banMany([...bans], asker),
          )
        const onlyRefused = request.query.results === 'refused'
        const onCounts = (counts: LineCounts) => noteCounts(request.raw, counts)
        const options = { onlyRefused, onFault, onCounts }
        return sendLines(reply, lineResults(bodyOf(request), kind, change, options))
      },
    )

    streams.delete<{ Body: Readable; Querystring: ResultsQuery }>(
      '/bans',
      {
        config: {
          dryRun: true,
          needs: { kind: 'unban', lines: true },
          isStored: true,
          documented: { body: bodyOfLines('UnbanLine') },
        },
        schema: {
          operationId: 'deleteBans',
          tags: ['bans'],
          summary: 'Take many bans back',
          description: `One that is not banned is refused with not-banned. ${streamWords}`,
          querystring,
          response,
        },
      },
      async (request, reply) => {
        const asker = askerOf(request.raw)
        const kind = checkedLines(request.raw, unbanKind, ({ address, ...wish }) =>
          unbanNeed(address, wish, book),
        )
        const change = async (bans: Iterable<ManyUnban>): Promise<BulkChange> =>
          changeOf(
            request.query.dryRun === 'true'
              ? (await book.rehearseUnbans([...bans], asker)).outcomes
              : await book.unbanMany([...bans], asker),
          )
        const onlyRefused = request.query.results === 'refused'
        const onCounts = (counts: LineCounts) => noteCounts(request.raw, counts)
        const options = { onlyRefused, onFault, onCounts }
        return sendLines(reply, lineResults(bodyOf(request), kind, change, options))
      },
    )
  })
}

function bodyOfLines(schema: string): JsonSchema {
  return { content: { [NDJSON]: { schema: { $ref: `${schema}#` } } } }
}

function changeOf(outcomes: readonly unknown[]): BulkChange {
  const refused = outcomes.flatMap((outcome, index) => {
    if (!(outcome instanceof Refused)) return []
    const { code, detail } = problemOf(outcome.reason)
    return [{ index, code, message: detail }]
  })
  return { accepted: outcomes.length - refused.length, refused }
}
