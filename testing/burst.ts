import { connect, type Socket } from 'node:net'

/** A request of a burst. */
export interface BurstRequest {
  readonly method: string
  readonly path: string
  /** JSON. */
  readonly body?: unknown
}

/** What came of a burst. */
export interface BurstResult {
  /** How many answers there were of each status. */
  readonly statuses: ReadonlyMap<number, number>
  /** Answers with a Retry-After. */
  readonly toldWhen: number
}

/** Requests that a connection is ahead of the answers. */
const AHEAD = 50

/**
 * Sends requests over some connections to a unix socket, many of them without waiting for the answers before: more than
 * any client that waits can send.
 */
export async function burst(
  socket: string,
  requests: Iterable<BurstRequest>,
  connections: number,
): Promise<BurstResult> {
  const statuses = new Map<number, number>()
  const counts = { toldWhen: 0 }
  const source = requests[Symbol.iterator]()
  await Promise.all(Array.from({ length: connections }, () => pour(socket, source, statuses, counts)))
  return { statuses, toldWhen: counts.toldWhen }
}

/** An answer follows the body before it without a line end. */
const HEAD = /HTTP\/1\.1 (\d{3}) |(retry-after): \d/gi
/** Characters of the longest text that {@link HEAD} finds. */
const LONGEST_HEAD = 14

/** Sends over one connection until nothing is left, and resolves when everything is answered. */
function pour(
  path: string,
  source: Iterator<BurstRequest>,
  statuses: Map<number, number>,
  counts: { toldWhen: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(path)
    let sent = 0
    let answered = 0
    let isOver = false
    let rest = ''
    const endWhenAnswered = (): void => {
      if (!isOver || answered < sent) return
      socket.destroy()
      resolve()
    }
    const send = (): void => {
      let piece = ''
      while (!isOver && sent < answered + AHEAD) {
        const next = source.next()
        if (next.done === true) isOver = true
        else {
          piece += text(next.value)
          sent++
        }
      }
      if (piece !== '') socket.write(piece)
      endWhenAnswered()
    }
    socket.setEncoding('latin1')
    socket.on('connect', send)
    socket.on('data', (chunk: string) => {
      const seen = rest + chunk
      let read = 0
      for (const { 0: found, 1: status, 2: told, index } of seen.matchAll(HEAD)) {
        read = index + found.length
        if (told !== undefined) counts.toldWhen++
        if (status === undefined) continue
        answered++
        statuses.set(Number(status), (statuses.get(Number(status)) ?? 0) + 1)
      }
      // What may be the beginning of one waits for the rest of it.
      rest = seen.slice(Math.max(read, seen.length - LONGEST_HEAD))
      send()
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the daemon has closed a connection of the burst')))
  })
}

function text({ method, path, body }: BurstRequest): string {
  const content = body === undefined ? '' : JSON.stringify(body)
  return `${method} ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${content.length}\r\n\r\n${content}`
}
