import { ruleSchema } from 'chainmail'
import { onProbation } from './safety.ts'

/** A JSON Schema, draft 2020-12 as far as OpenAPI 3.1 and Ajv share it. */
export type JsonSchema = Readonly<Record<string, unknown>>

const family = { type: 'string', enum: ['ipv4', 'ipv6'] } as const

/** Packets or bytes: a number as long as JSON's readers hold it exactly, a decimal text beyond 2^53 - 1. */
export const count: JsonSchema = {
  description: 'A number up to 2^53 - 1, beyond it a decimal text.',
  type: ['integer', 'string'],
  minimum: 0,
  pattern: '^[0-9]+$',
}

const counters: JsonSchema = {
  type: 'object',
  required: ['packets', 'bytes'],
  additionalProperties: false,
  properties: { packets: count, bytes: count },
}

const time: JsonSchema = { type: 'string', format: 'date-time' }

/** A scope in one word. */
export const scopeWord = {
  type: 'string',
  description:
    'What the ban keeps away: everything, input, output, forward, interface:eth0, or ports such as tcp:22,udp:5000-5010.',
  examples: ['everything', 'interface:eth0', 'tcp:22'],
} as const

/** What a request says of a ban beside its address. */
export const banWishMembers: Readonly<Record<string, JsonSchema>> = {
  for: {
    description: 'How long: 90s, 10m, 24h, 7d, 2w or a number of seconds. Absent: for ever.',
    type: ['string', 'integer'],
    examples: ['10m', 600],
  },
  reason: {
    description: 'Kept with the ban; the kernel shows as much of it as fits, some 200 bytes.',
    type: 'string',
    maxLength: 255,
  },
  scope: {
    description: 'What it keeps away, in one word or as an object; everything when it is absent.',
    anyOf: [
      scopeWord,
      {
        type: 'object',
        required: ['interface'],
        additionalProperties: false,
        properties: { interface: { type: 'string', examples: ['eth0', 'eth+'] } },
      },
      {
        type: 'object',
        required: ['ports'],
        additionalProperties: false,
        properties: { ports: { type: 'array', items: { type: 'string' }, examples: [['tcp:22']] } },
      },
    ],
  },
  exceptAllowed: {
    description: 'A ban that holds allowed addresses is refused; with true it is made without them.',
    type: 'boolean',
  },
  ipv6Prefix: {
    description: 'A single IPv6 address stands for the network of this length around it, such as its /64.',
    type: 'integer',
    minimum: 1,
    maximum: 128,
  },
}

/** What a ban says of itself, whether or not it is listed with its counters. */
const banMembers: Readonly<Record<string, JsonSchema>> = {
  address: {
    type: 'string',
    description: 'Canonical: an address, a network with its prefix, or the range that was asked for.',
  },
  family,
  scope: { ...scopeWord, description: 'Absent: everything.' },
  since: { ...time, description: 'When it was first made. Absent where somebody else put it into the set.' },
  until: { ...time, description: 'Absent when it is for ever.' },
  expiresIn: {
    type: 'integer',
    minimum: 0,
    description: 'Seconds that are left. Absent when it is for ever.',
  },
  reason: { type: 'string' },
  who: { type: 'string', description: 'By which door the request came: loopback or socket.' },
}

/** Those of a rule, by reference. */
const ruleMembers: Readonly<Record<string, JsonSchema>> = Object.fromEntries(
  Object.keys(ruleSchema.properties ?? {}).map((name) => [name, { $ref: `Rule#/properties/${name}` }]),
)

