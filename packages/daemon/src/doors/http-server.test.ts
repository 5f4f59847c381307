import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { DoorRequest, type Handler, httpServer } from './http-server.ts'

/** Sends a request whose body stops in the middle, and returns what comes back. */
async function stall(handler: Handler): Promise<string> {
  const server = httpServer(handler, 'loopback', undefined, 20).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address: AddressInfo | string | null = server.address()
  const connection = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1')
  connection.write('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nhalf')
  try {
    return await text(connection)
  } finally {
    server.close()
    server.closeAllConnections()
  }
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
