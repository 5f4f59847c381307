import type { Family } from '@chainmail/kernel'
import { type ChangingCommand, checkChainName } from 'chainmail'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ChainPlace, RuleChanges } from '../history/rule-changes.ts'
import type { RouteNeeds } from '../identity/route-needs.ts'
import { chainNeed } from '../identity/rule-needs.ts'
import { sendDryRun } from './dry-run.ts'
import { originOf, withRevision } from './origin.ts'
import { type ProbationDocument, probationDocument, safetyOf, withProbation } from './safety.ts'
import { familyQuery, type JsonSchema, refusals } from './schemas.ts'
import { termsOf } from './terms.ts'
import { chainVersion } from './versions.ts'

interface TableQuery {
  readonly Params: { readonly table: string }
  readonly Querystring: { readonly family: Family }
}

interface ChainQuery {
  readonly Params: { readonly table: string; readonly chain: string }
  readonly Querystring: { readonly family: Family }
}

interface NameBody {
  readonly Body: { readonly name: string }
}

const chainNeeds: RouteNeeds = {
  kind: 'edit',
  exactly: ({ params, query }: FastifyRequest<ChainQuery>) => [
    chainNeed(query.family, params.table, params.chain),
  ],
}

const newChainNeeds: RouteNeeds = {
  kind: 'edit',
  exactly: ({ params, query, body }: FastifyRequest<TableQuery & NameBody>) => [
    chainNeed(query.family, params.table, body.name),
  ],
}

const renameNeeds: RouteNeeds = {
  kind: 'edit',
  exactly: ({ params, query, body }: FastifyRequest<ChainQuery & NameBody>) =>
    [params.chain, body.name].map((chain) => chainNeed(query.family, params.table, chain)),
}

/** The terms on which a rule is changed. */
export const ruleConditions = { dryRun: true, conditional: true, guarded: true, confirmable: true } as const

/** Making, zeroing and renaming a chain decides about no packet. */
const harmless = { dryRun: true, conditional: true } as const

const changed = { 204: { description: 'The kernel has it.', type: 'null' }, ...refusals }

function bodyOf(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', required: Object.keys(properties), additionalProperties: false, properties }
}

/**
 * Does a command on a chain on the terms of its request, and answers: with what would change, where that is all that is
 * asked for.
 *
 * @param answer of a change that was made; an empty one if not said
 */
export async function changeChain(
  rules: RuleChanges,
  request: FastifyRequest,
  reply: FastifyReply,
  place: ChainPlace,
  command: ChangingCommand,
  answer?: (revision: number | undefined, probation: ProbationDocument | undefined) => FastifyReply,
): Promise<FastifyReply> {
  const { dryRun, isConditional, check } = termsOf(request)
  const { guard, confirmWithin } = safetyOf(request)
  const { result, revision, probation } = await rules.change(originOf(request.raw), place, [command], {
    dryRun,
    guard,
    confirmWithin,
    ...(isConditional
      ? {
          check: (tables) => {
            const table = tables.find(({ name }) => name === place.table)
            check(chainVersion(table?.chains.find(({ name }) => name === command.chain)))
          },
        }
      : {}),
  })
  if (dryRun) return sendDryRun(reply, 'rules', { chains: result })
  withRevision(withProbation(reply, probation), revision)
  const document = probationDocument(probation)
  if (answer !== undefined) return answer(revision, document)
  return document === undefined ? reply.code(204).send() : reply.send({ revision, probation: document })
}

