/** What a request says besides what it asks for. */
export interface RequestOptions {
  /** Why a change is made; the history keeps it. */
  readonly why?: string | undefined
  /** Of a body that is a text and not JSON. */
  readonly contentType?: string | undefined
  /** The ETag that was read: `changed-meanwhile` where it is another by now. */
  readonly ifMatch?: string | undefined
  /** The ETag that is known: then the answer is undefined where it is still the same. */
  readonly ifNoneMatch?: string | undefined
  /** The same for each attempt at the same change: it is made once. */
  readonly idempotencyKey?: string | undefined
  readonly signal?: AbortSignal | undefined
}
