import { languages } from 'chainmail'
import type { JsonSchema } from './schemas.ts'
import { createMembers } from './sets-schemas.ts'

const rules: JsonSchema = {
  type: 'array',
  items: { type: ['object', 'string'] },
  description: "As data, or in iptables' own words.",
}

const chain: JsonSchema = {
  type: ['object', 'array'],
  items: { type: ['object', 'string'] },
  additionalProperties: false,
  properties: {
    policy: { type: 'string', enum: ['ACCEPT', 'DROP'], description: 'Left as it is when it is absent.' },
    rules: { ...rules, description: 'Left as they are when they are absent.' },
    exact: { type: 'boolean', description: 'Takes out what others have put into the chain.' },
    at: {
      type: 'string',
      enum: ['end', 'head'],
      description: 'Where rules go that find none of their own in a chain of others.',
    },
    absent: { type: 'boolean', description: 'The chain should not be there.' },
  },
}

const set: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    type: { type: 'string' },
    ...createMembers,
    entries: {
      type: 'array',
      items: { type: ['object', 'string'] },
      description: 'Exactly these; left as they are when they are absent.',
    },
    absent: { type: 'boolean', description: 'The set should not be there.' },
  },
}

/** The body of a request that brings a desired state. A text has been read as it is. */
export const desiredBody: JsonSchema = {
  type: ['object', 'string'],
  additionalProperties: false,
  properties: {
    owner: { type: 'string' },
    scope: { type: 'string', enum: ['named', 'table'] },
    tables: {
      type: 'array',
      items: {
        type: 'object',
        required: ['chains'],
        additionalProperties: false,
        properties: {
          table: { type: 'string' },
          family: { type: 'string', enum: ['ipv4', 'ipv6'] },
          chains: { type: 'object', additionalProperties: chain },
        },
      },
    },
    sets: { type: 'object', additionalProperties: set },
  },
}

/** What a text does not say of itself. */
export const desiredQuery: Readonly<Record<string, JsonSchema>> = {
  language: {
    type: 'string',
    enum: languages,
    description: 'Of a text; what it begins like when it is absent.',
  },
  family: {
    type: 'string',
    enum: ['ipv4', 'ipv6'],
    description: 'Of a text; what it says of itself, or ipv4, when it is absent.',
  },
  scope: {
    type: 'string',
    enum: ['named', 'table'],
    description:
      'Of a text. `table`: the tables that it names as a whole, foreign chains and rules removed; otherwise the chains that it names.',
  },
  owner: { type: 'string', description: 'Of a text: whose rules these are; main when it is absent.' },
}

const counts: JsonSchema = { type: 'object', additionalProperties: { type: 'integer', minimum: 0 } }

export const planMembers: Readonly<Record<string, JsonSchema>> = {
  token: {
    type: 'string',
    description: 'Names what the plan does: /v1/apply refuses to do anything else with it.',
  },
  empty: { type: 'boolean', description: 'Whether the kernel holds what is desired already.' },
  summary: {
    type: 'object',
    required: ['rules', 'chains', 'sets', 'entries'],
    additionalProperties: false,
    properties: { rules: counts, chains: counts, sets: counts, entries: counts },
  },
  diff: { type: 'string', description: 'For people: + comes, - goes, ~ changes, > moves.' },
  owner: { type: 'string' },
  scope: { type: 'string' },
  tables: { type: 'array', items: { type: 'object' }, description: 'Those that change, with their chains.' },
  sets: { type: 'array', items: { type: 'object' }, description: 'Those that change, with their entries.' },
  restore: {
    type: 'object',
    required: ['ipv4', 'ipv6'],
    additionalProperties: false,
    description: 'What is sent to iptables-restore and ip6tables-restore.',
    properties: { ipv4: { type: 'string' }, ipv6: { type: 'string' } },
  },
  ipset: {
    type: 'object',
    required: ['before', 'after'],
    additionalProperties: false,
    description: 'What is done to sets before and after the rules.',
    properties: { before: { type: 'string' }, after: { type: 'string' } },
  },
}

const probationMembers: Readonly<Record<string, JsonSchema>> = {
  id: { type: 'string' },
  deadline: {
    type: 'string',
    format: 'date-time',
    description: 'When it is taken back unless it is confirmed.',
  },
}

/** The named schemas of plans; each is a component of the OpenAPI document. */
export const planSchemas: readonly (JsonSchema & { readonly $id: string })[] = [
  {
    $id: 'Plan',
    description: 'What would have to change for the kernel to hold what is desired.',
    type: 'object',
    required: ['token', 'empty', 'summary', 'diff', 'owner', 'scope', 'tables', 'sets', 'restore', 'ipset'],
    additionalProperties: false,
    properties: planMembers,
  },
  {
    $id: 'Receipt',
    description: 'What was done, when the kernel has it and the store its revision.',
    type: 'object',
    required: ['commits', 'sets', 'duration', 'summary'],
    additionalProperties: false,
    properties: {
      revision: {
        type: 'integer',
        minimum: 1,
        description: 'Its number in the history; absent where nothing was to be done.',
      },
      commits: {
        type: 'integer',
        minimum: 0,
        description: 'Commits of rules that the kernel has acknowledged.',
      },
      sets: { type: 'integer', minimum: 0, description: 'Sets that were changed.' },
      duration: { type: 'number', minimum: 0, description: 'Milliseconds.' },
      summary: planMembers.summary,
      probation: {
        type: 'object',
        required: ['id', 'deadline'],
        additionalProperties: false,
        properties: probationMembers,
        description: 'Absent where the change stays.',
      },
    },
  },
  {
    $id: 'Probation',
    description: 'A change that is taken back unless it is confirmed.',
    type: 'object',
    required: ['id', 'remaining', 'touches', 'guarded'],
    additionalProperties: false,
    properties: {
      id: { type: 'string' },
      remaining: { type: 'number', minimum: 0, description: 'Milliseconds until it is taken back.' },
      touches: { type: 'array', items: { type: 'string' } },
      guarded: { type: 'boolean', description: 'Whether the process that takes it back is alive.' },
    },
  },
]
