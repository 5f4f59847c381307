/** A line of a request: a JSON text without a line end. */
export type Lines = Iterable<string> | AsyncIterable<string>

export const NDJSON = 'application/x-ndjson'

/** Characters that are sent together. */
const CHUNK = 65_536

/** Lines as the body of a request, which takes them no faster than they are sent. */
export class LineBody {
  readonly stream: ReadableStream<Uint8Array>
  /** What the lines have failed with. */
  failure: { readonly reason: unknown } | undefined

  constructor(lines: Lines) {
    const encoder = new TextEncoder()
    const iterator = iteratorOf(lines)
    this.stream = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          try {
            let chunk = ''
            while (chunk.length < CHUNK) {
              const next = await iterator.next()
              if (next.done === true) {
                if (chunk !== '') controller.enqueue(encoder.encode(chunk))
                controller.close()
                return
              }
              chunk += `${next.value}\n`
            }
            controller.enqueue(encoder.encode(chunk))
          } catch (reason) {
            this.failure = { reason }
            controller.error(reason)
          }
        },
        cancel: async () => {
          await iterator.return?.()
        },
      },
      { highWaterMark: 0 },
    )
  }
}

async function* iteratorOf(lines: Lines): AsyncGenerator<string, void> {
  yield* lines
}

/** The lines of an answer in UTF-8, without their ends, as they arrive. */
export async function* receiveLines(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string, void> {
  if (body === null) return
  // Not every browser can iterate over a stream.
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
    rest += decoder.decode()
    if (rest !== '') yield rest
  } finally {
    reader.releaseLock()
  }
}
