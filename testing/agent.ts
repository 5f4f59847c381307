/**
 * The process that stands in each host of a test network: it answers TCP connections and UDP datagrams, and
 * sends probes to the other hosts. It ends with its parent.
 */

import { createSocket, type SocketType } from 'node:dgram'
import { once } from 'node:events'
import { createConnection, createServer, isIPv6, type Socket } from 'node:net'
import {
  type AgentAnswer,
  type AgentRequest,
  type AgentResult,
  type ListenRequest,
  type Outcome,
  type ProbeRequest,
  parseEnvelope,
} from './agent-messages.ts'

const listening = new Map<string, Promise<boolean>>()
const marksSeen = new Set<string>()

const socketType = (address: string): SocketType => (isIPv6(address) ? 'udp6' : 'udp4')

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => error.code === code)
}

async function listenForDatagrams({ address, port }: ListenRequest): Promise<boolean> {
  const socket = createSocket(socketType(address))
  socket.on('message', (mark, sender) => {
    marksSeen.add(mark.toString())
    // An error here is the firewall's doing, and the sender notices that nothing came back.
    socket.send(mark, sender.port, sender.address, () => undefined)
  })
  socket.bind(port, address)
  await once(socket, 'listening')
  return true
}

async function listenForConnections({ address, port }: ListenRequest): Promise<boolean> {
  const server = createServer((connection) => {
    connection.on('error', () => connection.destroy())
    connection.pipe(connection)
  })
  server.listen(port, address)
  try {
    await once(server, 'listening')
    return true
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE')) return false
    throw error
  }
}

function listen(request: ListenRequest): Promise<boolean> {
  const key = `${request.protocol} ${request.address} ${request.port}`
  const known = listening.get(key)
  if (known !== undefined) return known
  const started = request.protocol === 'udp' ? listenForDatagrams(request) : listenForConnections(request)
  listening.set(key, started)
  return started
}

/** Resolves once `begin` settles the outcome, or as lost when the time is over. */
function outcomeWithin(
  waitMs: number,
  begin: (settle: (outcome: Outcome) => void) => void,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, waitMs, 'lost')
    begin((outcome) => {
      clearTimeout(timer)
      resolve(outcome)
    })
  })
}

async function probeByDatagram({ address, port, sourcePort, mark, waitMs }: ProbeRequest): Promise<Outcome> {
  const socket = createSocket(socketType(address))
  try {
    return await outcomeWithin(waitMs, (settle) => {
      socket.on('message', (answer) => {
        if (answer.toString() === mark) settle('answered')
      })
      // A connected socket hears of ICMP errors; see udp(7).
      socket.on('error', () => settle('refused'))
      socket.on('connect', () => {
        socket.send(mark, (error) => {
          if (error) settle('refused')
        })
      })
      socket.bind(sourcePort, () => socket.connect(port, address))
    })
  } finally {
    socket.close()
  }
}

async function probeByConnection({ address, port, sourcePort, waitMs }: ProbeRequest): Promise<Outcome> {
  const where = sourcePort === 0 ? { host: address, port } : { host: address, port, localPort: sourcePort }
  const connection: Socket = createConnection(where)
  try {
    return await outcomeWithin(waitMs, (settle) => {
      connection.on('connect', () => settle('answered'))
      connection.on('error', () => settle('refused'))
    })
  } finally {
    // A reset leaves no TIME_WAIT behind, so the same source port can be used again at once.
    connection.resetAndDestroy()
  }
}

function answerRequest(request: AgentRequest): Promise<AgentResult> | AgentResult {
  switch (request.kind) {
    case 'listen':
      return listen(request)
    case 'probe':
      return request.protocol === 'udp' ? probeByDatagram(request) : probeByConnection(request)
    case 'seen':
      return marksSeen.has(request.mark)
  }
}

process.on('message', async (message) => {
  const { id, request } = parseEnvelope(message)
  let answer: AgentAnswer
  try {
    answer = { id, result: await answerRequest(request) }
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : String(error) }
  }
  process.send?.(answer)
})

process.on('disconnect', () => process.exit())
