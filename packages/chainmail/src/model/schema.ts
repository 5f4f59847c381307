import type { Extension, Option } from './extension.ts'
import type { JsonSchema } from './kind.ts'
import { maskedNetwork } from './kinds/address.ts'
import { flag } from './kinds/flag.ts'
import { interfaceName } from './kinds/interface.ts'
import { protocol } from './kinds/protocol.ts'
import { matches } from './matches/index.ts'
import { targets } from './targets/index.ts'

const counter: JsonSchema = {
  anyOf: [
    { type: 'integer', minimum: 0 },
    { type: 'string', pattern: '^[0-9]{1,20}$' },
  ],
}

const opaque: JsonSchema = {
  type: 'object',
  description: 'An extension that the model does not know, word for word.',
  properties: { name: { type: 'string' }, text: { type: 'string' } },
  required: ['name', 'text'],
  additionalProperties: false,
}

function negatable(schema: JsonSchema, description?: string): JsonSchema {
  const negation = {
    type: 'object',
    properties: { not: schema },
    required: ['not'],
    additionalProperties: false,
  }
  return { ...(description === undefined ? {} : { description }), anyOf: [schema, negation] }
}

function optionSchema({ kind, negatable: canNegate, about }: Option): JsonSchema {
  return canNegate === true ? negatable(kind.schema, about) : { description: about, ...kind.schema }
}

function extensionSchema({ about, options }: Extension): JsonSchema {
  const entries = Object.entries(options)
  return {
    type: 'object',
    description: about,
    properties: Object.fromEntries(entries.map(([key, option]) => [key, optionSchema(option)])),
    required: entries.filter(([, option]) => option.required === true).map(([key]) => key),
    additionalProperties: false,
  }
}

/** Extensions by name; where the families differ under one name, either form. */
function byName(extensions: readonly Extension[]): Readonly<Record<string, JsonSchema>> {
  const groups = Map.groupBy(extensions, ({ name }) => name)
  return Object.fromEntries(
    Array.from(groups, ([name, [first, ...others]]) => [
      name,
      first !== undefined && others.length === 0
        ? extensionSchema(first)
        : { anyOf: [first, ...others].flatMap((one) => (one === undefined ? [] : [extensionSchema(one)])) },
    ]),
  )
}

const matchesSchema: JsonSchema = {
  type: 'object',
  properties: { ...byName(matches), opaque },
  additionalProperties: false,
}

/** The JSON Schema of {@link RuleInput}; values are checked further when the rule is read. */
export const ruleSchema: JsonSchema = {
  type: 'object',
  description: 'A rule of iptables or ip6tables.',
  properties: {
    protocol: negatable(protocol.schema, 'The protocol, by name or number.'),
    source: negatable(maskedNetwork.schema, 'The source address or network.'),
    destination: negatable(maskedNetwork.schema, 'The destination address or network.'),
    inInterface: negatable(interfaceName.schema, 'The interface that the packet came in by.'),
    outInterface: negatable(interfaceName.schema, 'The interface that the packet leaves by.'),
    fragment: negatable(flag.schema, 'Second and further fragments (IPv4).'),
    matches: {
      description: 'The matches in their order; a list of objects where a name stands twice.',
      anyOf: [matchesSchema, { type: 'array', items: matchesSchema }],
    },
    target: {
      description: 'A target or chain by its name, or an object with the target’s options under its name.',
      anyOf: [
        { type: 'string' },
        {
          type: 'object',
          properties: { ...byName(targets), opaque },
          additionalProperties: false,
          minProperties: 1,
          maxProperties: 1,
        },
      ],
    },
    goto: { type: 'string', description: 'A chain to go on in without coming back.' },
    counters: {
      type: 'object',
      description: 'What the rule begins with.',
      properties: { packets: counter, bytes: counter },
      required: ['packets', 'bytes'],
      additionalProperties: false,
    },
  },
  additionalProperties: false,
}
