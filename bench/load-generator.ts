/**
 * Sends bans over HTTP, in a process of its own. It speaks on bare sockets, so that it takes as little as can be of
 * the processors that the server runs on. It ends with its parent.
 */

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Addresses } from './addresses.ts'
import { figure } from './harness.ts'
import { type LoadAnswer, type LoadRequest, parseLoadRequest } from './load-messages.ts'

const addresses = new Addresses()
const body = JSON.stringify({ for: '1h', reason: 'too many requests' })

process.on('message', async (message) => {
  process.send?.(await generate(parseLoadRequest(message)))
})
process.on('disconnect', () => process.exit())

async function generate({ port, connections, duration }: LoadRequest): Promise<LoadAnswer> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)))
  const times: number[] = []
  const began = performance.now()
  const sizes = await Promise.all(sockets.map((socket) => keepAsking(socket, port, began + duration, times)))
  const ended = performance.now()
  for (const socket of sockets) socket.destroy()
  return {
    median: figure(times).median,
    duration: ended - began,
    answers: times.length,
    size: sizes[0] ?? 0,
  }
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  await once(socket, 'connect')
  return socket
}

/**
 * Asks, and asks again when the answer is there, until the time is over.
 * @returns bytes of the last answer
 */
function keepAsking(socket: Socket, port: number, end: number, times: number[]): Promise<number> {
  return new Promise((resolve, reject) => {
    let sent = 0
    let received = ''
    const ask = () => {
      sent = performance.now()
      socket.write(
        `PUT /v1/bans/${addresses.next()} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      )
    }
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      received += chunk
      const length = answerLength(received)
      if (length === undefined || received.length < length) return
      const now = performance.now()
      times.push(now - sent)
      if (!received.startsWith('HTTP/1.1 200 ')) reject(new Error(received))
      else if (now >= end) resolve(length)
      else {
        received = ''
        ask()
      }
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the server has closed the connection')))
    ask()
  })
}

/** Bytes of head and body; undefined as long as the head is not whole. */
function answerLength(received: string): number | undefined {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const bodyLength = /^content-length: (\d+)\r$/im.exec(received.slice(0, headEnd + 1))?.[1]
  if (bodyLength === undefined) throw new Error(`an answer without a length: ${received}`)
  return headEnd + 4 + Number(bodyLength)
}
