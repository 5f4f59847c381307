import {
  type BookedBan,
  ChainmailError,
  elementScopes,
  type Firewall,
  parseScope,
  readScope,
  TimeTexts,
} from 'chainmail'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { BanTerms } from '../bans/asker.ts'
import type { BanBook, Rehearsal } from '../bans/ban-book.ts'
import { Refused } from '../bans/ban-request.ts'
import { type BanProbationParts, banOnProbation } from '../history/ban-probation.ts'
import type { ProbationWatch } from '../history/rule-changes.ts'
import { banNeed, unbanNeed } from '../identity/ban-needs.ts'
import { needsRead } from '../identity/route-needs.ts'
import { askerOf } from './asker.ts'
import { type BanWords, heldDocument, madeDocument, optionsOf } from './ban-words.ts'
import { type BanChangeOptions, banChangeRoutes } from './bans-changes.ts'
import { banListingRoute } from './bans-listing.ts'
import { sendDryRun } from './dry-run.ts'
import { withRevision } from './origin.ts'
import { confirmWithinOf, probationDocument, withProbation } from './safety.ts'
import { type JsonSchema, refusals, scopeWord } from './schemas.ts'
import { termsOf, withVersion } from './terms.ts'
import { banVersion, versionOf } from './versions.ts'

/** What the routes need of the library. */
export type BanFirewall = Pick<Firewall, 'isBanned'> & BanProbationParts['firewall']

interface BanPath {
  readonly Params: { readonly address: string }
}

interface ScopeQuery {
  readonly scope?: string
}

type PutBan = BanPath & { Body: BanWords | null }
type DeleteBan = BanPath & { Querystring: ScopeQuery }

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
  { decisions, ...options }: BanChangeOptions & { readonly decisions: ProbationWatch },
): Promise<void> {
  const times = new TimeTexts()
  app.put<BanPath & { Body: BanWords | null }>(
    '/bans/:address',
    {
      config: {
        dryRun: true,
        conditional: true,
        confirmable: true,
        needs: {
          kind: 'ban',
          exactly: (request: FastifyRequest<PutBan>) => {
            const { params, body } = request
            const need = banNeed(params.address, optionsOf(body ?? {}), book)
            const { address, blocks, scopes } = need
            // What nobody confirms is taken back.
            const isOnTrial = confirmWithinOf(request) !== undefined
            return isOnTrial ? [need, { kind: 'unban', address, blocks, scopes }] : [need]
          },
        },
        isStored: true,
      },
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
    async (request, reply) => {
      const { address } = request.params
      const [options, asker] = [optionsOf(request.body ?? {}), askerOf(request.raw)]
      const { dryRun, check } = banTerms(request)
      if (dryRun)
        return rehearsed(reply, await book.rehearseBans([{ address, ...options }], asker, { check }))
      const confirmWithin = confirmWithinOf(request)
      if (confirmWithin === undefined) {
        const made = await book.ban(address, { ...options, ...asker, check })
        withRevision(reply, made.revision)
        // A reply that is returned is watched until it has left.
        return madeDocument(made, Date.now(), times)
      }
      const wish = { address, options, asker, check, confirmWithin }
      const { made, probation } = await banOnProbation({ firewall, book, decisions }, wish)
      return withRevision(withProbation(reply, probation), made.revision).send({
        ...madeDocument(made, Date.now(), times),
        probation: probationDocument(probation),
      })
    },
  )

  app.delete<BanPath & { Querystring: ScopeQuery }>(
    '/bans/:address',
    {
      config: {
        dryRun: true,
        conditional: true,
        needs: {
          kind: 'unban',
          exactly: ({ params, query }: FastifyRequest<DeleteBan>) => [
            unbanNeed(params.address, optionsOf(query), book),
          ],
        },
        isStored: true,
      },
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
    async (request, reply) => {
      const { address } = request.params
      const { scope } = request.query
      const [options, asker] = [optionsOf(scope === undefined ? {} : { scope }), askerOf(request.raw)]
      const { dryRun, check } = banTerms(request)
      if (dryRun)
        return rehearsed(reply, await book.rehearseUnbans([{ address, ...options }], asker, { check }))
      const revision = await book.unban(address, options, asker, { check })
      return withRevision(reply, revision).code(204).send()
    },
  )

  app.get<BanPath & { Querystring: ScopeQuery }>(
    '/bans/:address',
    {
      config: { ...needsRead, conditional: true },
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
    async ({ params: { address }, query: { scope } }, reply) => {
      const found = await firewall.isBanned(address, scope === undefined ? {} : { scope: readScope(scope) })
      if (found === undefined)
        throw new ChainmailError('not-banned', `${address} is not banned.`, { path: 'address' })
      const [word = 'everything'] = elementScopes(parseScope(found.scope))
      const place = { address: found.address, family: found.family, scope: word }
      const now = Date.now()
      const known = book.bans.get(place, now)
      const version = known === undefined ? versionOf(found.address) : banVersion([known])
      return withVersion(reply, version).send(heldDocument(found, place, book.bans, now))
    },
  )

  banListingRoute(app, book)
  await banChangeRoutes(app, book, options)
}

function banTerms(request: FastifyRequest): { readonly dryRun: boolean } & BanTerms {
  const terms = termsOf(request)
  const check = terms.isConditional
    ? (standing: readonly BookedBan[]) => terms.check(banVersion(standing))
    : undefined
  return { dryRun: terms.dryRun, check }
}

/** What a single ban would come to. @throws what it would be refused with */
function rehearsed(reply: FastifyReply, { outcomes, operations }: Rehearsal<unknown>): FastifyReply {
  const [outcome] = outcomes
  if (outcome instanceof Refused) throw outcome.reason
  return sendDryRun(reply, 'bans', operations)
}
