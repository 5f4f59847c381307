import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EarlyRefusal, Handler } from '../doors/http-server.ts'
import { openTcpDoors } from '../doors/tcp-door.ts'
import { type TestServer, testServer } from '../v1/test-server.ts'
import { openLog } from './logger.ts'
import { type LoggedRequests, RequestLog } from './request-log.ts'

let server: TestServer
beforeEach(async () => {
  server = await testServer()
})
afterEach(() => server[Symbol.asyncDispose]())

const put = (url: string, headers: Record<string, string> = {}) =>
  server.app.inject({
    method: 'PUT',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: {},
  })

const logged = (): unknown[] => server.requestLines.map((line) => JSON.parse(line))

describe('the log of requests', () => {
  it('has a line for each change, with the name that its request brought', async () => {
    const { headers } = await put('/v1/bans/198.51.100.7', {
      'chainmail-request-id': 'ticket-17',
      'chainmail-why': 'brute%20force',
    })
    expect(headers['chainmail-request-id']).toBe('ticket-17')
    expect(logged()).toEqual([
      expect.objectContaining({
        level: 30,
        msg: 'changed',
        request: 'ticket-17',
        method: 'PUT',
        route: '/v1/bans/:address',
        path: '/v1/bans/198.51.100.7',
        status: 200,
        revision: 1,
        why: 'brute force',
        milliseconds: expect.any(Number),
      }),
    ])
  })

  it('has a line for each refusal of a change, at warn', async () => {
    const { statusCode, headers } = await put('/v1/bans/300.1.1.1')
    expect(statusCode).toBe(400)
    expect(logged()).toEqual([
      expect.objectContaining({
        level: 40,
        msg: 'refused',
        status: 400,
        request: headers['chainmail-request-id'],
      }),
    ])
  })

  it('has none for reads, nor for what is asked for in vain', async () => {
    for (const url of ['/v1/bans', '/v1/health', '/v1/nothing', '/metrics']) await server.app.inject(url)
    expect(logged()).toEqual([])
  })

  it('has one for reads that are refused by a fault', async () => {
    await server.app.inject('/v1/ready')
    expect(logged()).toEqual([expect.objectContaining({ level: 40, status: 503, route: '/v1/ready' })])
  })

  it.each([
    ['a line break', '/v1/bans/a%0a{"level":60}'],
    ['an escape sequence', '/v1/bans/%1b%5b31m'],
    ['bytes beyond ASCII', '/v1/bans/\u009b31m\u202e'],
  ])('stays one line of JSON that no terminal obeys, whatever comes: %s', async (_, url) => {
    await put(url, { 'chainmail-why': '%1b%5d0%3bowned%07%e2%80%ae', 'chainmail-request-id': 'a b"c' })
    expect(server.requestLines).toHaveLength(1)
    const [line = ''] = server.requestLines
    expect(line.slice(0, -1)).not.toMatch(/\p{C}/u)
    expect(JSON.parse(line)).toMatchObject({ msg: 'refused', method: 'PUT' })
  })

  it('tells no secret, neither of headers nor of a query', async () => {
    await put('/v1/bans/198.51.100.8?token=s3cret', { authorization: 'Bearer s3cret', cookie: 'a=s3cret' })
    await server.app.inject({ url: '/v1/bans?token=s3cret', headers: { authorization: 'Basic s3cret' } })
    expect(server.requestLines.join('') + JSON.stringify(server.faults)).not.toContain('s3cret')
  })
})

/** What is logged of some answers. */
async function linesOf(
  requests: LoggedRequests,
  ask: (server: TestServer) => Promise<void>,
): Promise<string[]> {
  const lines: string[] = []
  const log = openLog('info', { write: (line) => void lines.push(line) })
  let now = 0
  const requestLog = new RequestLog({ log, requests: () => requests, now: () => now })
  await using own = await testServer({ requestLog })
  await ask(own)
  now = 1_000
  await own.app.inject({ method: 'PUT', url: '/v1/bans/nonsense' })
  return lines
}

it('tells of what a door turns away before it comes to any route', async () => {
  const lines: string[] = []
  const log = openLog('info', { write: (line) => void lines.push(line) })
  const requestLog = new RequestLog({ log, requests: () => 'changes' })
  const handler: Handler = Object.assign(() => undefined, {
    refused: (refusal: EarlyRefusal) => requestLog.turnedAway(refusal),
  })
  const [door] = await openTcpDoors({ host: '127.0.0.1', port: 0 }, handler)
  const address = door?.address()
  if (door === undefined || typeof address !== 'object' || address === null) throw new Error('no door')
  const url = `http://127.0.0.1:${address.port}/v1/bans?token=s3cret`
  const response = await fetch(url, { headers: { origin: 'https://evil.example' } })
  expect(response.status).toBe(403)
  await new Promise((resolve) => door.close(resolve))
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      level: 40,
      msg: 'turned away',
      door: 'loopback',
      method: 'GET',
      path: '/v1/bans',
      from: '127.0.0.1',
      status: 403,
      code: 'cross-site-refused',
    }),
  ])
})

describe('log.requests', () => {
  it('may ask for all', async () => {
    const lines = await linesOf('all', async ({ app }) => void (await app.inject('/v1/health')))
    expect(lines).toHaveLength(2)
    expect(lines[0]).toContain('"msg":"answered"')
  })

  it('may ask for none', async () => {
    expect(await linesOf('none', async ({ app }) => void (await app.inject('/v1/ready')))).toEqual([])
  })

  it('does not fill the disk with what one sends by the thousand', async () => {
    const lines = await linesOf('changes', async ({ app }) => {
      for (let request = 0; request < 200; request++)
        await app.inject({ method: 'DELETE', url: '/v1/bans/nonsense' })
    })
    expect(lines).toHaveLength(52)
    expect(lines.at(-2)).toContain('"refusals":150,"msg":"more refusals were not logged"')
  })
})
