/** What a host's agent is asked, and what it answers, over the channel of node:child_process. */

export type Protocol = 'tcp' | 'udp'

/**
 * What became of a probe.
 * - `answered`: it arrived, and the answer came back.
 * - `arrived`: a datagram arrived, but its answer did not come back.
 * - `refused`: the sender got an error for it, as from REJECT, a closed port, or its own OUTPUT chain.
 * - `lost`: nothing came back, as from DROP.
 */
export type Outcome = 'answered' | 'arrived' | 'refused' | 'lost'

/** Answer what comes to this address and port. */
export interface ListenRequest {
  kind: 'listen'
  protocol: Protocol
  address: string
  port: number
}

/** Send a packet there, and say what came back within `waitMs` milliseconds. */
export interface ProbeRequest {
  kind: 'probe'
  protocol: Protocol
  address: string
  port: number
  sourcePort: number
  mark: string
  waitMs: number
}

/** Say whether a datagram with this mark has arrived. */
export interface SeenRequest {
  kind: 'seen'
  mark: string
}

export type AgentRequest = ListenRequest | ProbeRequest | SeenRequest

/** `listen` gives true; or false for TCP when another program listens there already, which is as good. */
export type AgentResult = boolean | Outcome

export interface Envelope {
  id: number
  request: AgentRequest
}

export type AgentAnswer = { id: number; result: AgentResult } | { id: number; error: string }

/** @throws {TypeError} when the message is not an envelope */
export function parseEnvelope(message: unknown): Envelope {
  if (isRecord(message) && typeof message.id === 'number' && isRequest(message.request)) {
    return { id: message.id, request: message.request }
  }
  throw new TypeError(`not a request to a host's agent: ${JSON.stringify(message)}`)
}

/** @throws {TypeError} when the message is not an answer */
export function parseAnswer(message: unknown): AgentAnswer {
  if (isRecord(message) && typeof message.id === 'number') {
    const { id, error, result } = message
    if (typeof error === 'string') return { id, error }
    if (typeof result === 'boolean' || isOutcome(result)) return { id, result }
  }
  throw new TypeError(`not an answer of a host's agent: ${JSON.stringify(message)}`)
}

export function isOutcome(value: unknown): value is Outcome {
  return value === 'answered' || value === 'arrived' || value === 'refused' || value === 'lost'
}

function isRequest(value: unknown): value is AgentRequest {
  if (!isRecord(value)) return false
  if (value.kind === 'seen') return typeof value.mark === 'string'
  const isTarget =
    (value.protocol === 'tcp' || value.protocol === 'udp') &&
    typeof value.address === 'string' &&
    typeof value.port === 'number'
  if (value.kind === 'listen') return isTarget
  return (
    value.kind === 'probe' &&
    isTarget &&
    typeof value.sourcePort === 'number' &&
    typeof value.mark === 'string' &&
    typeof value.waitMs === 'number'
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
