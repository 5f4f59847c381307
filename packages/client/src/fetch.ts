/** As much of fetch as the client uses; the browser's own, Node's, or one of `@chainmail/client/node`. */
export type Fetch = (url: string, init: FetchInit) => Promise<Response>

export interface FetchInit {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: string | ReadableStream<Uint8Array>
  /** Of a body that is a stream: browsers send one only where they speak HTTP/2. */
  readonly duplex?: 'half'
  readonly signal: AbortSignal
}
