import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { DoorRequest, type DoorTimes, type Handler, httpServer } from './http-server.ts'

const patient: DoorTimes = { head: 60_000, body: 60_000, reading: 60_000, idle: 60_000, check: 10 }

/** A connection to a server that answers with the handler. */
async function connection(handler: Handler, times: Partial<DoorTimes>): Promise<Socket> {
  const server = httpServer(handler, 'loopback', undefined, { ...patient, ...times }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const address: AddressInfo | string | null = server.address()
  return connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1')
}

/** Sends a request whose body stops in the middle, and returns what comes back. */
async function stall(handler: Handler): Promise<string> {
  const socket = await connection(handler, { body: 20 })
  socket.write('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nhalf')
  return await text(socket)
}

it('a body that does not arrive in time is refused', async () => {
  const answer = await stall((request) => request.resume().on('error', () => undefined))
  expect(answer).toMatch(/^HTTP\/1.1 408 /)
  expect(answer).toContain('"code":"request-timeout"')
})

it('a stream may take longer', async () => {
  const answer = await stall((request, response) => {
    if (request instanceof DoorRequest) request.becomeStream()
    response.setHeader('connection', 'close')
    // Longer than any other body may take.
    request.once('data', async () => {
      await setTimeout(60)
      response.end('still there')
    })
  })
  expect(answer).toMatch(/^HTTP\/1.1 200 /)
  expect(answer).toContain('still there')
})

it.each([
  ['a body', () => undefined],
  ['a stream', (request: unknown) => request instanceof DoorRequest && request.becomeStream()],
])('the rest of %s that was answered already has to come in time', async (_what, begin) => {
  const socket = await connection(
    (request, response) => {
      begin(request)
      request.resume()
      response.end('no')
    },
    { body: 20 },
  )
  socket.write('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nhalf')
  expect(await text(socket)).toMatch(/^HTTP\/1.1 200 .*no$/s)
})

it('a head that comes a character at a time is refused when its time is over, whatever still comes', async () => {
  const socket = await connection((_request, response) => response.end(), { head: 50 })
  const answered = text(socket)
  const trickle = setInterval(() => socket.writable && socket.write('x'), 5)
  onTestFinished(() => clearInterval(trickle))
  socket.write('GET / HTTP/1.1\r\nx-slow: ')
  const answer = await answered
  expect(answer).toMatch(/^HTTP\/1.1 408 /)
  expect(answer).toContain('"code":"request-timeout"')
})

it('an expectation that nobody knows is passed over, and the request answered', async () => {
  const socket = await connection((_request, response) => response.end('here'), {})
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\nexpect: something\r\nconnection: close\r\n\r\n')
  expect(await text(socket)).toMatch(/^HTTP\/1.1 200 .*here$/s)
})

it('a connection over which nothing is asked ends', async () => {
  const socket = await connection((_request, response) => response.end(), { head: 50 })
  expect(await text(socket)).toMatch(/^(HTTP\/1.1 408 |$)/)
})

it('who takes nothing of an answer is cut off', async () => {
  const ended = Promise.withResolvers<void>()
  const socket = await connection(
    (_request, response) => {
      response.once('close', ended.resolve)
      // More than the kernel keeps for a connection.
      response.end(Buffer.alloc(64 * 1024 * 1024))
    },
    { reading: 50 },
  )
  socket.on('error', () => undefined).pause()
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await ended.promise
})

it('who waits for an answer that takes long is not cut off', async () => {
  const socket = await connection(
    async (_request, response) => {
      await setTimeout(150)
      response.end('at last')
    },
    { reading: 30 },
  )
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
  expect(await text(socket)).toContain('at last')
})

it('a connection that is kept for later ends when it was kept too long', async () => {
  const socket = await connection((_request, response) => response.end('done'), { idle: 50 })
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
  expect(await text(socket)).toContain('done')
})

it('a stream that breaks off in the middle of its answer is not answered by anything else', async () => {
  const answered = Promise.withResolvers<void>()
  const socket = await connection((request, response) => {
    if (request instanceof DoorRequest) request.becomeStream()
    request.on('error', () => undefined).resume()
    response.write('line 1 is done')
    answered.resolve()
  }, {})
  const answer = text(socket)
  socket.write('POST / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n')
  await answered.promise
  socket.write('this is no chunk\r\n')
  expect(await answer).toMatch(/^HTTP\/1.1 200 .*\r\ne\r\nline 1 is done\r\n$/s)
})
