import type { SetEntry } from '@chainmail/kernel'
import type { FastifyInstance } from 'fastify'
import { needsRead } from '../identity/route-needs.ts'
import { plainCount } from './counters.ts'
import { listingMembers, listingResponse, pageLength } from './listing-schemas.ts'
import { readNameCursor, writeNameCursor } from './name-cursor.ts'
import { NDJSON, READING_TIME, sendLines } from './ndjson.ts'
import type { JsonSchema } from './schemas.ts'
import { type EntryWish, entryFilter } from './sets-filter.ts'
import type { SetFirewall } from './sets-firewall.ts'
import { pageOf } from './sets-page.ts'
import { type SetPath, setParams } from './sets-schemas.ts'
import { withVersion } from './terms.ts'
import { versionOf } from './versions.ts'

interface EntryQuery extends EntryWish {
  readonly cursor?: string
  readonly limit: number
}

const entryQuery: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...listingMembers('entries'),
    comment: { type: 'string', description: 'Only entries whose comment has this text in it.' },
  },
}

/** The entries of a set, as a page or as a stream. */
export function setListingRoute(app: FastifyInstance, firewall: SetFirewall): void {
  app.get<SetPath & { Querystring: Omit<EntryQuery, 'limit'> & { readonly limit: string } }>(
    '/sets/:name/entries',
    {
      // A stream is written as it is, and so are the entries of a page, whose counters may be beyond 2^53.
      serializerCompiler: () => (document: unknown) => JSON.stringify(document),
      config: { ...needsRead, conditional: true },
      schema: {
        operationId: 'listSetEntries',
        tags: ['sets'],
        summary: 'The entries of a set, a page or a stream',
        description: `As JSON a page in the order of the entries' texts: an entry that stays is on exactly one page, whatever changes between them. A list of sets is one page in its own order. A request with "accept: ${NDJSON}" is answered with all entries in one stream, a line each, in the kernel's order; until its end the set can neither be destroyed nor swapped, and a caller who does not take anything for ${READING_TIME / 1000} s is cut off. Each page looks at the whole set: a stream is the way to read a large one.`,
        params: setParams,
        querystring: entryQuery,
        response: listingResponse('entries', 'SetEntry'),
      },
    },
    async ({ params, query, headers }, reply) => {
      const set = await firewall.set(params.name)
      const { type } = await set.description()
      const wanted = entryFilter(type, query)
      if (headers.accept?.includes(NDJSON) === true)
        return sendLines(reply, listed(set.entryBatches(), wanted))
      if (type === 'list:set') {
        const members: SetEntry[] = []
        for await (const batch of set.entryBatches()) members.push(...batch.filter(wanted))
        return { entries: members.map(entryDocument) }
      }
      const limit = pageLength(query.limit)
      const { entries, next } = await pageOf(set.entryBatches(), wanted, limit, readNameCursor(query.cursor))
      const lasting = entries.map(({ timeout: _, packets: __, bytes: ___, ...entry }) => entry)
      return withVersion(reply, versionOf([lasting, next])).send({
        entries: entries.map(entryDocument),
        next: next === undefined ? undefined : writeNameCursor(next),
      })
    },
  )
}

async function* listed(
  batches: AsyncIterable<readonly SetEntry[]>,
  wanted: (entry: SetEntry) => boolean,
): AsyncGenerator<string, void> {
  for await (const batch of batches) {
    const text = batch
      .filter(wanted)
      .map((entry) => `${JSON.stringify(entryDocument(entry))}\n`)
      .join('')
    if (text !== '') yield text
  }
}

function entryDocument({ packets, bytes, ...entry }: SetEntry): Record<string, unknown> {
  return {
    ...entry,
    ...(packets === undefined ? {} : { packets: exactCount(packets) }),
    ...(bytes === undefined ? {} : { bytes: exactCount(bytes) }),
  }
}

function exactCount(count: bigint): number | string {
  return plainCount(count <= Number.MAX_SAFE_INTEGER ? Number(count) : count)
}
