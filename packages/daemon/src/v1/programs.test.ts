import { describe, expect, test, vi } from 'vitest'
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

  test('leaves to others what they change meanwhile', async () => {
    await using server = await testServer()
    const { firewall } = server
    firewall.chains.set('OUTPUT', [])
    const tables = firewall.tables.bind(firewall)
    let made = 0
    vi.spyOn(firewall, 'tables').mockImplementation(async (options) => {
      const found = await tables(options)
      await firewall.chain('OUTPUT').append({ source: `198.51.100.${made++}`, target: 'DROP' })
      return found
    })
    const listed = await post(server, 'iptables', ['-S', 'INPUT'])
    expect(listed.headers).not.toHaveProperty('chainmail-revision')
    const added = await post(server, 'iptables', ['-A', 'INPUT', '-s', '192.0.2.7', '-j', 'DROP'])
    const revision = await server.app.inject(`/v1/revisions/${added.json().revision}`)
    expect(revision.json().operations.chains).toEqual([expect.objectContaining({ chain: 'INPUT' })])
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

  const wrongCalls = [
    {},
    { arguments: '-S' },
    { arguments: [1] },
    { arguments: [], shell: true },
    { arguments: [], input: 1 },
    [],
  ]
  const wrongScripts = [
    {},
    { calls: {} },
    { calls: [[]] },
    { calls: [{ program: 'sh', arguments: [] }] },
    { calls: [{ program: 'iptables' }] },
    { calls: [], keepGoing: 1 },
    { calls: [], shell: true },
  ]

  test('is not run, nor a script of programs, for a body that is none', async () => {
    await using server = await testServer()
    for (const [url, bodies] of [
      ['/v1/programs/iptables', wrongCalls],
      ['/v1/programs', wrongScripts],
    ] as const)
      for (const payload of bodies) {
        const answer = await server.app.inject({ method: 'POST', url, payload })
        expect([payload, answer.statusCode, answer.json().code]).toEqual([payload, 400, 'bad-request'])
      }
  })

  test('is run with others in one go, up to the first that fails, as one revision', async () => {
    await using server = await testServer()
    const append = (address: string) => ({
      program: 'iptables',
      arguments: ['-A', 'INPUT', '-s', address, '-j', 'DROP'],
    })
    const failing = { program: 'iptables', arguments: ['--nope'] }
    const calls = [append('192.0.2.1'), append('192.0.2.2'), failing, append('192.0.2.3')]
    const answer = await server.app.inject({ method: 'POST', url: '/v1/programs', payload: { calls } })
    expect(answer.json()).toMatchObject({ runs: [{ code: 0 }, { code: 0 }, { code: 2 }], revision: 1 })
    const on = await server.app.inject({
      method: 'POST',
      url: '/v1/programs',
      payload: { calls: [failing, append('192.0.2.3')], keepGoing: true },
    })
    expect(on.json()).toMatchObject({ runs: [{ code: 2 }, { code: 0 }], revision: 2 })
  })

  test('that is none of those stood in for is refused', async () => {
    await using server = await testServer()
    expect((await post(server, 'sh', ['-c', 'true'])).statusCode).toBe(400)
  })
})

function post({ app }: TestServer, program: string, words: readonly string[]) {
  return app.inject({ method: 'POST', url: `/v1/programs/${program}`, payload: { arguments: words } })
}
