import {
  ChainmailError,
  detectLanguage,
  dumpFamily,
  formatSave,
  type Language,
  languages,
  type Problem,
  readRuleset,
  renderRuleset,
  spellingOf,
} from 'chainmail'
import type { FastifyInstance } from 'fastify'
import { needsAnyone } from '../identity/route-needs.ts'
import { type JsonSchema, refusals } from './schemas.ts'

type Family = 'ipv4' | 'ipv6'

interface TextBody {
  readonly text: string
  readonly language?: Language
  readonly family?: Family
}

interface ConvertBody extends TextBody {
  readonly to?: Language
  readonly iptables?: string
}

const text: JsonSchema = { type: 'string', description: 'Rules, at most as long as a body may be.' }

const languageMember: JsonSchema = {
  type: 'string',
  enum: languages,
  description: 'Of the text; what it begins like when it is absent.',
}

const familyMember: JsonSchema = {
  type: 'string',
  enum: ['ipv4', 'ipv6'],
  description: 'Of the rules; what the text says of itself, or ipv4, when it is absent.',
}

const iptables: JsonSchema = {
  type: 'string',
  pattern: '^[0-9]+\\.[0-9]+\\.[0-9]+$',
  description: 'The version of the iptables-save whose spelling is wanted.',
  examples: ['1.8.9'],
}

const family: JsonSchema = { type: 'string', enum: ['ipv4', 'ipv6'] }

/** An answer all of whose members are always there. */
function answerOf(description: string, properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return {
    200: {
      description,
      type: 'object',
      required: Object.keys(properties),
      additionalProperties: false,
      properties,
    },
    ...refusals,
  }
}

function bodyOf(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return {
    type: 'object',
    required: ['text'],
    additionalProperties: false,
    properties: { text, ...properties },
  }
}

const place: JsonSchema = { type: 'integer', minimum: 1 }

const problem: JsonSchema = {
  type: 'object',
  required: ['code', 'message', 'line', 'column'],
  additionalProperties: false,
  properties: {
    code: { type: 'string' },
    message: { type: 'string' },
    line: place,
    column: place,
    path: { type: 'string' },
  },
}

/** Rules as texts: they need no kernel, and change nothing. */
export function textRoutes(app: FastifyInstance): void {
  app.post<{ Body: ConvertBody }>(
    '/texts/convert',
    {
      config: needsAnyone,
      schema: {
        operationId: 'convertText',
        tags: ['texts'],
        summary: 'Translate rules between iptables-save, commands, JSON and XML',
        body: bodyOf({
          language: languageMember,
          family: familyMember,
          to: {
            type: 'string',
            enum: languages,
            description: 'json for save, else save, when it is absent.',
          },
          iptables,
        }),
        response: answerOf('The text.', {
          language: { type: 'string', enum: languages },
          to: { type: 'string', enum: languages },
          family,
          text: { type: 'string' },
        }),
      },
    },
    async ({ body }) => {
      const { language, tables, family } = readAll(body)
      const { to = language === 'save' ? 'json' : 'save', iptables } = body
      const spelling = iptables === undefined ? {} : spellingOf(iptables)
      return { language, to, family, text: renderRuleset(tables, to, family, spelling) }
    },
  )

  app.post<{ Body: TextBody }>(
    '/texts/check',
    {
      config: needsAnyone,
      schema: {
        operationId: 'checkText',
        tags: ['texts'],
        summary: 'Everything that is wrong with a text of rules',
        description: 'What only a kernel knows is not told: whether a set or a module exists.',
        body: bodyOf({ language: languageMember, family: familyMember }),
        response: answerOf('What was found.', {
          language: { type: 'string', enum: languages },
          family,
          rules: { type: 'integer', minimum: 0, description: 'That could be read.' },
          problems: { type: 'array', items: problem },
        }),
      },
    },
    async ({ body: { text, language = detectLanguage(text), family } }) => {
      const read = readRuleset(text, language, family)
      const chains = read.tables.flatMap((table) => table.chains)
      const rules = chains.reduce((sum, chain) => sum + chain.rules.length, 0)
      return { language, family: read.family, rules, problems: read.problems }
    },
  )

  app.post<{ Body: Omit<TextBody, 'language'> & { readonly iptables?: string } }>(
    '/texts/format',
    {
      config: needsAnyone,
      schema: {
        operationId: 'formatText',
        tags: ['texts'],
        summary: 'Write a dump as iptables-save would print it',
        description: 'Comments, blank lines and the order of the lines stay.',
        body: bodyOf({ family: familyMember, iptables }),
        response: answerOf('The dump.', { family, text: { type: 'string' } }),
      },
    },
    async ({ body: { text, family = dumpFamily(text), iptables } }) => {
      const spelling = iptables === undefined ? {} : spellingOf(iptables)
      const formatted = formatSave(text, { family, ...spelling })
      refuseProblems(formatted.problems)
      return { family, text: formatted.text }
    },
  )
}

function readAll({ text, language = detectLanguage(text), family }: TextBody) {
  const read = readRuleset(text, language, family)
  refuseProblems(read.problems)
  return { ...read, language }
}

/** @throws ChainmailError the first of them */
function refuseProblems([first]: readonly Problem[]): void {
  if (first === undefined) return
  const { code, message, line, column } = first
  throw new ChainmailError(code, `Line ${line}, column ${column}: ${message}`, { line, column, path: 'text' })
}
