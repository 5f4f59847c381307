import { NDJSON } from './ndjson.ts'
import { type JsonSchema, refusals } from './schemas.ts'

/** Items of a page, at most. */
const LONGEST_PAGE = 5_000

/** How many items a page has, of which a caller wants so many; both are in the words of the query. */
export function pageLength(limit: string): number {
  return Math.min(LONGEST_PAGE, Number(limit))
}

/** Members of the query of a route that answers page by page. @param what in the plural, such as `bans` */
export function pageMembers(what: string): Readonly<Record<string, JsonSchema>> {
  return {
    cursor: { type: 'string', description: '`next` of the page before.' },
    limit: {
      type: 'string',
      pattern: '^[1-9][0-9]{0,3}$',
      default: '1000',
      description: `How many ${what} a page has at most; there are never more than ${LONGEST_PAGE}.`,
    },
  }
}

/** What a page says of the next one. */
export const nextMember: JsonSchema = {
  type: 'string',
  description: 'The cursor of the next page; absent on the last one.',
}

/** Members of the query of a route that lists what has addresses, by page or as a stream. */
export function listingMembers(what: string): Readonly<Record<string, JsonSchema>> {
  return {
    ...pageMembers(what),
    contains: {
      type: 'string',
      description: `Only ${what} that hold this address or network as a whole.`,
      examples: ['192.0.2.7'],
    },
    within: { type: 'string', description: `Only ${what} that lie in this network as a whole.` },
  }
}

/** What such a route answers; `item` is the schema of one. */
export function listingResponse(what: string, item: string): JsonSchema {
  const schema = { $ref: `${item}#` }
  return {
    200: {
      description: 'The page, or the stream.',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: [what],
            additionalProperties: false,
            properties: {
              [what]: { type: 'array', items: schema },
              next: nextMember,
            },
          },
        },
        [NDJSON]: { schema },
      },
    },
    ...refusals,
  }
}
