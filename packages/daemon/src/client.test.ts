import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect } from './client.ts'
import { openDoors } from './doors/doors.ts'
import { type TestServer, testServer } from './v1/test-server.ts'

let folder = ''
let socket = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-client-'))
  socket = join(folder, 'c.sock')
})
afterEach(() => rmSync(folder, { recursive: true }))

async function withDaemon(work: (server: TestServer) => Promise<void>): Promise<void> {
  await using server = await testServer()
  const doors = await openDoors({ host: undefined, port: 0, socket }, server.app.routing)
  try {
    await work(server)
  } finally {
    await doors.close(10_000)
  }
}

async function withServer(listener: RequestListener, work: () => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(socket)
  await once(server, 'listening')
  try {
    await work()
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

describe('the client', () => {
  it('asks the daemon over its socket', async () => {
    await withDaemon(async ({ kernel }) => {
      const client = connect({ socket })
      expect(await client.request('PUT', '/v1/bans/198.51.100.7', { reason: 'é "quoted"' })).toMatchObject({
        address: '198.51.100.7',
        who: 'socket',
      })
      expect([...kernel.entries.keys()]).toEqual(['198.51.100.7'])
      expect(await client.request('DELETE', '/v1/bans/198.51.100.7')).toBeUndefined()
      expect(await client.request('GET', '/v1/bans')).toEqual({ bans: [] })
    })
  })

  it('throws the problem that the daemon tells', async () => {
    await withDaemon(async () => {
      const refused = connect({ socket }).request('DELETE', '/v1/bans/198.51.100.7')
      await expect(refused).rejects.toMatchObject({
        name: 'ProblemError',
        code: 'not-banned',
        status: 404,
        message: '198.51.100.7 is not banned.',
        problem: { type: '/v1/problems/not-banned' },
      })
    })
  })

  it.each([
    ['nothing is there', () => undefined],
    ['a file is there', () => writeFileSync(socket, '')],
  ])('says that no daemon answers when %s', async (_, prepare) => {
    prepare()
    await expect(connect({ socket }).request('GET', '/v1/status')).rejects.toMatchObject({
      code: 'no-daemon',
      message: expect.stringContaining(socket),
    })
  })

  it('says that what answers is no chainmail daemon', async () => {
    await withServer(
      (_request, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<html>'),
      async () => {
        await expect(connect({ socket }).request('GET', '/v1/status')).rejects.toMatchObject({
          code: 'no-daemon',
        })
      },
    )
  })

  it('says that the daemon went away in the middle of an answer', async () => {
    await withServer(
      (_request, response) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('{', () => response.destroy())
      },
      async () => {
        await expect(connect({ socket }).request('GET', '/v1/status')).rejects.toMatchObject({
          code: 'no-daemon',
          message: expect.stringContaining('did not answer'),
        })
      },
    )
  })

  it('refuses a socket whose path is too long before it asks', () => {
    expect(() => connect({ socket: `/${'x'.repeat(200)}` })).toThrow(
      expect.objectContaining({ code: 'socket-path-too-long' }),
    )
  })
})
