import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import {
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
  type ServerResponse,
} from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDoors } from './doors.ts'
import { doorOf } from './http-server.ts'

let folder = ''
let socket = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-doors-'))
  socket = join(folder, 'c.sock')
})
afterEach(() => rmSync(folder, { recursive: true }))

const GRACE = 10_000

/** Answers with the door that the request came in by. */
function handler(request: IncomingMessage, response: ServerResponse): void {
  response.end(doorOf(request))
}

function open(options: { host?: string; port?: number } = {}) {
  return openDoors({ socket, http: { host: options.host, port: options.port ?? 0 } }, handler)
}

async function get(options: RequestOptions): Promise<{ status: number | undefined; body: string }> {
  const sent = httpRequest({ path: '/', ...options })
  sent.end()
  const [response]: IncomingMessage[] = await once(sent, 'response')
  if (response === undefined) throw new Error('no response')
  return { status: response.statusCode, body: await text(response) }
}

function portOf(url: string | undefined): number {
  return Number(new URL(url ?? '').port)
}

/** Sends raw bytes and returns all that comes back until the connection ends. */
async function speak(port: number, words: string): Promise<string> {
  const connection = connect({ port, host: '127.0.0.1' })
  connection.write(words)
  return await text(connection)
}

describe('the doors', () => {
  it('answer on the socket and on loopback, on one port for both families', async () => {
    const doors = await open()
    const port = portOf(doors.urls[0])
    expect(doors.urls).toContain(`http://127.0.0.1:${port}`)
    expect(await get({ socketPath: socket })).toEqual({ status: 200, body: 'socket' })
    for (const url of doors.urls) {
      expect(portOf(url)).toBe(port)
      expect(await (await fetch(url)).text()).toBe('loopback')
    }
    await doors.close(GRACE)
    expect(statSync(socket, { throwIfNoEntry: false })).toBeUndefined()
  })

  it('listen on one address where one is named', async () => {
    const doors = await open({ host: '127.0.0.3' })
    expect(doors.urls).toHaveLength(1)
    expect((await fetch(doors.urls[0] ?? '')).status).toBe(200)
    await doors.close(GRACE)
  })

  it('let the owner and the group use the socket, and nobody else', async () => {
    const below = join(folder, 'made')
    const doors = await openDoors({ socket: join(below, 'c.sock') }, handler)
    expect(statSync(join(below, 'c.sock')).mode & 0o777).toBe(0o660)
    expect(statSync(below).mode & 0o777).toBe(0o750)
    await doors.close(GRACE)
  })

  it('refuse another Host on loopback and take any on the socket', async () => {
    const doors = await open()
    const port = portOf(doors.urls[0])
    const foreign = await get({ host: '127.0.0.1', port, headers: { host: 'evil.example' } })
    expect(foreign.status).toBe(421)
    expect(JSON.parse(foreign.body)).toMatchObject({ code: 'host-not-allowed', status: 421 })
    const page = await get({ host: '127.0.0.1', port, headers: { origin: 'https://evil.example' } })
    expect(page.status).toBe(403)
    expect((await get({ socketPath: socket, headers: { host: 'anything' } })).status).toBe(200)
    await doors.close(GRACE)
  })

  it('answer what is no request with a problem, and stay open', async () => {
    const doors = await open()
    const port = portOf(doors.urls[0])
    expect(await speak(port, '\x16\x03\x01\x02\x00TLS?\r\n\r\n')).toMatch(
      /^HTTP\/1.1 400 .*"code":"bad-http"/s,
    )
    const long = await speak(port, `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`)
    expect(long).toMatch(/^HTTP\/1.1 431 .*"code":"headers-too-large"/s)
    expect(await speak(port, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 421 /)
    expect((await fetch(doors.urls[0] ?? '')).status).toBe(200)
    await doors.close(GRACE)
  })

  it('finish what is being answered when they close, and let nothing more in', async () => {
    const waiting = Promise.withResolvers<ServerResponse>()
    const doors = await openDoors({ socket }, (_request, response) => waiting.resolve(response))
    const answer = get({ socketPath: socket })
    const response = await waiting.promise
    const closed = doors.close(GRACE)
    await expect(get({ socketPath: socket })).rejects.toThrow()
    response.end('late')
    expect(await answer).toEqual({ status: 200, body: 'late' })
    await closed
  })
})

describe('a socket', () => {
  it('that a killed daemon left behind is replaced', async () => {
    const program = `require('node:http').createServer().listen(${JSON.stringify(socket)}, () => console.log('listens'))`
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(statSync(socket).isSocket()).toBe(true)
    const doors = await open()
    expect((await get({ socketPath: socket })).status).toBe(200)
    await doors.close(GRACE)
  })

  it('that a daemon answers on is left to it', async () => {
    const doors = await open()
    await expect(open()).rejects.toMatchObject({
      code: 'socket-in-use',
      message: expect.stringContaining(`Another daemon answers on ${socket}`),
    })
    expect((await get({ socketPath: socket })).status).toBe(200)
    await doors.close(GRACE)
  })

  it('is not put in the place of a file', async () => {
    writeFileSync(socket, 'precious')
    await expect(open()).rejects.toMatchObject({ code: 'socket-in-use' })
    rmSync(socket)
    mkdirSync(socket)
    await expect(open()).rejects.toMatchObject({ code: 'socket-in-use' })
  })

  it('that cannot be made in its place is refused in a sentence', async () => {
    writeFileSync(join(folder, 'file'), '')
    for (const place of [join(folder, 'file/c.sock'), '/proc/chainmail/c.sock']) {
      await expect(openDoors({ socket: place }, handler)).rejects.toMatchObject({
        code: 'socket-failed',
        message: expect.stringContaining(`The socket ${place} cannot be made`),
      })
    }
  })

  it('whose path is too long is refused in a sentence', async () => {
    const long = join(folder, 'x'.repeat(120))
    await expect(openDoors({ socket: long }, handler)).rejects.toMatchObject({
      code: 'socket-path-too-long',
    })
  })
})

describe('a port that is taken', () => {
  it('is refused in a sentence, and the socket is free again', async () => {
    const doors = await open()
    const port = portOf(doors.urls[0])
    const other = join(folder, 'other.sock')
    await expect(
      openDoors({ socket: other, http: { host: undefined, port } }, handler),
    ).rejects.toMatchObject({
      code: 'port-in-use',
      message: expect.stringContaining(`port ${port}`),
    })
    expect(statSync(other, { throwIfNoEntry: false })).toBeUndefined()
    await doors.close(GRACE)
  })
})
