import { pageLength, pageMembers } from './listing-schemas.ts'
import { readNameCursor, writeNameCursor } from './name-cursor.ts'
import type { JsonSchema } from './schemas.ts'
import { pageOf } from './sets-page.ts'

export interface PageQuery {
  readonly cursor?: string
  readonly limit: string
}

export const pageQuery: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: pageMembers('items'),
}

/**
 * The items of a list that come next, in the order of their names: one that stays is on exactly one page, whatever
 * changes between them.
 *
 * @throws ChainmailError `bad-request` for a cursor that is none
 */
export async function listPage<Item>(
  list: readonly Item[],
  nameOf: (item: Item) => string,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: string },
): Promise<{ readonly items: readonly Item[]; readonly next: string | undefined }> {
  const named = list.map((item) => ({ element: nameOf(item), item }))
  const { entries, next } = await pageOf(
    inOneBatch(named),
    () => true,
    pageLength(limit),
    readNameCursor(cursor),
  )
  return {
    items: entries.map(({ item }) => item),
    next: next === undefined ? undefined : writeNameCursor(next),
  }
}

async function* inOneBatch<Item>(items: readonly Item[]): AsyncGenerator<readonly Item[], void> {
  yield items
}
