import { ChainmailError } from 'chainmail'

/** draft-ietf-httpapi-idempotency-key-header. */
export const KEY_HEADER = 'idempotency-key'

/** Of answers that are given again. */
export const REPLAYED_HEADER = 'idempotency-replayed'

/** For the document: the header is read here, not by its schema. */
export const keySchema = {
  type: 'string',
  description:
    'A key of 1 to 255 characters in quotation marks, such as "8e03978e-40d5-43dd-bc93-6894a57f9324", new for each request. Sent again with the same key within 24 hours, the request is not done again, and answered as it was. A request that was refused is tried again.',
} as const

/** A string of RFC 8941 section 3.3.3, or the characters of a UUID and the like without quotation marks. */
const KEY = /^(?:"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"|([\w.:~+/=-]{1,255}))$/

/**
 * The key that a request bears; undefined where it bears none.
 * @throws ChainmailError `bad-request`
 */
export function readKey(header: string | readonly string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  const [, quoted, plain] = (typeof header === 'string' ? KEY.exec(header) : undefined) ?? []
  const key = quoted ?? plain
  if (key !== undefined) return key
  throw new ChainmailError(
    'bad-request',
    'Idempotency-Key has to be one text of 1 to 255 characters in quotation marks, such as "8e03978e-40d5-43dd-bc93-6894a57f9324".',
    { path: KEY_HEADER },
  )
}