/** Chains as a whole. */
export function chainRoutes(app: FastifyInstance, rules: RuleChanges, params: JsonSchema): void {
  app.post<TableQuery & { Body: { readonly name: string } }>(
    '/tables/:table/chains',
    {
      config: { ...harmless, needs: newChainNeeds },
      schema: {
        operationId: 'createChain',
        tags: ['rules'],
        summary: 'Make a chain',
        params: { type: 'object', required: ['table'], properties: { table: { type: 'string' } } },
        querystring: familyQuery,
        body: bodyOf({ name: { type: 'string' } }),
        response: {
          201: {
            description: 'The chain is there.',
            type: 'object',
            required: ['name'],
            additionalProperties: false,
            properties: { name: { type: 'string' } },
          },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const place = { table: request.params.table, family: request.query.family }
      const { name } = request.body
      const command = { ...place, operation: 'new-chain', chain: checkChainName(name) } as const
      return changeChain(rules, request, reply, place, command, () => reply.code(201).send({ name }))
    },
  )

  app.delete<ChainQuery>(
    '/tables/:table/chains/:chain',
    {
      config: { ...ruleConditions, needs: chainNeeds },
      schema: {
        operationId: 'deleteChain',
        tags: ['rules'],
        summary: 'Remove a chain',
        description: 'Refused while it holds rules or is jumped to.',
        params,
        querystring: familyQuery,
        response: changed,
      },
    },
    (request, reply) => send(request, reply, ({ chain }) => ({ operation: 'delete-chain', chain })),
  )

  app.post<ChainQuery>(
    '/tables/:table/chains/:chain/flush',
    {
      config: { ...ruleConditions, needs: chainNeeds },
      schema: {
        operationId: 'flushChain',
        tags: ['rules'],
        summary: 'Take every rule out of a chain',
        params,
        querystring: familyQuery,
        response: changed,
      },
    },
    (request, reply) => send(request, reply, ({ chain }) => ({ operation: 'flush', chain })),
  )

  app.post<ChainQuery>(
    '/tables/:table/chains/:chain/zero',
    {
      config: { ...harmless, needs: chainNeeds },
      schema: {
        operationId: 'zeroChain',
        tags: ['rules'],
        summary: 'Set what a chain and its rules have counted to 0',
        description: 'What was counted is lost: no rollback brings it back.',
        params,
        querystring: familyQuery,
        response: changed,
      },
    },
    (request, reply) => send(request, reply, ({ chain }) => ({ operation: 'zero', chain })),
  )

  app.post<ChainQuery & { Body: { readonly name: string } }>(
    '/tables/:table/chains/:chain/rename',
    {
      config: { ...harmless, needs: renameNeeds },
      schema: {
        operationId: 'renameChain',
        tags: ['rules'],
        summary: 'Give a chain another name',
        description: 'The rules that jump to it go with it.',
        params,
        querystring: familyQuery,
        body: bodyOf({ name: { type: 'string', description: 'The new name.' } }),
        response: changed,
      },
    },
    (request, reply) => {
      const to = checkChainName(request.body.name)
      return send(request, reply, ({ chain }) => ({ operation: 'rename-chain', chain, to }))
    },
  )

  app.put<ChainQuery & { Body: { readonly policy: 'ACCEPT' | 'DROP' } }>(
    '/tables/:table/chains/:chain/policy',
    {
      config: { ...ruleConditions, needs: chainNeeds },
      schema: {
        operationId: 'setPolicy',
        tags: ['rules'],
        summary: "Say what becomes of a packet that no rule of one of the kernel's chains decides",
        params,
        querystring: familyQuery,
        body: bodyOf({ policy: { type: 'string', enum: ['ACCEPT', 'DROP'] } }),
        response: changed,
      },
    },
    (request, reply) => {
      const { policy } = request.body
      return send(request, reply, ({ chain }) => ({ operation: 'policy', chain, policy }))
    },
  )

  function send(
    request: FastifyRequest<ChainQuery>,
    reply: FastifyReply,
    commandOf: (params: ChainQuery['Params']) => ChainCommand,
  ): Promise<FastifyReply> {
    const { table, chain } = request.params
    const place = { table, family: request.query.family }
    const command = { ...place, ...commandOf({ table, chain: checkChainName(chain) }) }
    return changeChain(rules, request, reply, place, command)
  }
}

/** A command without its place. */
type ChainCommand =
  | { readonly operation: 'delete-chain' | 'flush' | 'zero'; readonly chain: string }
  | { readonly operation: 'rename-chain'; readonly chain: string; readonly to: string }
  | { readonly operation: 'policy'; readonly chain: string; readonly policy: string }
