import { receiveLines } from './client-stream.ts'

/** An event as it was sent. */
export interface RawEvent {
  readonly event: string
  /** The last one that was told, by this event or one before. */
  readonly id: number | undefined
  readonly data: string
}

/** Reads server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html, as far as the daemon sends them. */
export async function* receiveEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<RawEvent, void> {
  let id: number | undefined
  let event = 'message'
  let data: string[] = []
  for await (const line of receiveLines(body)) {
    if (line === '') {
      if (data.length > 0) yield { event, id, data: data.join('\n') }
      event = 'message'
      data = []
      continue
    }
    const colon = line.indexOf(':')
    const value = line.slice(colon + 1).replace(/^ /, '')
    const field = line.slice(0, Math.max(0, colon))
    if (field === 'event') event = value
    else if (field === 'data') data.push(value)
    else if (field === 'id' && /^\d+$/.test(value)) id = Number(value)
  }
}
