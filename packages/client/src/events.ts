import { parseJson } from './answer.ts'
import { receiveLines } from './lines.ts'

/** An event of the daemon's stream. */
export interface ServerEvent {
  /** `change`, `drift`, `repair`, `probation`, `expiry` or `missed`. */
  readonly event: string
  /** The revision to go on behind after a break: that of the latest change; undefined where there was none yet. */
  readonly id: number | undefined
  readonly data: unknown
}

/** Reads server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html, as far as the daemon sends them. */
export async function* receiveEvents(
  body: ReadableStream<Uint8Array> | null,
): AsyncGenerator<ServerEvent, void> {
  let id: number | undefined
  let event = 'message'
  let data: string[] = []
  for await (const line of receiveLines(body)) {
    if (line === '') {
      if (data.length > 0) yield { event, id, data: parseJson(data.join('\n')) }
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
