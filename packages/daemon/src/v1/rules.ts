import type { Family } from '@chainmail/kernel'
import {
  type Chain,
  ChainmailError,
  type ListedRule,
  type Rule,
  renderRule,
  type Spelling,
  sameRule,
  type Table,
} from 'chainmail'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DaemonError } from '../errors.ts'
import type { History } from '../history/history.ts'
import {
  type ChainDoor,
  type ChangingChain,
  type ProbationWatch,
  RuleChanges,
} from '../history/rule-changes.ts'
import { needsRead, type RouteNeeds } from '../identity/route-needs.ts'
import { chainNeed } from '../identity/rule-needs.ts'
import { chainRoutes, changeChain, ruleConditions } from './chains.ts'
import { plainCounters } from './counters.ts'
import { pageLength, pageMembers } from './listing-schemas.ts'
import { originOf, withRevision } from './origin.ts'
import { readRuleNumber, readRuleRequest } from './rule-request.ts'
import { onProbation, safetyOf } from './safety.ts'
import { familyFilter, familyQuery, type JsonSchema, refusals } from './schemas.ts'
import { isPlain, termsOf, withVersion } from './terms.ts'
import { chainVersion, tablesVersion } from './versions.ts'

/** What the routes need of the library. */
export interface RuleFirewall extends Omit<ChainDoor, 'chain'> {
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

const { cursor, limit } = pageMembers('rules')

const chainQuery: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    family: { type: 'string', enum: ['ipv4', 'ipv6'], default: 'ipv4' },
    cursor,
    limit: {
      type: limit?.type,
      pattern: limit?.pattern,
      description: 'How many rules a page has at most; all when it is absent.',
    },
  },
}

interface ChainPage {
  readonly family: Family
  readonly cursor?: string
  readonly limit?: string
}

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
    probation: onProbation,
  },
}

const chainNeeds: RouteNeeds = {
  kind: 'edit',
  exactly: ({ params, query }: FastifyRequest<ChainPath>) => [
    chainNeed(query.family, params.table, params.chain),
  ],
}

/** Of requests that bring a rule into a chain. */
function ruleNeeds(spelling: Spelling): RouteNeeds {
  return {
    kind: 'edit',
    exactly: ({ params, query: { family }, body }: FastifyRequest<ChainPath>) => {
      const { rule } = readRuleRequest(body, ['rule', 'position'], { family, ...spelling })
      return [chainNeed(family, params.table, params.chain, [rule])]
    },
  }
}

