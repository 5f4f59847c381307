import { describe, expect, test } from 'vitest'
import { type TestServer, testServer } from './test-server.ts'

describe('a program of iptables over REST', () => {
  test('changes rules, and the change becomes a revision', async () => {
    await using server = await testServer()
    const answer = await post(server, 'iptables', ['-A', 'INPUT', '-s', '192.0.2.7', '-j', 'DROP'])
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({ code: 0, stdout: '', stderr: '', revision: 1 })
    expect(answer.headers['chainmail-revision']).toBe('1')
    const revision = await server.app.inject('/v1/revisions/1')
    expect(revision.json()).toMatchObject({ what: 'rules', summary: { rulesAdded: 1 } })
  })

  test('that only prints leaves no revision', async () => {
    await using server = await testServer()
    await post(server, 'iptables', ['-A', 'INPUT', '-s', '192.0.2.7', '-j', 'DROP'])
    const answer = await post(server, 'iptables', ['-S', 'INPUT'])
    expect(answer.json()).toEqual({
      code: 0,
      stdout: '-P INPUT ACCEPT\n-A INPUT -s 192.0.2.7/32 -j DROP\n',
      stderr: '',
    })
    expect(answer.headers).not.toHaveProperty('chainmail-revision')
  })

  test('that refuses its arguments answers with its exit code and words', async () => {
    await using server = await testServer()
    const answer = await post(server, 'ip6tables', ['-A', 'INPUT', '--nope'])
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('unknown option "--nope"'),
    })
  })

  test('runs when the one before has ended', async () => {
    await using server = await testServer()
    const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.3']
    const answers = await Promise.all(
      addresses.map((address) => post(server, 'iptables', ['-A', 'INPUT', '-s', address, '-j', 'DROP'])),
    )
    expect(answers.map((answer) => answer.json().revision)).toEqual([1, 2, 3])
  })

  test.each([
    {},
    { arguments: '-S' },
    { arguments: [1] },
    { arguments: [], shell: true },
    { arguments: [], input: 1 },
    [],
  ])('is not run for the body %j', async (body) => {
    await using server = await testServer()
    const answer = await server.app.inject({ method: 'POST', url: '/v1/programs/iptables', payload: body })
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ code: 'bad-request' })
  })

  test('that is none of those stood in for is refused', async () => {
    await using server = await testServer()
    expect((await post(server, 'sh', ['-c', 'true'])).statusCode).toBe(400)
  })
})

function post({ app }: TestServer, program: string, words: readonly string[]) {
  return app.inject({ method: 'POST', url: `/v1/programs/${program}`, payload: { arguments: words } })
}
