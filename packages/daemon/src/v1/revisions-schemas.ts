import { doors, summaryNames, whats } from '../history/revision.ts'
import { onProbation } from './safety.ts'
import type { JsonSchema } from './schemas.ts'

const time: JsonSchema = { type: 'string', format: 'date-time' }

const family: JsonSchema = { type: 'string', enum: ['ipv4', 'ipv6'] }

const headMembers: Readonly<Record<string, JsonSchema>> = {
  number: { type: 'integer', minimum: 1 },
  time,
  what: { type: 'string', enum: whats, description: 'What was changed, or what the change belonged to.' },
  who: { type: 'string' },
  door: { type: 'string', enum: doors, description: 'By which way it came in.' },
  why: { type: 'string', description: 'In the words of who asked for it; absent where he gave none.' },
  summary: {
    type: 'object',
    description: 'How many there are of each kind of change; what is not there is left out.',
    additionalProperties: false,
    properties: Object.fromEntries(summaryNames.map((name) => [name, { type: 'integer', minimum: 1 }])),
  },
}

const required = ['number', 'time', 'what', 'who', 'door', 'summary']

const chain: JsonSchema = {
  type: 'object',
  required: ['table', 'family', 'chain', 'did', 'lines'],
  additionalProperties: false,
  properties: {
    table: { type: 'string' },
    family,
    chain: { type: 'string' },
    did: {
      type: 'string',
      enum: ['created', 'removed', 'changed'],
      description: 'What became of the chain.',
    },
    policy: {
      type: 'object',
      required: ['before', 'after'],
      additionalProperties: false,
      properties: { before: { type: 'string' }, after: { type: 'string' } },
    },
    lines: {
      type: 'array',
      items: { type: 'string' },
      description:
        'A rule each, as iptables-save prints it, behind a mark: + has come, - has gone, with what it had counted in front; a blank stands before some that were there before and after.',
    },
    among: {
      type: 'string',
      enum: ['first', 'last'],
      description: 'Of a single rule that has come: which one it was of those that are equal to it.',
    },
  },
}

/** A value before and after a change. */
function changeOf(value: JsonSchema): JsonSchema {
  return {
    type: 'array',
    items: {
      type: 'object',
      additionalProperties: false,
      description: 'Absent where there was, or is, none.',
      properties: { before: value, after: value },
    },
  }
}

const ban: JsonSchema = {
  type: 'object',
  required: ['address', 'family', 'scope', 'since', 'exempt'],
  additionalProperties: false,
  properties: {
    address: { type: 'string' },
    family,
    scope: { type: 'string', description: 'Such as everything or tcp:22.' },
    since: time,
    until: { ...time, description: 'Absent when it is for ever.' },
    reason: { type: 'string' },
    who: { type: 'string' },
    exempt: { type: 'boolean', description: 'Whether it frees its network of the wider bans around it.' },
  },
}

const allowed: JsonSchema = {
  type: 'object',
  required: ['address'],
  additionalProperties: false,
  properties: { address: { type: 'string' }, reason: { type: 'string' } },
}

const rfw: JsonSchema = {
  type: 'object',
  required: ['path'],
  additionalProperties: false,
  properties: { path: { type: 'string' }, until: time },
}

const lines: JsonSchema = { type: 'array', items: { type: 'string' } }

const bookMembers = { bans: changeOf(ban), allowlist: changeOf(allowed), rfw: changeOf(rfw) }

const operations: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    chains: { type: 'array', items: chain },
    sets: {
      type: 'array',
      description: 'How each set becomes what it was before.',
      items: {
        type: 'object',
        required: ['name', 'do'],
        additionalProperties: false,
        properties: {
          name: { type: 'string' },
          do: { type: 'string', enum: ['destroy', 'create', 'rebuild', 'change'] },
          create: { type: 'string', description: 'The line of ipset that makes it.' },
          take: { ...lines, description: 'Elements that have come.' },
          put: { ...lines, description: 'Lines of ipset for the entries that have gone.' },
        },
      },
    },
    ...bookMembers,
    irreversible: { ...lines, description: 'What cannot be undone, in a sentence each.' },
    repaired: {
      ...lines,
      description:
        'What others had changed and was put right, in short lines: + had come, - had gone, > had moved. Nothing of it is undone by a rollback.',
    },
  },
}

/** The named schemas of the history; each is a component of the OpenAPI document. */
export const revisionSchemas: readonly (JsonSchema & { readonly $id: string })[] = [
  {
    $id: 'RevisionHead',
    description: 'A numbered change.',
    type: 'object',
    required,
    additionalProperties: false,
    properties: headMembers,
  },
  { $id: 'Operations', description: 'What was changed, part by part.', ...operations },
  {
    $id: 'Revision',
    description: 'A numbered change with its operations.',
    type: 'object',
    required: [...required, 'operations'],
    additionalProperties: false,
    properties: {
      ...headMembers,
      operations: { $ref: 'Operations#' },
    },
  },
  {
    $id: 'RevisionDifference',
    description: 'What has changed from one revision to another; what was undone in between does not show.',
    type: 'object',
    required: ['from', 'to', 'chains', 'sets', 'bans', 'allowlist', 'rfw'],
    additionalProperties: false,
    properties: {
      from: { type: 'integer', minimum: 0 },
      to: { type: 'integer', minimum: 0 },
      chains: { type: 'array', items: chain },
      sets: {
        type: 'array',
        items: {
          type: 'object',
          required: ['name', 'did', 'added', 'removed'],
          additionalProperties: false,
          properties: {
            name: { type: 'string' },
            did: { type: 'string', enum: ['created', 'destroyed', 'changed'] },
            added: lines,
            removed: lines,
          },
        },
      },
      ...bookMembers,
    },
  },
  {
    $id: 'RolledBack',
    description: 'What a rollback came to.',
    type: 'object',
    required: ['to', 'revisions', 'commits', 'sets', 'bans', 'allowlist', 'rfw', 'left', 'duration'],
    additionalProperties: false,
    properties: {
      to: { type: 'integer', minimum: 0 },
      revisions: {
        type: 'array',
        items: { type: 'integer' },
        description:
          'Those that the rollback itself is: one for rules and sets, and one for each of the bans, the allowlist and the entries of rfw.',
      },
      commits: {
        type: 'integer',
        minimum: 0,
        description: 'Commits of rules that the kernel has acknowledged.',
      },
      sets: { type: 'integer', minimum: 0, description: 'Sets that were changed.' },
      bans: { type: 'integer', minimum: 0 },
      allowlist: { type: 'integer', minimum: 0 },
      rfw: { type: 'integer', minimum: 0 },
      left: { ...lines, description: 'What is not as it was, in a sentence each.' },
      duration: { type: 'number', minimum: 0, description: 'Milliseconds.' },
      probation: onProbation,
    },
  },
]
