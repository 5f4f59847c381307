import type { JsonSchema } from '../../model/kind.ts'
import { tableNames } from '../../model/names/tables.ts'
import { ruleSchema } from '../../model/schema.ts'

const counter: JsonSchema = {
  anyOf: [
    { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    { type: 'string', pattern: '^[0-9]{1,20}$', description: 'Above 2^53 - 1, in decimal.' },
  ],
}

const chain: JsonSchema = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 28, description: 'The name of the chain.' },
    policy: {
      enum: ['ACCEPT', 'DROP'],
      description: 'What happens at the end of a chain of the kernel’s; absent for a chain of the user’s.',
    },
    counters: {
      type: 'object',
      description: 'What the policy has seen.',
      properties: { packets: counter, bytes: counter },
      required: ['packets', 'bytes'],
      additionalProperties: false,
    },
    rules: { type: 'array', items: ruleSchema },
  },
  required: ['name', 'rules'],
  additionalProperties: false,
}

/** The JSON Schema of a whole ruleset of one family. */
export const rulesetSchema: JsonSchema = {
  type: 'object',
  description: 'The tables of iptables or ip6tables.',
  properties: {
    family: { enum: ['ipv4', 'ipv6'], description: 'The rules of iptables or of ip6tables.' },
    tables: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          name: { enum: tableNames, description: 'The name of the table.' },
          chains: { type: 'array', items: chain },
        },
        required: ['name', 'chains'],
        additionalProperties: false,
      },
    },
  },
  required: ['tables'],
  additionalProperties: false,
}
