import { ChainmailError } from 'chainmail'

/** Tells a cursor from any other text. */
const MARK = 'after:'

/** The cursor of a page that begins behind a name. */
export function writeNameCursor(name: string): string {
  return Buffer.from(MARK + name).toString('base64url')
}

/**
 * The name behind which a page begins; undefined for the first page.
 * @throws ChainmailError `bad-request` for a text that is no cursor
 */
export function readNameCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const words = Buffer.from(cursor, 'base64url').toString()
  if (words.startsWith(MARK)) return words.slice(MARK.length)
  throw new ChainmailError('bad-request', 'cursor is not the `next` of a page.', { path: 'cursor' })
}
