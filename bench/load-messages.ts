/** What the load generator is asked, and what it answers, over the channel of node:child_process. */

/** Ask for bans without a pause, on each connection one after the other, for so many milliseconds. */
export interface LoadRequest {
  readonly port: number
  readonly connections: number
  readonly duration: number
}

export interface LoadAnswer {
  /** Milliseconds from the request to its answer, the median. */
  readonly median: number
  /** Milliseconds from the first request to the last answer. */
  readonly duration: number
  readonly answers: number
  /** Bytes of the last answer. */
  readonly size: number
}

/** @throws {TypeError} when the message is not a request */
export function parseLoadRequest(message: unknown): LoadRequest {
  if (isNumbers(message, ['port', 'connections', 'duration'])) {
    const { port, connections, duration } = message
    return { port, connections, duration }
  }
  throw new TypeError(`not a request for load: ${JSON.stringify(message)}`)
}

/** @throws {TypeError} when the message is not an answer */
export function parseLoadAnswer(message: unknown): LoadAnswer {
  if (isNumbers(message, ['median', 'duration', 'answers', 'size'])) {
    const { median, duration, answers, size } = message
    return { median, duration, answers, size }
  }
  throw new TypeError(`not an answer of the load generator: ${JSON.stringify(message)}`)
}

function isNumbers<Name extends string>(
  value: unknown,
  names: readonly Name[],
): value is Readonly<Record<Name, number>> {
  if (typeof value !== 'object' || value === null) return false
  const members = new Map<string, unknown>(Object.entries(value))
  return names.every((name) => typeof members.get(name) === 'number')
}