/** Tables, chains and rules, of everybody on this host. */
export function ruleRoutes(
  app: FastifyInstance,
  firewall: RuleFirewall,
  history: History,
  decisions: ProbationWatch,
): void {
  const rules = new RuleChanges(firewall, history, decisions)
  // A rule is written as it is: a serializer made from the schema would drop what the schema does not name.
  const serializerCompiler = () => (document: unknown) => JSON.stringify(document)

  app.get<{ Querystring: { readonly family?: Family } }>(
    '/tables',
    {
      serializerCompiler,
      config: { ...needsRead, conditional: true },
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
    async ({ query }, reply) => {
      const wanted: readonly Family[] = query.family === undefined ? ['ipv4', 'ipv6'] : [query.family]
      const read = await Promise.all(
        wanted.map(async (family) => ({ family, tables: await firewall.tables({ family }) })),
      )
      return withVersion(reply, tablesVersion(read)).send({ tables: read.flatMap(tableDocuments) })
    },
  )

  app.get<ChainPath & { Querystring: ChainPage }>(
    '/tables/:table/chains/:chain',
    {
      serializerCompiler,
      config: { ...needsRead, conditional: true },
      schema: {
        operationId: 'getChain',
        tags: ['rules'],
        summary: 'A chain with its rules',
        description:
          'With `limit`, a page of its rules. The cursor of the next one holds only as long as nobody changes the chain: changed-meanwhile otherwise.',
        params: chainParams,
        querystring: chainQuery,
        response: { 200: { description: 'The chain.', $ref: 'Chain#' }, ...refusals },
      },
    },
    async ({ params, query }, reply) => {
      const place = { table: params.table, family: query.family }
      const chain = await firewall.chain(params.chain, place).read()
      return withVersion(reply, chainVersion(chain)).send(pageOfChain(chain, query))
    },
  )

  app.post<ChainPath>(
    '/tables/:table/chains/:chain/rules',
    {
      serializerCompiler,
      config: { ...ruleConditions, needs: ruleNeeds(firewall.spelling), documented: { body: postBody } },
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
    async (request, reply) => {
      const { params, query, body, raw } = request
      const { family } = query
      const { rule, position } = readRuleRequest(body, ['rule', 'position'], { family, ...firewall.spelling })
      const [place, { chain }] = [{ table: params.table, family }, params]
      const sent = { rule: ruleDocument(rule), text: renderRule(rule, { family, ...firewall.spelling }) }
      const { guard, confirmWithin } = safetyOf(request)
      if (isPlain(termsOf(request)) && confirmWithin === undefined) {
        const { result, revision } = await rules.add(originOf(raw), place, chain, rule, position, guard)
        const document = {
          rule: ruleDocument(result),
          text: renderRule(result, { family, ...firewall.spelling }),
          revision,
        }
        return withRevision(reply, revision).code(201).send(document)
      }
      const added = { ...place, chain, rules: [rule] }
      const command =
        position === undefined
          ? ({ ...added, operation: 'append' } as const)
          : ({ ...added, operation: 'insert', number: position } as const)
      return changeChain(rules, request, reply, place, command, (revision, probation) =>
        reply.code(201).send({ ...sent, revision, probation }),
      )
    },
  )

  app.delete<ChainPath>(
    '/tables/:table/chains/:chain/rules',
    {
      serializerCompiler,
      config: { ...ruleConditions, needs: chainNeeds, documented: { body: deleteBody } },
      schema: {
        operationId: 'deleteRule',
        tags: ['rules'],
        summary: 'Delete the first rule of a chain that is equal to this one',
        params: chainParams,
        querystring: familyQuery,
        response: { 204: { description: 'The rule is gone.', type: 'null' }, ...refusals },
      },
    },
    async (request, reply) => {
      const { rule } = readRuleRequest(request.body, ['rule'], {
        family: request.query.family,
        ...firewall.spelling,
      })
      return deleteRule(request, reply, rule)
    },
  )

  app.delete<ChainPath & { Params: { readonly number: string } }>(
    '/tables/:table/chains/:chain/rules/:number',
    {
      serializerCompiler,
      config: { ...ruleConditions, needs: chainNeeds },
      schema: {
        operationId: 'deleteRuleByNumber',
        tags: ['rules'],
        summary: 'Delete the rule that has this number now',
        params: numberParams,
        querystring: familyQuery,
        response: { 204: { description: 'The rule is gone.', type: 'null' }, ...refusals },
      },
    },
    async (request, reply) => deleteRule(request, reply, readRuleNumber(request.params.number)),
  )

  app.put<ChainPath & { Params: { readonly number: string } }>(
    '/tables/:table/chains/:chain/rules/:number',
    {
      serializerCompiler,
      config: { ...ruleConditions, needs: ruleNeeds(firewall.spelling), documented: { body: deleteBody } },
      schema: {
        operationId: 'replaceRule',
        tags: ['rules'],
        summary: 'Put a rule in the place of the one that has this number now',
        description: 'In one commit of the kernel. The counters of the rule begin anew.',
        params: numberParams,
        querystring: familyQuery,
        response: {
          200: {
            description: 'The rule in its canonical form.',
            ...ruleAnswer,
            // There is none where the rule is the one that was there.
            required: ['rule', 'text'],
          },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { params, query, body } = request
      const { family } = query
      const { rule } = readRuleRequest(body, ['rule'], { family, ...firewall.spelling })
      const place = { table: params.table, family }
      const number = readRuleNumber(params.number)
      const command = { ...place, operation: 'replace', chain: params.chain, number, rule } as const
      const document = { rule: ruleDocument(rule), text: renderRule(rule, { family, ...firewall.spelling }) }
      return changeChain(rules, request, reply, place, command, (revision, probation) =>
        reply.send({ ...document, revision, probation }),
      )
    },
  )

  app.post<ChainPath>(
    '/tables/:table/chains/:chain/rules/check',
    {
      config: { ...needsRead, documented: { body: deleteBody } },
      schema: {
        operationId: 'checkRule',
        tags: ['rules'],
        summary: 'Whether a chain holds a rule that is equal to this one',
        params: chainParams,
        querystring: familyQuery,
        response: {
          200: {
            description: 'The answer.',
            type: 'object',
            required: ['exists'],
            additionalProperties: false,
            properties: {
              exists: { type: 'boolean' },
              number: { type: 'integer', minimum: 1, description: 'Of the first one that is equal.' },
            },
          },
          ...refusals,
        },
      },
    },
    async ({ params, query, body }) => {
      const { family } = query
      const { rule } = readRuleRequest(body, ['rule'], { family, ...firewall.spelling })
      const { rules: held } = await firewall.chain(params.chain, { table: params.table, family }).read()
      const index = held.findIndex((one) => sameRule(one, rule, { family }))
      return index === -1 ? { exists: false } : { exists: true, number: index + 1 }
    },
  )

  chainRoutes(app, rules, chainParams)

  async function deleteRule(
    request: FastifyRequest<ChainPath>,
    reply: FastifyReply,
    rule: Rule | number,
  ): Promise<FastifyReply> {
    const { params, query, raw } = request
    const [place, { chain }] = [{ table: params.table, family: query.family }, params]
    const { guard, confirmWithin } = safetyOf(request)
    if (isPlain(termsOf(request)) && confirmWithin === undefined) {
      const { revision } = await rules.delete(originOf(raw), place, chain, rule, guard)
      return withRevision(reply, revision).code(204).send()
    }
    const command =
      typeof rule === 'number'
        ? ({ ...place, operation: 'delete-number', chain, number: rule } as const)
        : ({ ...place, operation: 'delete', chain, rules: [rule] } as const)
    return changeChain(rules, request, reply, place, command)
  }
}

function tableDocuments({
  family,
  tables,
}: {
  readonly family: Family
  readonly tables: readonly Table[]
}): Record<string, unknown>[] {
  return tables.map(({ name, chains }) => ({ name, family, chains: chains.map(chainDocument) }))
}

function chainDocument({ name, policy, counters, rules }: Chain) {
  return {
    name,
    policy,
    counters: plainCounters(counters),
    rules: rules.map((rule: ListedRule, index) => ({ number: index + 1, ...ruleDocument(rule) })),
  }
}

/** @throws DaemonError `changed-meanwhile`; ChainmailError `bad-request` */
function pageOfChain(chain: Chain, { cursor, limit }: ChainPage): Record<string, unknown> {
  const document = chainDocument(chain)
  if (limit === undefined && cursor === undefined) return document
  const version = chainVersion(chain) ?? ''
  const [, known, number = '0'] = /^([\w-]{22}):(\d{1,10})$/.exec(cursor ?? `${version}:0`) ?? []
  if (known === undefined)
    throw new ChainmailError('bad-request', 'cursor is not the `next` of a page.', { path: 'cursor' })
  if (known !== version)
    throw new DaemonError(
      'changed-meanwhile',
      `The chain ${chain.name} was changed since the page before was read: begin anew.`,
    )
  const end = Number(number) + pageLength(limit ?? '1000')
  const rules = document.rules.slice(Number(number), end)
  return { ...document, rules, next: end < chain.rules.length ? `${version}:${end}` : undefined }
}

function ruleDocument(rule: Rule): Record<string, unknown> {
  return rule.counters === undefined ? { ...rule } : { ...rule, counters: plainCounters(rule.counters) }
}
