import type { SetDescription } from '@chainmail/kernel'
import { isOwnedName, type SetOptions, type Transaction } from 'chainmail'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { codeOf } from '../errors.ts'
import { snapshotOf } from '../history/set-changes.ts'
import { needsRead } from '../identity/route-needs.ts'
import { setsNeed } from '../identity/rule-needs.ts'
import { sendDryRun } from './dry-run.ts'
import { listPage, type PageQuery, pageQuery } from './list-page.ts'
import { nextMember } from './listing-schemas.ts'
import { originOf, withRevision } from './origin.ts'
import { safetyOf } from './safety.ts'
import { type JsonSchema, refusals } from './schemas.ts'
import { type SetChangeOptions, setChangeRoutes } from './sets-changes.ts'
import { refuseOwned, type SetFirewall } from './sets-firewall.ts'
import { setListingRoute } from './sets-listing.ts'
import { onSetProbation } from './sets-probation.ts'
import { kernelOnly, type SetPath, setParams } from './sets-schemas.ts'
import { setOnTerms } from './sets-terms.ts'
import { termsOf, withVersion } from './terms.ts'
import { setVersion, versionOf } from './versions.ts'

interface CreateSet {
  readonly Body: SetOptions & { readonly name: string }
}

type TwoSets = SetPath & { Body: { readonly name: string } }

