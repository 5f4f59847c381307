import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { httpServer } from './doors/http-server.ts'
import { testServer } from './v1/test-server.ts'

/** More than the kernel keeps of what nobody reads. */
const LONG = 16 * 1024 * 1024

it.each([
  ['of a known length', `content-length: ${LONG}`],
  ['of which nobody knows the length', 'transfer-encoding: chunked'],
])('who sends a body that is too long (%s) gets the answer behind it, and goes on', async (_how, header) => {
  await using server = await testServer()
  const listening = httpServer((request, response) => server.app.routing(request, response), 'loopback')
  await once(listening.listen(0, '127.0.0.1'), 'listening')
  const address = listening.address()
  const socket = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1')
  // It reads nothing until it has written everything.
  socket.pause()
  const write = promisify((chunk: Buffer | string, done: (error?: Error | null) => void) =>
    socket.write(chunk, done),
  )
  const isChunked = header.startsWith('transfer')
  await write(
    `PUT /v1/bans/192.0.2.1 HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${header}\r\n\r\n`,
  )
  if (isChunked) await write(`${LONG.toString(16)}\r\n`)
  await write(Buffer.alloc(LONG, ' '))
  if (isChunked) await write('\r\n0\r\n\r\n')
  await write('GET /v1/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
  const answers = await text(socket)
  listening.close()
  expect(answers).toMatch(/^HTTP\/1\.1 413 .*"code":"body-too-large".*HTTP\/1\.1 200 /s)
  expect(answers).toContain('The body of this request may have 1048576 bytes')
})