/** The named schemas; each is a component of the OpenAPI document. */
export const schemas: readonly (JsonSchema & { readonly $id: string })[] = [
  {
    $id: 'Problem',
    description: 'Why a request was refused, RFC 9457. `code` is stable; the rest is for people.',
    type: 'object',
    required: ['type', 'title', 'status', 'detail', 'code'],
    additionalProperties: false,
    properties: {
      type: { type: 'string', format: 'uri-reference', description: 'Where the code is explained.' },
      title: { type: 'string', description: 'What the code means.' },
      status: { type: 'integer' },
      detail: { type: 'string', description: 'What happened this time.' },
      code: { type: 'string', description: 'One of /v1/problems.' },
      path: { type: 'string', description: 'Where in the input the fault is.' },
      kernelWords: { type: 'string', description: "The kernel's or iptables' own words." },
    },
  },
  {
    $id: 'BanRequest',
    type: ['object', 'null'],
    additionalProperties: false,
    properties: banWishMembers,
  },
  {
    $id: 'BanLine',
    description: 'One line of a request: a ban, or its address, network or range alone.',
    anyOf: [
      {
        type: 'object',
        required: ['address'],
        additionalProperties: false,
        properties: { address: { type: 'string' }, ...banWishMembers },
      },
      { type: 'string' },
    ],
  },
  {
    $id: 'UnbanLine',
    description: 'One line of a request: a ban to take back, or its address, network or range alone.',
    anyOf: [
      {
        type: 'object',
        required: ['address'],
        additionalProperties: false,
        properties: {
          address: { type: 'string' },
          scope: banWishMembers.scope,
          ipv6Prefix: banWishMembers.ipv6Prefix,
        },
      },
      { type: 'string' },
    ],
  },
  {
    $id: 'BanResult',
    description:
      'One line of an answer: what became of a line of the request, in its order, and at last the summary of all.',
    type: 'object',
    properties: {
      line: { type: 'integer', minimum: 1, description: 'Of the request, counted from 1.' },
      address: { type: 'string', description: 'As it was sent; absent where the line could not be read.' },
      ok: { type: 'boolean', description: 'true: the kernel and the store have it.' },
      error: {
        type: 'object',
        required: ['code', 'detail'],
        properties: { code: { type: 'string' }, detail: { type: 'string' } },
      },
      summary: {
        type: 'object',
        required: ['complete', 'lines', 'accepted', 'refused'],
        properties: {
          complete: { type: 'boolean', description: 'Whether the request was read to its end.' },
          lines: { type: 'integer', minimum: 0 },
          accepted: { type: 'integer', minimum: 0 },
          refused: { type: 'integer', minimum: 0 },
          error: {
            type: 'object',
            required: ['code', 'detail'],
            properties: { code: { type: 'string' }, detail: { type: 'string' } },
            description: 'Why it ended early; what was accepted before stays.',
          },
        },
      },
    },
  },
  {
    $id: 'AllowedNetwork',
    description: 'An address or network that nothing may ban.',
    type: 'object',
    required: ['address', 'family', 'origin'],
    additionalProperties: false,
    properties: {
      address: { type: 'string' },
      family,
      reason: { type: 'string' },
      origin: {
        type: 'string',
        enum: ['entry', 'default'],
        description: 'entry: somebody put it there. default: this host itself needs it.',
      },
      who: { type: 'string', description: 'By which door the request came. Absent where no request did.' },
      since: { ...time, description: 'When it was put there. Absent where another program did.' },
    },
  },
  {
    $id: 'Ban',
    type: 'object',
    required: ['address', 'family', 'since', 'who'],
    additionalProperties: false,
    properties: {
      ...banMembers,
      networks: {
        type: 'array',
        items: { type: 'string' },
        description: 'What the kernel holds for it. Absent: the address itself.',
      },
      probation: onProbation,
    },
  },
  {
    $id: 'ListedBan',
    description: 'A ban with what it has dropped.',
    type: 'object',
    required: ['address', 'family', 'packets', 'bytes'],
    additionalProperties: false,
    properties: { ...banMembers, packets: count, bytes: count },
  },
  { ...ruleSchema, $id: 'Rule' },
  {
    $id: 'ListedRule',
    description: 'A rule as its chain holds it.',
    type: 'object',
    required: ['number', 'text'],
    additionalProperties: false,
    properties: {
      number: { type: 'integer', minimum: 1, description: 'Its place in the chain.' },
      text: { type: 'string', description: 'As iptables-save prints it.' },
      ...ruleMembers,
    },
  },
  {
    $id: 'Chain',
    type: 'object',
    required: ['name', 'counters', 'rules'],
    additionalProperties: false,
    properties: {
      name: { type: 'string' },
      policy: { type: 'string', description: "A built-in chain's; absent for others." },
      counters,
      rules: { type: 'array', items: { $ref: 'ListedRule#' } },
      next: { type: 'string', description: 'Of a page: the cursor of the next one; absent on the last one.' },
    },
  },
  {
    $id: 'Table',
    type: 'object',
    required: ['name', 'family', 'chains'],
    additionalProperties: false,
    properties: { name: { type: 'string' }, family, chains: { type: 'array', items: { $ref: 'Chain#' } } },
  },
]

/** `?family=`, where one has to be meant. */
export const familyQuery: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { family: { ...family, default: 'ipv4' } },
}

/** `?family=`, where none means both. */
export const familyFilter: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { family: { ...family, description: 'Both when it is absent.' } },
}

/** The answers that any route may give beside its own. */
export const refusals: JsonSchema = {
  '4xx': problemAnswer('The request was refused; nothing was changed.'),
  '5xx': problemAnswer('The daemon or the machine could not do it.'),
}

function problemAnswer(description: string): JsonSchema {
  return { description, content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } } }
}