/** Sets of everybody in this network namespace. */
export async function setRoutes(
  app: FastifyInstance,
  firewall: SetFirewall,
  options: SetChangeOptions,
): Promise<void> {
  const { changes, transactions } = options
  const changed: JsonSchema = { description: 'The set as it is now.', $ref: 'Set#' }

  app.get<{ Querystring: PageQuery }>(
    '/sets',
    {
      config: { ...needsRead, conditional: true },
      schema: {
        operationId: 'listSets',
        tags: ['sets'],
        summary: 'All sets, without their entries',
        querystring: pageQuery,
        response: {
          200: {
            description: 'In the order of their names.',
            type: 'object',
            required: ['sets'],
            additionalProperties: false,
            properties: { sets: { type: 'array', items: { $ref: 'Set#' } }, next: nextMember },
          },
          ...refusals,
        },
      },
    },
    async ({ query }, reply) => {
      const { items, next } = await listPage(firewall.setNames(), (name) => name, query)
      const sets = (await Promise.all(items.map(describedIfThere))).filter((set) => set !== undefined)
      const version = versionOf(sets.map(({ memory: _, references: __, ...set }) => set))
      return withVersion(reply, version).send({ sets, next })
    },
  )

  app.post<{ Body: SetOptions & { readonly name: string } }>(
    '/sets',
    {
      config: {
        dryRun: true,
        needs: { kind: 'edit', exactly: ({ body }: FastifyRequest<CreateSet>) => [setsNeed(body.name)] },
      },
      schema: {
        operationId: 'createSet',
        tags: ['sets'],
        summary: 'Make a set',
        description: `A set of the name must not be there. ${kernelOnly}`,
        body: { $ref: 'SetRequest#' },
        response: { 201: { description: 'The set.', $ref: 'Set#' }, ...refusals },
      },
    },
    async (request, reply) => {
      const { name, ...wanted } = request.body
      refuseOwned(name)
      if (termsOf(request).dryRun) {
        await firewall.rehearseSet(name, wanted)
        return sendDryRun(reply, 'sets', { sets: [{ name, do: 'destroy' }] })
      }
      const { revision } = await changes.around(originOf(request.raw), [name], () =>
        firewall.transaction((transaction) => transaction.createSet(name, wanted)),
      )
      return withRevision(reply, revision)
        .code(201)
        .send(await described(name))
    },
  )

  app.get<SetPath>(
    '/sets/:name',
    {
      config: { ...needsRead, conditional: true },
      schema: {
        operationId: 'getSet',
        tags: ['sets'],
        summary: 'One set, without its entries',
        params: setParams,
        response: { 200: { description: 'The set.', $ref: 'Set#' }, ...refusals },
      },
    },
    async ({ params }, reply) => {
      const set = await firewall.set(params.name)
      const { description, entries } = await snapshotOf(set)
      if (entries !== undefined) withVersion(reply, setVersion(description, entries.values()))
      return reply.send(setDocument(description))
    },
  )

  app.delete<SetPath>(
    '/sets/:name',
    {
      config: {
        dryRun: true,
        conditional: true,
        needs: { kind: 'edit', exactly: ({ params }: FastifyRequest<SetPath>) => [setsNeed(params.name)] },
      },
      schema: {
        operationId: 'deleteSet',
        tags: ['sets'],
        summary: 'Destroy a set',
        description: `Refused while a rule or a list refers to it. ${kernelOnly}`,
        params: setParams,
        response: { 204: { description: 'The set is gone.', type: 'null' }, ...refusals },
      },
    },
    async (request, reply) => {
      const { name } = request.params
      const { dryRun, set } = await setOnTerms(firewall, request, name)
      if (dryRun) {
        await set.destroy({ dryRun })
        return sendDryRun(reply, 'sets', await changes.foresee([name], () => [undefined]))
      }
      const { revision } = await changes.around(originOf(request.raw), [name], () => set.destroy())
      return withRevision(reply, revision).code(204).send()
    },
  )

  app.post<SetPath>(
    '/sets/:name/flush',
    {
      config: {
        dryRun: true,
        conditional: true,
        guarded: true,
        confirmable: true,
        needs: { kind: 'edit', exactly: ({ params }: FastifyRequest<SetPath>) => [setsNeed(params.name)] },
      },
      schema: {
        operationId: 'flushSet',
        tags: ['sets'],
        summary: 'Take all entries out of a set',
        description: kernelOnly,
        params: setParams,
        response: { 204: { description: 'The set is empty.', type: 'null' }, ...refusals },
      },
    },
    async (request, reply) => {
      const { name } = request.params
      const { dryRun, set } = await setOnTerms(firewall, request, name)
      if (dryRun) {
        const { operations } = await changes.rehearse(name, set, (copy) => copy.flush())
        return sendDryRun(reply, 'sets', operations)
      }
      const { confirmWithin } = safetyOf(request)
      if (confirmWithin !== undefined) {
        const record = (transaction: Transaction) => transaction.flushSet(name)
        return reply.send(await onSetProbation(transactions, request, reply, name, { confirmWithin, record }))
      }
      const { revision } = await changes.around(originOf(request.raw), [name], () => set.flush())
      return withRevision(reply, revision).code(204).send()
    },
  )

  app.post<SetPath & { Body: { readonly name: string } }>(
    '/sets/:name/rename',
    {
      config: {
        dryRun: true,
        conditional: true,
        needs: {
          kind: 'edit',
          exactly: ({ params, body }: FastifyRequest<TwoSets>) => [setsNeed(params.name, body.name)],
        },
      },
      schema: {
        operationId: 'renameSet',
        tags: ['sets'],
        summary: 'Give a set another name',
        description: `Refused while a rule or a list refers to it. ${kernelOnly}`,
        params: setParams,
        body: nameBody('The new name.'),
        response: { 200: changed, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, body, raw } = request
      refuseOwned(body.name)
      const { dryRun, set } = await setOnTerms(firewall, request, params.name)
      const names = [params.name, body.name]
      if (dryRun) {
        await set.rename(body.name, { dryRun })
        return sendDryRun(reply, 'sets', await changes.foresee(names, ([was]) => [undefined, was]))
      }
      const { revision } = await changes.around(originOf(raw), names, () => set.rename(body.name))
      return withRevision(reply, revision).send(await described(body.name))
    },
  )

  app.post<SetPath & { Body: { readonly name: string } }>(
    '/sets/:name/swap',
    {
      config: {
        dryRun: true,
        conditional: true,
        guarded: true,
        needs: {
          kind: 'edit',
          exactly: ({ params, body }: FastifyRequest<TwoSets>) => [setsNeed(params.name, body.name)],
        },
      },
      schema: {
        operationId: 'swapSets',
        tags: ['sets'],
        summary: 'Exchange the content of two sets in one step',
        description: `Both have to be of the same type and family. What refers to a name refers to the other content from then on. ${kernelOnly}`,
        params: setParams,
        body: nameBody('The other set.'),
        response: { 200: changed, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, body, raw } = request
      refuseOwned(body.name)
      const { dryRun, set } = await setOnTerms(firewall, request, params.name)
      const other = await firewall.set(body.name)
      const names = [params.name, body.name]
      if (dryRun) {
        await set.swap(other, { dryRun })
        return sendDryRun(reply, 'sets', await changes.foresee(names, ([one, two]) => [two, one]))
      }
      const { revision } = await changes.around(originOf(raw), names, () => set.swap(other))
      return withRevision(reply, revision).send(await described(params.name))
    },
  )

  app.get<SetPath & { Querystring: { readonly element: string } }>(
    '/sets/:name/test',
    {
      config: needsRead,
      schema: {
        operationId: 'testSet',
        tags: ['sets'],
        summary: 'Whether a packet with this address would match',
        description:
          'In a set of networks the most specific one decides, and one that is marked nomatch says no. For other types, whether the entry is there.',
        params: setParams,
        querystring: {
          type: 'object',
          required: ['element'],
          additionalProperties: false,
          properties: { element: { type: 'string', examples: ['192.0.2.7'] } },
        },
        response: {
          200: {
            description: 'The answer of the kernel.',
            type: 'object',
            required: ['matches'],
            additionalProperties: false,
            properties: { matches: { type: 'boolean' } },
          },
          ...refusals,
        },
      },
    },
    async ({ params, query }) => ({ matches: await (await firewall.set(params.name)).has(query.element) }),
  )

  async function described(name: string): Promise<SetDocument> {
    return setDocument(await (await firewall.set(name)).description())
  }

  /** Somebody may destroy a set while others are described. */
  async function describedIfThere(name: string): Promise<SetDocument | undefined> {
    return described(name).catch((error: unknown) => {
      if (codeOf(error) !== 'set-not-found') throw error
      return undefined
    })
  }

  setListingRoute(app, firewall)
  await setChangeRoutes(app, firewall, options)
}

function nameBody(description: string): JsonSchema {
  return {
    type: 'object',
    required: ['name'],
    additionalProperties: false,
    properties: { name: { type: 'string', description } },
  }
}

type SetDocument = Omit<SetDescription, 'family'> & { readonly owned: boolean }

function setDocument({ family: _, ...description }: SetDescription): SetDocument {
  return { ...description, owned: isOwnedName(description.name) }
}
