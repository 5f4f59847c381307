import Fastify, { type FastifyInstance } from 'fastify'
import { expect, it, onTestFinished } from 'vitest'
import { codeOf } from '../errors.ts'
import { addBackPressure } from './hooks.ts'

/** A server that takes two changes at a time, each of which ends when it is told. */
async function server() {
  const endings: (() => void)[] = []
  const app: FastifyInstance = Fastify()
  app.setErrorHandler((error, _request, reply) =>
    reply.code(codeOf(error) === 'too-busy' ? 429 : 500).send({ code: codeOf(error) }),
  )
  addBackPressure(app, { changes: 2, wait: 60 })
  app.put('/slow', async () => {
    await new Promise<void>((resolve) => endings.push(resolve))
    return 'changed'
  })
  app.put('/broken', () => {
    throw new Error('broken')
  })
  app.put(
    '/refused',
    { preHandler: (_request, _reply, done) => done(new Error('refused')) },
    async () => 'never',
  )
  app.put('/plain', (_request, reply) => void reply.send('sent'))
  app.get('/read', async () => 'read')
  app.get('/slow', { config: { alsoChanges: ({ url }) => url.includes('modify') } }, async ({ url }) => {
    if (url.includes('modify')) await new Promise<void>((resolve) => endings.push(resolve))
    return 'asked'
  })
  await app.ready()
  onTestFinished(() => app.close())
  const ask = async (method: 'PUT' | 'GET', url: string) => (await app.inject({ method, url })).statusCode
  return { endings, ask }
}

it('refuses a change while too many are under way, and answers reads', async () => {
  const { endings, ask } = await server()
  const slow = [ask('PUT', '/slow'), ask('PUT', '/slow')]
  await expect.poll(() => endings.length).toBe(2)
  expect(await ask('PUT', '/slow')).toBe(429)
  expect(await ask('GET', '/read')).toBe(200)
  endings.pop()?.()
  await Promise.race(slow)
  expect(await ask('PUT', '/plain')).toBe(200)
  endings.pop()?.()
  expect(await Promise.all(slow)).toEqual([200, 200])
})

it('counts what changes something by another method', async () => {
  const { endings, ask } = await server()
  const slow = [ask('GET', '/slow?modify=insert'), ask('PUT', '/slow')]
  await expect.poll(() => endings.length).toBe(2)
  expect(await ask('GET', '/slow?modify=insert')).toBe(429)
  expect(await ask('PUT', '/slow')).toBe(429)
  expect(await ask('GET', '/slow')).toBe(200)
  for (const end of endings) end()
  expect(await Promise.all(slow)).toEqual([200, 200])
  expect(await ask('PUT', '/plain')).toBe(200)
})

it.each(['/broken', '/refused', '/plain', '/nowhere'])(
  'counts a change no more that has ended: %s',
  async (url) => {
    const { ask } = await server()
    const statuses = []
    for (let time = 0; time < 10; time++) statuses.push(await ask('PUT', url))
    expect(statuses).not.toContain(429)
  },
)
