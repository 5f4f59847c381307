import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { expect, it, onTestFinished } from 'vitest'
import type { ConnectionLimits } from './connection-limits.ts'
import type { Handler } from './http-server.ts'
import { openTestHttps, type TestHttps } from './test-https.ts'

const ASK = 'GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n'

async function openDoor(
  limits: Partial<ConnectionLimits>,
  handler: Handler = (_request, response) => response.end('let in'),
): Promise<TestHttps> {
  const door = await openTestHttps(handler, {}, { connections: 100, connectionsPerAddress: 100, ...limits })
  onTestFinished(() => door[Symbol.asyncDispose]())
  return door
}

function plainly({ doors }: TestHttps): Socket {
  return closedAtEnd(connect(doors.socket))
}

function encrypted({ port, ca }: TestHttps, localAddress = '127.0.0.1'): TLSSocket {
  return closedAtEnd(connectTls({ socket: connect({ host: '127.0.0.1', port, localAddress }), ca }))
}

function closedAtEnd<AnySocket extends Socket>(socket: AnySocket): AnySocket {
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  return socket
}

async function asked(socket: Socket): Promise<string> {
  socket.write(ASK)
  try {
    return await text(socket)
  } catch {
    return ''
  }
}

it('a connection beyond the limit of its door is closed, and somebody is told', async () => {
  const told: (string | undefined)[] = []
  const door = await openDoor({ connections: 2, onTooMany: (from) => void told.push(from) })
  const held = [plainly(door), plainly(door)]
  await Promise.all(held.map((socket) => once(socket, 'connect')))
  expect(await asked(plainly(door))).toBe('')
  expect(told).toHaveLength(1)
  const [first] = held
  expect(first && (await asked(first))).toContain('let in')
  expect(await asked(plainly(door))).toContain('let in')
})

it('each door has connections of its own', async () => {
  const door = await openDoor({ connections: 1 })
  const held = encrypted(door)
  await once(held, 'secureConnect')
  expect(await asked(encrypted(door))).toBe('')
  expect(await asked(plainly(door))).toContain('let in')
})

it('who only keeps a connection for later makes room', async () => {
  const door = await openDoor({ connections: 1 })
  const held = plainly(door)
  held.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await once(held, 'data')
  expect(await asked(plainly(door))).toBe('')
  if (!held.closed) await once(held, 'close')
  expect(await asked(plainly(door))).toContain('let in')
})

it('one address has only so many of the connections of HTTPS', async () => {
  const told: (string | undefined)[] = []
  const door = await openDoor({ connectionsPerAddress: 2, onTooMany: (from) => void told.push(from) })
  // All of 127.0.0.0/8 is one place: this host.
  const held = [encrypted(door), encrypted(door, '127.0.0.2')]
  await Promise.all(held.map((socket) => once(socket, 'secureConnect')))
  expect(await asked(encrypted(door))).toBe('')
  expect(told).toEqual(['127.0.0.1'])
  for (const socket of held) socket.destroy()
  await Promise.all(held.map((socket) => (socket.closed ? undefined : once(socket, 'close'))))
  await expect.poll(async () => asked(encrypted(door)), { timeout: 10_000 }).toContain('let in')
})

it('a crowd beyond the limit is closed without harm to who is inside', async () => {
  const [crowd, limit] = [60, 5]
  const closed = Promise.withResolvers<void>()
  const door = await openDoor({ connectionsPerAddress: limit }, async (_request, response) => {
    await closed.promise
    response.end('let in')
  })
  let left = crowd - limit
  const answers = await Promise.all(
    Array.from({ length: crowd }, async () => {
      const answer = await asked(encrypted(door))
      if (!answer.includes('let in') && --left === 0) closed.resolve()
      return answer
    }),
  )
  expect(answers.filter((answer) => answer.includes('let in'))).toHaveLength(limit)
})
