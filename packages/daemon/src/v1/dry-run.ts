import type { Outcome } from 'chainmail'
import type { FastifyReply } from 'fastify'
import { type Operations, summaryNames, summaryOf, type What, whats } from '../history/revision.ts'
import { operationsDocument } from './revision-documents.ts'
import type { JsonSchema } from './schemas.ts'

/** What a change of the lists of the match recent would do; the history does not keep them. */
export interface RecentOperation {
  readonly list: string
  readonly do: 'add' | 'delete' | 'flush'
  readonly address?: string
}

const outcome: JsonSchema = {
  type: 'object',
  required: ['code', 'stdout', 'stderr'],
  additionalProperties: false,
  properties: {
    code: { type: 'integer', minimum: 0, maximum: 255 },
    stdout: { type: 'string' },
    stderr: { type: 'string' },
  },
}

/** The answer of every dry run: the revision that the change would be. */
export const dryRunSchema: JsonSchema & { readonly $id: string } = {
  $id: 'DryRun',
  description: 'What a change would be in the history. Nothing was changed.',
  type: 'object',
  required: ['dryRun', 'what', 'summary', 'operations'],
  additionalProperties: false,
  properties: {
    dryRun: { type: 'boolean', enum: [true] },
    what: { type: 'string', enum: [...whats, 'recent'] },
    summary: {
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(summaryNames.map((name) => [name, { type: 'integer', minimum: 1 }])),
    },
    operations: { $ref: 'Operations#' },
    recent: {
      type: 'array',
      items: {
        type: 'object',
        required: ['list', 'do'],
        additionalProperties: false,
        properties: {
          list: { type: 'string' },
          do: { type: 'string', enum: ['add', 'delete', 'flush'] },
          address: { type: 'string' },
        },
      },
    },
    outcome: { ...outcome, description: 'Of a program: how it would end.' },
    runs: {
      type: 'array',
      items: outcome,
      description: 'Of a script of programs: how those that would be run would end.',
    },
    plan: { $ref: 'Plan#' },
    left: {
      type: 'array',
      items: { type: 'string' },
      description: 'Of a rollback: what would not be as it was, in a sentence each.',
    },
  },
}

/** What some dry runs tell beside the operations. */
export interface DryRunMore {
  readonly recent?: readonly RecentOperation[]
  readonly left?: readonly string[]
  readonly outcome?: Outcome | undefined
  readonly runs?: readonly Outcome[]
  readonly plan?: unknown
}

export function sendDryRun(
  reply: FastifyReply,
  what: What | 'recent',
  operations: Operations,
  more: DryRunMore = {},
): FastifyReply {
  return reply.code(200).send({
    dryRun: true,
    what,
    summary: summaryOf(operations),
    operations: operationsDocument(operations),
    ...more,
  })
}
