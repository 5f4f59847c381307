import { ChainmailError } from 'chainmail'
import type { FastifyInstance } from 'fastify'
import type { Audit } from '../audit/audit.ts'
import { type AuditPage, auditLines, recordsBefore, recordsBehind, verifyAudit } from '../audit/reader.ts'
import { hashOf, readLink } from '../audit/record.ts'
import { readsEverything } from '../identity/route-needs.ts'
import { NDJSON, sendLines } from './ndjson.ts'
import { type JsonSchema, refusals } from './schemas.ts'

interface PageQuery {
  readonly after?: string
  readonly before?: string
  readonly since?: string
  readonly limit?: string
}

/** Records of a page. */
const PAGE = 100
const LARGEST_PAGE = 1_000

const config = readsEverything('the audit log')

const number: JsonSchema = { type: 'string', pattern: '^[0-9]{1,15}$' }

const pageQuery: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    before: { ...number, description: 'Only records with lower numbers, the newest first.' },
    after: { ...number, description: 'Only records with higher numbers, the oldest first.' },
    since: {
      type: 'string',
      maxLength: 40,
      description: 'Only records of this time, such as 2030-01-31T12:00:00Z, or later, the oldest first.',
    },
    limit: { ...number, description: `How many at most, 1 to ${LARGEST_PAGE}; ${PAGE} when it is absent.` },
  },
}

const hash: JsonSchema = { type: 'string', pattern: '^[0-9a-f]{64}$' }

const head: JsonSchema = {
  type: 'object',
  description:
    'The end of the chain. Who notes it elsewhere can tell later whether anything was changed before it.',
  required: ['number', 'hash'],
  additionalProperties: false,
  properties: { number: { type: 'integer', minimum: 0 }, hash },
}

const record: JsonSchema = {
  type: 'object',
  description:
    'kind says which other members there are: request, change, broken-off, start, stop, dropped, missing, unnoted. A line that is no record has the member unreadable alone.',
  properties: {
    number: { type: 'integer', minimum: 1 },
    time: { type: 'string', format: 'date-time' },
    kind: { type: 'string' },
    previous: { ...hash, description: 'Of the line before.' },
    hash: { ...hash, description: 'Of the line of this record.' },
    unreadable: { type: 'string' },
  },
}

const finding: JsonSchema = {
  type: 'object',
  required: ['kind', 'from', 'to', 'detail'],
  additionalProperties: false,
  properties: {
    kind: {
      type: 'string',
      enum: ['changed', 'removed', 'reordered', 'inserted', 'cut-off', 'unnoted', 'head-not-found'],
    },
    from: { type: 'integer', minimum: 0 },
    to: { type: 'integer', minimum: 0 },
    detail: { type: 'string' },
  },
}

/** The audit log: who has changed what, and who was refused. */
export function auditRoutes(app: FastifyInstance, { log }: Audit): void {
  app.get<{ Querystring: PageQuery }>(
    '/audit',
    {
      config,
      schema: {
        operationId: 'listAudit',
        tags: ['audit'],
        summary: 'Who has changed what, and who was refused, the newest first',
        querystring: pageQuery,
        response: {
          200: {
            description: 'A page of records.',
            type: 'object',
            required: ['records', 'head'],
            additionalProperties: false,
            properties: {
              records: { type: 'array', items: record },
              head,
              next: {
                type: 'integer',
                description: 'What to go on with, as `after` or `before`; absent at the end.',
              },
            },
          },
          ...refusals,
        },
      },
    },
    async ({ query: { after, before, since, limit } }) => {
      log.flush()
      const most = Math.min(LARGEST_PAGE, Math.max(1, Number(limit ?? PAGE)))
      if (after !== undefined || since !== undefined) {
        const page = recordsBehind(
          log.folder,
          Number(after ?? 0),
          most,
          since === undefined ? undefined : timeOf(since),
        )
        const next = page.lines.length < most ? undefined : page.first + page.lines.length - 1
        return { records: page.lines.map(documentOf), head: log.written, next }
      }
      const from = before === undefined ? Number.MAX_SAFE_INTEGER : Number(before)
      const page: AuditPage = recordsBefore(log.folder, from, most)
      const next = page.lines.length < most ? undefined : page.first
      return { records: page.lines.map(documentOf).toReversed(), head: log.written, next }
    },
  )

  app.get<{ Querystring: { readonly head?: string } }>(
    '/audit/verify',
    {
      config,
      schema: {
        operationId: 'verifyAudit',
        tags: ['audit'],
        summary: 'Whether a record was changed, removed, moved, inserted or cut off',
        description:
          'Each record is held against the hash in the next one, and the ends of the chain against where they were noted. Whoever can write into the folder of the log can make all of it anew: against that helps only a head that was noted elsewhere.',
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: {
            head: {
              ...hash,
              description: 'A hash that was noted before, which one of the records has to have.',
            },
          },
        },
        response: {
          200: {
            description: 'What was found.',
            type: 'object',
            required: ['holds', 'records', 'findings'],
            additionalProperties: false,
            properties: {
              holds: { type: 'boolean' },
              records: { type: 'integer', minimum: 0, description: 'That were checked.' },
              findings: { type: 'array', items: finding },
              head,
              oldest: { type: 'integer', minimum: 1, description: 'The oldest record that is kept.' },
            },
          },
          ...refusals,
        },
      },
    },
    async ({ query }) => {
      log.flush()
      const { ends, ...verdict } = await verifyAudit(log.folder, query.head)
      return { ...verdict, head: ends?.last, oldest: ends?.first.number }
    },
  )

  app.get(
    '/audit/export',
    {
      config,
      schema: {
        operationId: 'exportAudit',
        tags: ['audit'],
        summary: 'All records that are kept, the oldest first',
        description:
          'Each line is as it stands in the file: `previous` is the SHA-256 of the line before, without its end.',
        response: {
          200: { description: 'A line for each record.', content: { [NDJSON]: { schema: record } } },
          ...refusals,
        },
      },
    },
    async (_request, reply) => {
      log.flush()
      return sendLines(reply, exported(log.folder))
    },
  )
}

async function* exported(folder: string): AsyncGenerator<string, void> {
  for await (const bytes of auditLines(folder)) {
    const line = bytes.toString()
    yield `${readLink(line) === undefined ? JSON.stringify({ unreadable: line }) : line}\n`
  }
}

function documentOf(line: string): Readonly<Record<string, unknown>> {
  const link = readLink(line)
  if (link === undefined) return { unreadable: line }
  const { number, kind, previous, members } = link
  const { time, ...others } = members
  return { number, time, kind, ...others, previous, hash: hashOf(line) }
}

/** @throws ChainmailError `bad-request` */
function timeOf(text: string): number {
  const time = Date.parse(text)
  if (!Number.isNaN(time)) return time
  throw new ChainmailError(
    'bad-request',
    `since: ${JSON.stringify(text)} is no time such as 2030-01-31T12:00:00Z.`,
    {
      path: 'since',
    },
  )
}
