import { ChainmailError, type RecentEntry } from 'chainmail'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { needsRead } from '../identity/route-needs.ts'
import { recentNeed } from '../identity/rule-needs.ts'
import { type RecentOperation, sendDryRun } from './dry-run.ts'
import { listPage, type PageQuery, pageQuery } from './list-page.ts'
import { nextMember } from './listing-schemas.ts'
import { type JsonSchema, refusals } from './schemas.ts'
import { termsOf } from './terms.ts'

/** What the routes need of the library. */
export interface RecentFirewall {
  recent(): readonly string[]
  recent(name: string): RecentList
  recentLimit(): number | undefined
}

export interface RecentList {
  entries(): Promise<readonly RecentEntry[]>
  has(address: string): Promise<boolean>
  add(address: string): Promise<void>
  delete(address: string): Promise<void>
  flush(): Promise<void>
}

interface ListPath {
  readonly Params: { readonly name: string }
}

const name = { type: 'string', description: 'As the rules spell it behind --name.' } as const

const listParams: JsonSchema = { type: 'object', required: ['name'], properties: { name } }

const entryParams: JsonSchema = {
  type: 'object',
  required: ['name', 'address'],
  properties: { name, address: { type: 'string', description: 'An IPv4 or IPv6 address.' } },
}

const limit: JsonSchema = {
  type: 'integer',
  minimum: 1,
  description:
    'How many addresses each list can hold, ip_list_tot of xt_recent: a full one forgets the address that was not seen for the longest time. Absent where the kernel does not tell.',
}

const time: JsonSchema = { type: 'string', format: 'date-time' }

const entry: JsonSchema = {
  type: 'object',
  required: ['address', 'family', 'ttl', 'lastSeen', 'seen'],
  additionalProperties: false,
  properties: {
    address: { type: 'string' },
    family: { type: 'string', enum: ['ipv4', 'ipv6'] },
    ttl: {
      type: 'integer',
      minimum: 0,
      description: 'Of the packet seen last; 0 where a program put the address in.',
    },
    lastSeen: { ...time, description: 'It may be some tenths of a second too early.' },
    seen: { type: 'array', items: time, description: 'The oldest first.' },
  },
}

/** The lists of `-m recent`. They live in the kernel alone, and last as long as a rule names them. */
export function recentRoutes(app: FastifyInstance, firewall: RecentFirewall): void {
  app.get(
    '/recent',
    {
      config: needsRead,
      schema: {
        operationId: 'listRecent',
        tags: ['recent'],
        summary: 'The names of the lists that rules with the match recent keep',
        response: {
          200: {
            description: 'The names in the order of the alphabet.',
            type: 'object',
            required: ['lists'],
            additionalProperties: false,
            properties: { lists: { type: 'array', items: { type: 'string' } }, limit },
          },
          ...refusals,
        },
      },
    },
    async () => ({ lists: firewall.recent(), limit: firewall.recentLimit() }),
  )

  app.get<ListPath & { Querystring: PageQuery }>(
    '/recent/:name',
    {
      config: needsRead,
      schema: {
        operationId: 'getRecent',
        tags: ['recent'],
        summary: 'The addresses of a list, and when they were seen',
        params: listParams,
        querystring: pageQuery,
        response: {
          200: {
            description: 'The list.',
            type: 'object',
            required: ['name', 'entries'],
            additionalProperties: false,
            properties: {
              name: { type: 'string' },
              limit,
              entries: { type: 'array', items: entry, description: 'In the order of their texts.' },
              next: nextMember,
            },
          },
          ...refusals,
        },
      },
    },
    async ({ params, query }) => {
      const entries = await firewall.recent(params.name).entries()
      const page = await listPage(entries, ({ address }) => address, query)
      return { name: params.name, limit: firewall.recentLimit(), entries: page.items, next: page.next }
    },
  )

  app.post<ListPath & { Body: { readonly address: string } }>(
    '/recent/:name/entries',
    {
      config: {
        dryRun: true,
        needs: { kind: 'edit', exactly: ({ params }: FastifyRequest<ListPath>) => [recentNeed(params.name)] },
      },
      schema: {
        operationId: 'addRecentEntry',
        tags: ['recent'],
        summary: 'Put an address into a list, as if a packet of it had been seen now',
        description:
          'An address that is there is seen once more. A full list forgets the address that was not seen for the longest time. The lists live in the kernel alone: nothing puts an entry back after a restart of the machine.',
        params: listParams,
        body: {
          type: 'object',
          required: ['address'],
          additionalProperties: false,
          properties: { address: { type: 'string' } },
        },
        response: { 204: { description: 'The kernel has it.', type: 'null' }, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, body } = request
      const list = firewall.recent(params.name)
      if (termsOf(request).dryRun) {
        await list.has(body.address)
        return rehearsed(reply, { list: params.name, do: 'add', address: body.address })
      }
      await list.add(body.address)
      return reply.code(204).send()
    },
  )

  app.post<ListPath>(
    '/recent/:name/flush',
    {
      config: {
        dryRun: true,
        needs: { kind: 'edit', exactly: ({ params }: FastifyRequest<ListPath>) => [recentNeed(params.name)] },
      },
      schema: {
        operationId: 'flushRecent',
        tags: ['recent'],
        summary: 'Take all addresses out of a list',
        params: listParams,
        response: { 204: { description: 'The list is empty.', type: 'null' }, ...refusals },
      },
    },
    async (request, reply) => {
      const { name } = request.params
      const list = firewall.recent(name)
      if (termsOf(request).dryRun) {
        await list.entries()
        return rehearsed(reply, { list: name, do: 'flush' })
      }
      await list.flush()
      return reply.code(204).send()
    },
  )

  app.delete<{ Params: { readonly name: string; readonly address: string } }>(
    '/recent/:name/entries/:address',
    {
      config: {
        dryRun: true,
        needs: { kind: 'edit', exactly: ({ params }: FastifyRequest<ListPath>) => [recentNeed(params.name)] },
      },
      schema: {
        operationId: 'deleteRecentEntry',
        tags: ['recent'],
        summary: 'Take an address out of a list',
        params: entryParams,
        response: { 204: { description: 'The address is gone.', type: 'null' }, ...refusals },
      },
    },
    async (request, reply) => {
      const { name, address } = request.params
      const list = firewall.recent(name)
      if (termsOf(request).dryRun) {
        if (!(await list.has(address)))
          throw new ChainmailError('entry-not-found', `The list ${name} does not hold ${address}.`, {
            path: 'address',
          })
        return rehearsed(reply, { list: name, do: 'delete', address })
      }
      await list.delete(address)
      return reply.code(204).send()
    },
  )
}

function rehearsed(reply: FastifyReply, operation: RecentOperation): FastifyReply {
  return sendDryRun(reply, 'recent', {}, { recent: [operation] })
}
