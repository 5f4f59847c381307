/** The schemas of sets and their entries, made from the kernel package's tables of types and options. */
import {
  type CreateOption,
  createOptions,
  type EntryOptionName,
  maximumTimeout,
  type SetTypeDefinition,
  setTypes,
} from '@chainmail/kernel'
import { count, type JsonSchema } from './schemas.ts'

export interface SetPath {
  readonly Params: { readonly name: string }
}

export const setParams: JsonSchema = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string' } },
}

/** Told in the description of every route that changes a set. */
export const kernelOnly =
  'The change is made in the kernel alone for now: nothing makes it again after a restart of the machine.'

const typeNames = Object.keys(setTypes)

const duration: JsonSchema = {
  type: ['string', 'integer'],
  description: `90s, 10m, 24h, 7d, 2w or a number of seconds up to ${maximumTimeout}; 0 is never.`,
}

const setName: JsonSchema = {
  type: 'string',
  minLength: 1,
  maxLength: 31,
  description: 'At most 31 bytes, without blanks and quotation marks.',
}

const family: JsonSchema = {
  type: 'string',
  enum: ['inet', 'inet6'],
  description: `IPv4, the default, or IPv6. For ${typesWith(({ families }) => families.length > 1)}.`,
}

function typesWith(has: (type: SetTypeDefinition) => boolean): string {
  const names = Object.entries(setTypes).flatMap(([name, type]) => (has(type) ? [name] : []))
  return names.length === typeNames.length ? 'every type' : names.join(', ')
}

function createOptionSchema(name: string, option: CreateOption): JsonSchema {
  const description = `For ${typesWith((type) => Object.hasOwn(type.createOptions, name))}.`
  switch (option.kind) {
    case 'number':
      if (name === 'timeout')
        return { ...duration, description: `The entries' default: ${duration.description} ${description}` }
      return { type: 'integer', minimum: option.minimum, maximum: option.maximum, description }
    case 'flag':
      return { type: 'boolean', description }
    case 'address':
      return { type: 'string', description: `An address. ${description}` }
    case 'range':
      return {
        type: 'string',
        description: `Such as 192.0.2.0/24, 192.0.2.0-192.0.2.255 or, of ports, 0-1023. ${description}`,
      }
  }
}

export const createMembers: Readonly<Record<string, JsonSchema>> = {
  family,
  ...Object.fromEntries(
    Object.entries(createOptions).map(([name, option]) => [name, createOptionSchema(name, option)]),
  ),
}

const entryMembers: Readonly<Record<EntryOptionName, JsonSchema>> = {
  timeout: duration,
  packets: count,
  bytes: count,
  comment: { type: 'string', maxLength: 255, description: 'At most 255 bytes, without quotation marks.' },
  skbmark: { type: 'string', description: 'The mark to set on packets: 0x10 or 0x10/0xff.' },
  skbprio: { type: 'string', description: 'A class of tc(8), hexadecimal: 1:10.' },
  skbqueue: { type: 'integer', minimum: 0, maximum: 65_535 },
  nomatch: { type: 'boolean', description: 'An exception: what it holds does not match.' },
  wildcard: { type: 'boolean', description: "The interface's name is the beginning of names." },
  before: { type: 'string', description: 'The member that the new one is put in front of.' },
  after: { type: 'string', description: 'The member that the new one is put behind.' },
}

const element: JsonSchema = {
  type: 'string',
  description:
    "In ipset's words: 192.0.2.1, 192.0.2.0/24, 192.0.2.1-192.0.2.9,udp:53, 2001:db8::/32,eth0. A range or network in a set of single addresses is expanded by the kernel.",
}

const entryOptionSchemas = Object.fromEntries(
  Object.entries(entryMembers).map(([name, schema]) => {
    const types = `For ${typesWith((type) => Object.hasOwn(type.entryOptions, name))}.`
    const words = typeof schema.description === 'string' ? `${schema.description} ${types}` : types
    return [name, { ...schema, description: words }]
  }),
)

const error: JsonSchema = {
  type: 'object',
  required: ['code', 'detail'],
  additionalProperties: false,
  properties: {
    code: { type: 'string', description: 'One of /v1/problems.' },
    detail: { type: 'string' },
  },
}

const total: JsonSchema = { type: 'integer', minimum: 0 }

/** The named schemas; each is a component of the OpenAPI document. */
export const setSchemas: readonly (JsonSchema & { readonly $id: string })[] = [
  {
    $id: 'SetRequest',
    description:
      'A set to be made. ipset(8) says what each option means; one that the type does not have is refused.',
    type: 'object',
    required: ['name', 'type'],
    additionalProperties: false,
    properties: { name: setName, type: { type: 'string', enum: typeNames }, ...createMembers },
  },
  {
    $id: 'Set',
    description: 'A set as the kernel describes it, without its entries.',
    type: 'object',
    required: ['name', 'type', 'revision', 'options', 'entries', 'references', 'memory', 'owned'],
    additionalProperties: false,
    properties: {
      name: { type: 'string' },
      type: { type: 'string', description: 'One that the daemon does not know is possible.' },
      revision: { type: 'integer', description: "Of the type, as the kernel's module counts it." },
      options: {
        type: 'object',
        description: 'What it was created with, the defaults that the kernel chose included.',
        additionalProperties: false,
        properties: createMembers,
      },
      entries: { ...total, description: 'Those that have expired may still be counted.' },
      references: { ...total, description: 'How many rules and lists refer to it.' },
      memory: { ...total, description: "Bytes of the kernel's memory." },
      owned: { type: 'boolean', description: 'Made by chainmail for itself: these routes do not change it.' },
    },
  },
  {
    $id: 'SetEntry',
    description: 'An entry as the kernel lists it, which can be sent back as it is.',
    type: 'object',
    required: ['element'],
    additionalProperties: false,
    properties: { element, ...entryOptionSchemas },
  },
  {
    $id: 'SetEntryLine',
    description: 'One line of a request: an entry, or its element alone.',
    anyOf: [{ $ref: 'SetEntry#' }, element],
  },
  {
    $id: 'SetEntryResult',
    description:
      'One line of an answer: what became of a line of the request, in its order, and at last the summary of all.',
    anyOf: [
      {
        type: 'object',
        required: ['line', 'ok'],
        additionalProperties: false,
        properties: {
          line: { type: 'integer', minimum: 1, description: 'Of the request, counted from 1.' },
          element: { type: 'string', description: 'Absent where the line could not be read.' },
          ok: { type: 'boolean', description: 'true: the kernel has it.' },
          error,
        },
      },
      {
        type: 'object',
        required: ['summary'],
        additionalProperties: false,
        properties: {
          summary: {
            type: 'object',
            required: ['complete', 'lines', 'accepted', 'refused'],
            additionalProperties: false,
            properties: {
              complete: { type: 'boolean', description: 'Whether the request was read to its end.' },
              lines: { ...total, description: 'That a result was told of, or would have been.' },
              accepted: total,
              refused: total,
              error: { ...error, description: 'Why it ended early; what was accepted before stays.' },
            },
          },
        },
      },
    ],
  },
]
