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
  const doors = await openDoors({ socket }, server.app.routing)
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

/** What the client makes of an answer to a stream of these lines. */
async function streamed(lines?: Iterable<string> | AsyncIterable<string>): Promise<unknown[]> {
  const answers: unknown[] = []
  for await (const answer of connect({ socket }).stream('POST', '/v1/x', lines)) answers.push(answer)
  return answers
}

describe('a stream of the client', () => {
  it('carries lines in both directions at the same time', async () => {
    await withServer(
      (request, response) => {
        expect(request.headers['content-type']).toBe('application/x-ndjson')
        response.writeHead(200)
        request.on('data', (chunk) => response.write(chunk))
        request.on('end', () => response.end('"the end, without a line end"'))
      },
      async () => {
        const lines = Array.from({ length: 20_000 }, (_, index) => JSON.stringify(`line ${index} é`))
        const answers = await streamed(lines)
        expect(answers).toHaveLength(20_001)
        expect(answers[19_999]).toBe('line 19999 é')
      },
    )
  })

  it('has no body when there are no lines', async () => {
    await withServer(
      (request, response) => response.end(JSON.stringify(request.headers['transfer-encoding'] ?? 'none')),
      async () => expect(await streamed()).toEqual(['none']),
    )
  })

  it('throws what its lines throw, and breaks the request off', async () => {
    const brokenOff = Promise.withResolvers<void>()
    async function* lines() {
      yield 'x'.repeat(100_000)
      throw new Error('the file is gone')
    }
    await withServer(
      (request, response) => {
        request.on('error', () => brokenOff.resolve())
        request.resume()
        response.writeHead(200)
        response.write('1\n')
      },
      async () => {
        await expect(streamed(lines())).rejects.toThrow('the file is gone')
        await brokenOff.promise
      },
    )
  })

  it('throws a refusal that comes before everything is sent', async () => {
    async function* endless() {
      for (;;) yield 'x'.repeat(1000)
    }
    const refusal = {
      type: '/',
      title: 't',
      status: 404,
      detail: 'There is no set x.',
      code: 'set-not-found',
    }
    await withServer(
      (_request, response) => response.writeHead(404).end(JSON.stringify(refusal)),
      async () => {
        await expect(streamed(endless())).rejects.toMatchObject({
          name: 'ProblemError',
          code: 'set-not-found',
        })
      },
    )
  })

  it('says when the answer is cut off', async () => {
    await withServer(
      (_request, response) => {
        response.writeHead(200)
        response.write('1\n', () => response.destroy())
      },
      async () => {
        await expect(streamed(['1'])).rejects.toMatchObject({ code: 'no-daemon' })
      },
    )
  })
})

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
