import { describe, expect, it } from 'vitest'
import type { Fetch, FetchInit } from './fetch.ts'
import { passwordFetch } from './one-time-password.ts'

/** Lets in who shows one of some passwords. */
function daemon(passwords: readonly string[], code = 'second-factor-required') {
  const shown: (string | undefined)[] = []
  const fetch: Fetch = async (_url, { headers }) => {
    const password = headers['chainmail-otp']
    shown.push(password)
    if (password !== undefined && passwords.includes(password)) return new Response('{"done":true}')
    return Response.json({ code, detail: 'd', status: 403 }, { status: 403 })
  }
  return { fetch, shown }
}

const init: FetchInit = {
  method: 'PUT',
  headers: { accept: 'application/json' },
  body: '{}',
  signal: new AbortController().signal,
}

describe('a request for which the daemon wants a one-time password', () => {
  it('is sent again with the one that is given, and then with what was asked for', async () => {
    const { fetch, shown } = daemon(['111111', '222222'])
    const asking = passwordFetch(fetch, { given: '111111', ask: async () => '222222' })
    for (const _ of [1, 2]) expect(await (await asking('/', init)).json()).toEqual({ done: true })
    expect(shown).toEqual([undefined, '111111', undefined, '222222'])
  })

  it('is asked for once, and what comes of it is told', async () => {
    const { fetch, shown } = daemon([])
    const answer = await passwordFetch(fetch, { ask: async () => '333333' })('/', init)
    expect([answer.status, shown]).toEqual([403, [undefined, '333333']])
  })

  it('is told as it is where there is none', async () => {
    const { fetch, shown } = daemon([])
    for (const passwords of [{}, { ask: async () => undefined }]) {
      const answer = await passwordFetch(fetch, passwords)('/', init)
      expect([answer.status, await answer.json()]).toEqual([
        403,
        expect.objectContaining({ code: 'second-factor-required' }),
      ])
    }
    expect(shown).toEqual([undefined, undefined])
  })

  it('has what is given from the beginning where its body is a stream, which goes only once', async () => {
    const { fetch, shown } = daemon(['111111'])
    const asking = passwordFetch(fetch, { given: '111111', ask: async () => '222222' })
    const body = () => ({ ...init, body: new Blob(['{}']).stream() })
    expect((await asking('/', body())).status).toBe(200)
    expect((await asking('/', body())).status).toBe(403)
    expect(shown).toEqual(['111111', undefined])
  })
})

it('another refusal uses no password up', async () => {
  const { fetch, shown } = daemon([], 'permission-missing')
  const asking = passwordFetch(fetch, { given: '111111' })
  expect(await (await asking('/', init)).json()).toMatchObject({ code: 'permission-missing' })
  expect(shown).toEqual([undefined])
})
