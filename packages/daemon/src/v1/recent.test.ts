import { execFileSync } from 'node:child_process'
import { accessSync, constants, readFileSync } from 'node:fs'
import { type Firewall, openFirewall } from 'chainmail'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeOnKernel, onKernel } from '../../../../testing/kernel.ts'
import { type TestServer, testServer } from './test-server.ts'

const odd = 'o dd\\"é"'

let firewall: Firewall
let server: TestServer

beforeAll(async () => {
  if (!onKernel) return
  for (const name of ['knock', odd])
    execFileSync('iptables', ['-A', 'INPUT', '-m', 'recent', '--name', name, '--set'])
  firewall = await openFirewall()
  server = await testServer({ firewall })
})
afterAll(async () => {
  if (!onKernel) return
  await server[Symbol.asyncDispose]()
  await firewall[Symbol.asyncDispose]()
  execFileSync('iptables', ['-F', 'INPUT'])
})

async function send(method: 'GET' | 'POST' | 'DELETE' | 'PUT', url: string, body?: object) {
  const answer = await server.app.inject({ method, url, ...(body === undefined ? {} : { payload: body }) })
  return { status: answer.statusCode, body: answer.payload === '' ? undefined : JSON.parse(answer.payload) }
}

/** In the namespace of a user who is not root outside, the lists belong to nobody. */
function mayWrite(): boolean {
  try {
    accessSync('/proc/net/xt_recent/knock', constants.W_OK)
    return true
  } catch {
    return false
  }
}

describeOnKernel('the lists of the recent match', () => {
  it('are listed', async () => {
    const { status, body } = await send('GET', '/v1/recent')
    expect(status).toBe(200)
    expect(body.lists).toEqual(['knock', odd])
  })

  it('take and give addresses, whatever their name', async () => {
    const url = `/v1/recent/${encodeURIComponent(odd)}`
    expect((await send('GET', url)).body).toMatchObject({ name: odd, entries: [] })
    const { status, body } = await send('POST', `${url}/entries`, { address: '2001:DB8::1' })
    if (!mayWrite()) {
      expect(body.code).toBe('not-permitted')
      return
    }
    expect(status).toBe(204)
    await send('POST', `${url}/entries`, { address: '192.0.2.1' })
    const proc = `/proc/net/xt_recent/${odd}`
    expect(readFileSync(proc, 'utf8')).toContain('src=192.0.2.1 ')
    const { entries } = (await send('GET', url)).body
    expect(entries).toHaveLength(2)
    expect(entries).toContainEqual({
      address: '2001:db8::1',
      family: 'ipv6',
      ttl: 0,
      lastSeen: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      seen: [expect.any(String)],
    })
    expect((await send('DELETE', `${url}/entries/2001:db8::1`)).status).toBe(204)
    expect(readFileSync(proc, 'utf8')).not.toContain('2001')
    expect((await send('DELETE', `${url}/entries/2001:db8::1`)).body.code).toBe('entry-not-found')
    expect((await send('POST', `${url}/flush`)).status).toBe(204)
    expect(readFileSync(proc, 'utf8')).toBe('')
  })

  it.each([
    ['GET', '/v1/recent/nowhere', undefined, 404, 'recent-not-found'],
    ['POST', '/v1/recent/nowhere/flush', undefined, 404, 'recent-not-found'],
    ['GET', '/v1/recent/..%2F..%2F..%2Fetc%2Fpasswd', undefined, 400, 'bad-recent-name'],
    ['GET', '/v1/recent/a%00b', undefined, 400, 'bad-recent-name'],
    ['POST', '/v1/recent/knock/entries', { address: '192.0.2.0/24' }, 400, 'bad-address'],
    ['POST', '/v1/recent/knock/entries', { address: '/' }, 400, 'bad-address'],
    ['POST', '/v1/recent/knock/entries', { address: 7 }, 400, 'bad-request'],
    ['POST', '/v1/recent/knock/entries', undefined, 400, 'bad-request'],
    ['DELETE', '/v1/recent/knock/entries/localhost', undefined, 400, 'bad-address'],
    ['DELETE', '/v1/recent/knock/entries/192.0.2.9', undefined, 404, 'entry-not-found'],
    ['PUT', '/v1/recent/knock', undefined, 405, 'method-not-allowed'],
  ] as const)('%s %s with %j is %i %s', async (method, url, payload, status, code) => {
    const refused = await send(method, url, payload)
    expect(refused.body).toMatchObject({ status, code })
    expect(refused.status).toBe(status)
  })
})

describe('without the module', () => {
  it('no list is there', async () => {
    await using bare = await testServer()
    expect(JSON.parse((await bare.app.inject('/v1/recent')).payload)).toEqual({ lists: [] })
    const refused = await bare.app.inject('/v1/recent/knock')
    expect(refused.statusCode).toBe(501)
    expect(JSON.parse(refused.payload).code).toBe('no-recent-support')
  })
})
