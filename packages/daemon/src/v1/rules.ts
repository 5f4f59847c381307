import type { Family } from '@chainmail/kernel'
import { type Chain, type ListedRule, type Rule, renderRule, type Table } from 'chainmail'
import type { FastifyInstance } from 'fastify'
import type { History } from '../history/history.ts'
import { type ChangingChain, RuleChanges } from '../history/rule-changes.ts'
import { plainCounters } from './counters.ts'
import { originOf, withRevision } from './origin.ts'
import { readRuleNumber, readRuleRequest } from './rule-request.ts'
import { familyFilter, familyQuery, type JsonSchema, refusals } from './schemas.ts'

/** What the routes need of the library. */
export interface RuleFirewall {
  tables(options: { family: Family }): Promise<readonly Table[]>
  chain(name: string, place: { table: string; family: Family }): RuleChain
}

export interface RuleChain extends ChangingChain {
  read(): Promise<Chain>
}

interface ChainPath {
  readonly Params: { readonly table: string; readonly chain: string }
  readonly Querystring: { readonly family: Family }
}

const chainMembers = {
  table: { type: 'string', description: 'filter, nat, mangle, raw or security.' },
  chain: { type: 'string' },
}

const chainParams: JsonSchema = { type: 'object', required: ['table', 'chain'], properties: chainMembers }

const numberParams: JsonSchema = {
  type: 'object',
  required: ['table', 'chain', 'number'],
  properties: { ...chainMembers, number: { type: 'string', description: 'Counted from 1.' } },
}

const ruleMember: JsonSchema = {
  anyOf: [
    { $ref: 'Rule#' },
    { type: 'string', description: "In iptables' own words.", examples: ['-p tcp --dport 22 -j DROP'] },
  ],
}

const postBody: JsonSchema = {
  type: 'object',
  required: ['rule'],
  additionalProperties: false,
  properties: {
    rule: ruleMember,
    position: {
      type: 'integer',
      minimum: 1,
      description: 'The number that the rule gets; absent for the end of the chain.',
    },
  },
}

const deleteBody: JsonSchema = {
  type: 'object',
  required: ['rule'],
  additionalProperties: false,
  properties: { rule: ruleMember },
}

const ruleAnswer: JsonSchema = {
  type: 'object',
  required: ['rule', 'text', 'revision'],
  additionalProperties: false,
  properties: {
    rule: { $ref: 'Rule#' },
    text: { type: 'string', description: 'As iptables-save prints it.' },
    revision: { type: 'integer', minimum: 1, description: 'The number of this change in the history.' },
  },
}

/** Tables, chains and rules, of everybody on this host. */
export function ruleRoutes(app: FastifyInstance, firewall: RuleFirewall, history: History): void {
  const rules = new RuleChanges(firewall, history)
  // A rule is written as it is: a serializer made from the schema would drop what the schema does not name.
  const serializerCompiler = () => (document: unknown) => JSON.stringify(document)

  app.get<{ Querystring: { readonly family?: Family } }>(
    '/tables',
    {
      serializerCompiler,
      schema: {
        operationId: 'listTables',
        tags: ['rules'],
        summary: 'The tables that exist, with their chains and rules',
        querystring: familyFilter,
        response: {
          200: {
            description: 'Those of IPv4 first.',
            type: 'object',
            required: ['tables'],
            additionalProperties: false,
            properties: { tables: { type: 'array', items: { $ref: 'Table#' } } },
          },
          ...refusals,
        },
      },
    },
    async ({ query }) => {
      const wanted: readonly Family[] = query.family === undefined ? ['ipv4', 'ipv6'] : [query.family]
      const read = await Promise.all(wanted.map((family) => tablesOf(firewall, family)))
      return { tables: read.flat() }
    },
  )

  app.get<ChainPath>(
    '/tables/:table/chains/:chain',
    {
      serializerCompiler,
      schema: {
        operationId: 'getChain',
        tags: ['rules'],
        summary: 'A chain with its rules',
        params: chainParams,
        querystring: familyQuery,
        response: { 200: { description: 'The chain.', $ref: 'Chain#' }, ...refusals },
      },
    },
    async ({ params, query }) => {
      return chainDocument(
        await firewall.chain(params.chain, { table: params.table, family: query.family }).read(),
      )
    },
  )

  app.post<ChainPath>(
    '/tables/:table/chains/:chain/rules',
    {
      serializerCompiler,
      config: { documented: { body: postBody } },
      schema: {
        operationId: 'addRule',
        tags: ['rules'],
        summary: 'Add a rule to a chain',
        description:
          'At the end of the chain, or before the rule that has the number `position`. Answered when the kernel has it.',
        params: chainParams,
        querystring: familyQuery,
        response: { 201: { description: 'The rule in its canonical form.', ...ruleAnswer }, ...refusals },
      },
    },
    async ({ params, query, body, raw }, reply) => {
      const { family } = query
      const { rule, position } = readRuleRequest(body, ['rule', 'position'], family)
      const place = { table: params.table, family }
      const { result, revision } = await rules.add(originOf(raw), place, params.chain, rule, position)
      const document = { rule: ruleDocument(result), text: renderRule(result, { family }), revision }
      return withRevision(reply, revision).code(201).send(document)
    },
  )

  app.delete<ChainPath>(
    '/tables/:table/chains/:chain/rules',
    {
      serializerCompiler,
      config: { documented: { body: deleteBody } },
      schema: {
        operationId: 'deleteRule',
        tags: ['rules'],
        summary: 'Delete the first rule of a chain that is equal to this one',
        params: chainParams,
        querystring: familyQuery,
        response: { 204: { description: 'The rule is gone.', type: 'null' }, ...refusals },
      },
    },
    async ({ params, query, body, raw }, reply) => {
      const { rule } = readRuleRequest(body, ['rule'], query.family)
      const place = { table: params.table, family: query.family }
      const { revision } = await rules.delete(originOf(raw), place, params.chain, rule)
      return withRevision(reply, revision).code(204).send()
    },
  )

  app.delete<ChainPath & { Params: { readonly number: string } }>(
    '/tables/:table/chains/:chain/rules/:number',
    {
      serializerCompiler,
      schema: {
        operationId: 'deleteRuleByNumber',
        tags: ['rules'],
        summary: 'Delete the rule that has this number now',
        params: numberParams,
        querystring: familyQuery,
        response: { 204: { description: 'The rule is gone.', type: 'null' }, ...refusals },
      },
    },
    async ({ params, query, raw }, reply) => {
      const number = readRuleNumber(params.number)
      const place = { table: params.table, family: query.family }
      const { revision } = await rules.delete(originOf(raw), place, params.chain, number)
      return withRevision(reply, revision).code(204).send()
    },
  )
}

async function tablesOf(firewall: RuleFirewall, family: Family): Promise<Record<string, unknown>[]> {
  const tables = await firewall.tables({ family })
  return tables.map(({ name, chains }) => ({ name, family, chains: chains.map(chainDocument) }))
}

function chainDocument({ name, policy, counters, rules }: Chain): Record<string, unknown> {
  return {
    name,
    policy,
    counters: plainCounters(counters),
    rules: rules.map((rule: ListedRule, index) => ({ number: index + 1, ...ruleDocument(rule) })),
  }
}

function ruleDocument(rule: Rule): Record<string, unknown> {
  return rule.counters === undefined ? { ...rule } : { ...rule, counters: plainCounters(rule.counters) }
}
