import type { SetDescription } from '@chainmail/kernel'
import { isOwnedName, type SetOptions } from 'chainmail'
import type { FastifyInstance } from 'fastify'
import { codeOf } from '../errors.ts'
import { originOf, withRevision } from './origin.ts'
import { type JsonSchema, refusals } from './schemas.ts'
import { type SetChangeOptions, setChangeRoutes } from './sets-changes.ts'
import { foreignSet, refuseOwned, type SetFirewall } from './sets-firewall.ts'
import { setListingRoute } from './sets-listing.ts'
import { kernelOnly, type SetPath, setParams } from './sets-schemas.ts'

/** Sets of everybody in this network namespace. */
export async function setRoutes(
  app: FastifyInstance,
  firewall: SetFirewall,
  options: SetChangeOptions,
): Promise<void> {
  const { changes } = options
  const changed: JsonSchema = { description: 'The set as it is now.', $ref: 'Set#' }

  app.get(
    '/sets',
    {
      schema: {
        operationId: 'listSets',
        tags: ['sets'],
        summary: 'All sets, without their entries',
        response: {
          200: {
            description: 'In the order of the kernel.',
            type: 'object',
            required: ['sets'],
            additionalProperties: false,
            properties: { sets: { type: 'array', items: { $ref: 'Set#' } } },
          },
          ...refusals,
        },
      },
    },
    async () => {
      const sets = await Promise.all(firewall.setNames().map(describedIfThere))
      return { sets: sets.filter((set) => set !== undefined) }
    },
  )

  app.post<{ Body: SetOptions & { readonly name: string } }>(
    '/sets',
    {
      schema: {
        operationId: 'createSet',
        tags: ['sets'],
        summary: 'Make a set',
        description: `A set of the name must not be there. ${kernelOnly}`,
        body: { $ref: 'SetRequest#' },
        response: { 201: { description: 'The set.', $ref: 'Set#' }, ...refusals },
      },
    },
    async ({ body: { name, ...wanted }, raw }, reply) => {
      refuseOwned(name)
      const { revision } = await changes.around(originOf(raw), [name], () =>
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
      schema: {
        operationId: 'getSet',
        tags: ['sets'],
        summary: 'One set, without its entries',
        params: setParams,
        response: { 200: { description: 'The set.', $ref: 'Set#' }, ...refusals },
      },
    },
    async ({ params }) => described(params.name),
  )

  app.delete<SetPath>(
    '/sets/:name',
    {
      schema: {
        operationId: 'deleteSet',
        tags: ['sets'],
        summary: 'Destroy a set',
        description: `Refused while a rule or a list refers to it. ${kernelOnly}`,
        params: setParams,
        response: { 204: { description: 'The set is gone.', type: 'null' }, ...refusals },
      },
    },
    async ({ params: { name }, raw }, reply) => {
      const set = await foreignSet(firewall, name)
      const { revision } = await changes.around(originOf(raw), [name], () => set.destroy())
      return withRevision(reply, revision).code(204).send()
    },
  )

  app.post<SetPath>(
    '/sets/:name/flush',
    {
      schema: {
        operationId: 'flushSet',
        tags: ['sets'],
        summary: 'Take all entries out of a set',
        description: kernelOnly,
        params: setParams,
        response: { 204: { description: 'The set is empty.', type: 'null' }, ...refusals },
      },
    },
    async ({ params: { name }, raw }, reply) => {
      const set = await foreignSet(firewall, name)
      const { revision } = await changes.around(originOf(raw), [name], () => set.flush())
      return withRevision(reply, revision).code(204).send()
    },
  )

  app.post<SetPath & { Body: { readonly name: string } }>(
    '/sets/:name/rename',
    {
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
    async ({ params, body, raw }, reply) => {
      refuseOwned(body.name)
      const set = await foreignSet(firewall, params.name)
      const names = [params.name, body.name]
      const { revision } = await changes.around(originOf(raw), names, () => set.rename(body.name))
      return withRevision(reply, revision).send(await described(body.name))
    },
  )

  app.post<SetPath & { Body: { readonly name: string } }>(
    '/sets/:name/swap',
    {
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
    async ({ params, body, raw }, reply) => {
      refuseOwned(body.name)
      const set = await foreignSet(firewall, params.name)
      const other = await firewall.set(body.name)
      const names = [params.name, body.name]
      const { revision } = await changes.around(originOf(raw), names, () => set.swap(other))
      return withRevision(reply, revision).send(await described(params.name))
    },
  )

  app.get<SetPath & { Querystring: { readonly element: string } }>(
    '/sets/:name/test',
    {
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

  async function described(name: string): Promise<Record<string, unknown>> {
    return setDocument(await (await firewall.set(name)).description())
  }

  /** Somebody may destroy a set while others are described. */
  async function describedIfThere(name: string): Promise<Record<string, unknown> | undefined> {
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

function setDocument({ family: _, ...description }: SetDescription): Record<string, unknown> {
  return { ...description, owned: isOwnedName(description.name) }
}
