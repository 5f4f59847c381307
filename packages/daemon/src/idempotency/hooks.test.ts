import { hash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { ChainmailError } from 'chainmail'
import type { InjectOptions } from 'fastify'
import { expect, it } from 'vitest'
import { testServer } from '../v1/test-server.ts'

const ban = (key: string, payload: object = {}, url = '/v1/bans/198.51.100.7'): InjectOptions => ({
  method: 'PUT',
  url,
  payload,
  headers: { 'idempotency-key': key },
})

it('gives the same answer again, and does nothing again', async () => {
  await using server = await testServer()
  const first = await server.app.inject(ban('"a"', { reason: 'once' }))
  await server.app.inject({ method: 'DELETE', url: '/v1/bans/198.51.100.7' })
  const second = await server.app.inject(ban('"a"', { reason: 'once' }))
  expect(second.statusCode).toBe(200)
  expect(second.body).toBe(first.body)
  for (const name of ['content-type', 'chainmail-revision'])
    expect(second.headers[name]).toBe(first.headers[name])
  expect(first.headers['idempotency-replayed']).toBeUndefined()
  expect(second.headers['idempotency-replayed']).toBe('true')
  expect(server.book.count()).toBe(0)
  const { records } = (await server.app.inject('/v1/audit?limit=1')).json()
  expect(records).toMatchObject([{ path: '/v1/bans/198.51.100.7', status: 200, revision: 1, replayed: true }])
})

it('gives an answer without a body again', async () => {
  await using server = await testServer()
  await server.app.inject({ method: 'PUT', url: '/v1/bans/198.51.100.7' })
  const request: InjectOptions = {
    method: 'DELETE',
    url: '/v1/bans/198.51.100.7',
    headers: { 'idempotency-key': 'b' },
  }
  expect((await server.app.inject(request)).statusCode).toBe(204)
  const again = await server.app.inject(request)
  expect([again.statusCode, again.body, again.headers['chainmail-revision']]).toEqual([204, '', '2'])
})

it('refuses a key that comes with another request', async () => {
  await using server = await testServer()
  await server.app.inject(ban('"a"', { reason: 'one' }))
  for (const other of [
    ban('"a"', { reason: 'two' }),
    ban('"a"', { reason: 'one' }, '/v1/bans/198.51.100.8'),
  ]) {
    const answer = await server.app.inject(other)
    expect([answer.statusCode, answer.json().code]).toEqual([422, 'idempotency-key-reused'])
  }
  expect(server.book.count()).toBe(1)
})

it('refuses a key whose request is under way', async () => {
  await using server = await testServer()
  const under = server.app.inject(ban('"a"'))
  while (server.book.count() === 0) await setImmediate()
  const [first, second] = await Promise.all([under, server.app.inject(ban('"a"'))])
  expect(first.statusCode).toBe(200)
  // It may have ended meanwhile.
  expect([409, 200]).toContain(second.statusCode)
  const pairs = await Promise.all([server.app.inject(ban('"b"')), server.app.inject(ban('"b"'))])
  expect(pairs.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 409])
  expect(pairs.find(({ statusCode }) => statusCode === 409)?.json().code).toBe('idempotency-key-in-use')
})

it('tries again what was refused', async () => {
  await using server = await testServer()
  const request: InjectOptions = {
    method: 'DELETE',
    url: '/v1/bans/198.51.100.7',
    headers: { 'idempotency-key': 'c' },
  }
  expect((await server.app.inject(request)).statusCode).toBe(404)
  await server.app.inject({ method: 'PUT', url: '/v1/bans/198.51.100.7' })
  expect((await server.app.inject(request)).statusCode).toBe(204)
})

it('takes no key for lines, and none that is no key', async () => {
  await using server = await testServer()
  const lines = await server.app.inject({
    method: 'POST',
    url: '/v1/bans',
    payload: '"198.51.100.7"\n',
    headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': 'a' },
  })
  expect([lines.statusCode, lines.json().code]).toEqual([400, 'idempotency-key-refused'])
  for (const key of ['', '""', '"a', 'ä', 'a b', '"a", "b"', 'x'.repeat(256)]) {
    const answer = await server.app.inject(ban(key))
    expect([key, answer.statusCode, answer.json().path]).toEqual([key, 400, 'idempotency-key'])
  }
  expect(server.book.count()).toBe(0)
})

it.each(['plan-raced', 'undo-failed'] as const)(
  'does not try again after %s, which may be a change',
  async (code) => {
    await using server = await testServer()
    const request: InjectOptions = {
      method: 'DELETE',
      url: '/v1/tables/filter/chains/INPUT/rules/1?family=ipv4',
      headers: { 'idempotency-key': 'd' },
    }
    server.firewall.failure = new ChainmailError(code, 'It may have been made.')
    const first = await server.app.inject(request)
    expect(first.json().code).toBe(code)
    server.firewall.failure = undefined
    const again = await server.app.inject(request)
    expect([again.body, again.headers['idempotency-replayed']]).toEqual([first.body, 'true'])
  },
)

it('lets reads be what they are', async () => {
  await using server = await testServer()
  const headers = { 'idempotency-key': 'a' }
  expect((await server.app.inject({ url: '/v1/bans', headers })).json().bans).toEqual([])
  await server.app.inject({ method: 'PUT', url: '/v1/bans/198.51.100.7' })
  expect((await server.app.inject({ url: '/v1/bans', headers })).json().bans).toHaveLength(1)
})

it('keeps nothing of a route with secrets, and makes no second key', async () => {
  await using server = await testServer()
  const request = (payload: object): InjectOptions => ({
    method: 'POST',
    url: '/v1/keys',
    payload: { permissions: { read: true }, ...payload },
    headers: { 'idempotency-key': 'k' },
  })
  const made = await server.app.inject(request({ name: 'anna', password: 'correct horse battery' }))
  expect(made.statusCode).toBe(201)
  const kept = server.store.database.prepare('SELECT * FROM idempotency_keys').all()
  expect(kept).toMatchObject([{ status: 201, body: null, request: hash('sha256', 'POST /v1/keys\n') }])
  for (const name of ['anna', 'berta']) {
    const again = await server.app.inject(request({ name, password: 'correct horse battery' }))
    expect([again.statusCode, again.json().code]).toEqual([409, 'idempotency-answer-lost'])
  }
  expect(server.keys.list()).toHaveLength(1)
})
