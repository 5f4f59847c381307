import { ChainmailError, elementScopes, type Firewall, parseScope, readScope } from 'chainmail'
import type { FastifyInstance } from 'fastify'
import type { BanBook } from '../bans/ban-book.ts'
import { askerOf } from './asker.ts'
import { type BanWords, heldDocument, madeDocument, optionsOf } from './ban-words.ts'
import { type BanChangeOptions, banChangeRoutes } from './bans-changes.ts'
import { banListingRoute } from './bans-listing.ts'
import { withRevision } from './origin.ts'
import { type JsonSchema, refusals, scopeWord } from './schemas.ts'

/** What the routes need of the library. */
export type BanFirewall = Pick<Firewall, 'isBanned'>

interface BanPath {
  readonly Params: { readonly address: string }
}

interface ScopeQuery {
  readonly scope?: string
}

const params: JsonSchema = {
  type: 'object',
  required: ['address'],
  properties: {
    address: {
      type: 'string',
      description:
        'An address, a range, or a network whose / is written %2F: 198.51.100.7, 192.0.2.1-192.0.2.9, 203.0.113.0%2F24, 2001:db8::%2F32.',
    },
  },
}

const scopeQuery: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { scope: { ...scopeWord, description: 'Only this scope; all of them when it is absent.' } },
}

/** Bans: each an entry of a set that a single rule drops by. */
export async function banRoutes(
  app: FastifyInstance,
  book: BanBook,
  firewall: BanFirewall,
  options: BanChangeOptions,
): Promise<void> {
  app.put<BanPath & { Body: BanWords | null }>(
    '/bans/:address',
    {
      schema: {
        operationId: 'putBan',
        tags: ['bans'],
        summary: 'Ban an address, a network or a range',
        description:
          'Renews the ban where there is one: its end and reason become those of this request. Answered when the kernel and the store have it. What the allowlist holds, and the address that the request comes from, is refused with address-allowed.',
        params,
        body: { $ref: 'BanRequest#' },
        response: { 200: { description: 'The ban.', $ref: 'Ban#' }, ...refusals },
      },
    },
    async ({ params: { address }, body, raw }, reply) => {
      const made = await book.ban(address, { ...optionsOf(body ?? {}), ...askerOf(raw) })
      return withRevision(reply, made.revision).send(madeDocument(made, Date.now()))
    },
  )

  app.delete<BanPath & { Querystring: ScopeQuery }>(
    '/bans/:address',
    {
      schema: {
        operationId: 'deleteBan',
        tags: ['bans'],
        summary: 'Take a ban back',
        description:
          'An address inside of a banned network is exempt from then on, as long as the ban of the network lasts; the rest of the network stays banned.',
        params,
        querystring: scopeQuery,
        response: { 204: { description: 'The ban is gone.', type: 'null' }, ...refusals },
      },
    },
    async ({ params: { address }, query, raw }, reply) => {
      const revision = await book.unban(address, optionsOf(query), askerOf(raw))
      return withRevision(reply, revision).code(204).send()
    },
  )

  app.get<BanPath & { Querystring: ScopeQuery }>(
    '/bans/:address',
    {
      schema: {
        operationId: 'getBan',
        tags: ['bans'],
        summary: 'The ban that holds an address',
        description:
          'The narrowest one that holds the whole of the address, network or range, whoever made it; not-banned where there is none. Takes a second for a million bans.',
        params,
        querystring: scopeQuery,
        response: { 200: { description: 'The ban.', $ref: 'ListedBan#' }, ...refusals },
      },
    },
    async ({ params: { address }, query: { scope } }) => {
      const found = await firewall.isBanned(address, scope === undefined ? {} : { scope: readScope(scope) })
      if (found === undefined)
        throw new ChainmailError('not-banned', `${address} is not banned.`, { path: 'address' })
      const [word = 'everything'] = elementScopes(parseScope(found.scope))
      const { family } = found
      return heldDocument(found, { address: found.address, family, scope: word }, book.bans, Date.now())
    },
  )

  banListingRoute(app, book)
  await banChangeRoutes(app, book, options)
}
