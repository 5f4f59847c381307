import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { type DaemonProcess, startProcess } from '../daemon-process.ts'

async function output(command: string, ...words: string[]): Promise<string> {
  return (await runCommand(command, words)).stdout
}

/** The entries of a set as `ipset save` writes them, without counters. */
async function entries(set: string): Promise<string[]> {
  const saved = await output('ipset', '-sorted', 'save', set)
  const added = saved.split('\n').filter((line) => line.startsWith('add'))
  return added.map((line) => line.replace(`add ${set} `, '').replace(/ packets \d+ bytes \d+/, ''))
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

const code = (name: string) => expect.objectContaining({ code: name })

describeOnKernel('the bans of a daemon', () => {
  let folder = ''
  let daemon: DaemonProcess

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-bans-'))
    daemon = await startProcess(folder, ['--allow-by-default', 'loopback'])
  })
  afterEach(async () => {
    const addresses = new Set(await listed())
    for (const address of addresses) await request('DELETE', `/v1/bans/${encodeURIComponent(address)}`)
  })
  afterAll(async () => {
    await daemon.end('SIGTERM')
    rmSync(folder, { recursive: true })
  })

  function request(method: string, path: string, body?: unknown): Promise<unknown> {
    return daemon.client.request(method, path, body)
  }

  function ban(address: string, body: unknown = {}): Promise<unknown> {
    return request('PUT', `/v1/bans/${encodeURIComponent(address)}`, body)
  }

  async function* pages(query: Record<string, string>): AsyncGenerator<{ address: string }, void> {
    let cursor: string | undefined
    do {
      const words = new URLSearchParams({ ...query, ...(cursor === undefined ? {} : { cursor }) })
      const page = await request('GET', `/v1/bans?${words}`)
      if (!isPage(page)) throw new Error(`no page: ${JSON.stringify(page)}`)
      yield* page.bans
      cursor = page.next
    } while (cursor !== undefined)
  }

  const listed = async (query: Record<string, string> = {}) =>
    (await all(pages(query))).map(({ address }) => address)

  it('have a scope, in a word or as an object', async () => {
    expect(await ban('198.51.100.1', { scope: 'tcp:22,udp:53' })).toMatchObject({ scope: 'tcp:22,udp:53' })
    await ban('198.51.100.2', { scope: { interface: 'eth+' } })
    await ban('198.51.100.2', { scope: 'input' })
    expect((await entries('chainmail-ban4-ports')).map((entry) => entry.split(' ')[0])).toEqual([
      '198.51.100.1,tcp:22',
      '198.51.100.1,udp:53',
    ])
    expect(await listed({ scope: 'interface:eth+' })).toEqual(['198.51.100.2'])
    await request('DELETE', '/v1/bans/198.51.100.1?scope=tcp%3A22')
    expect((await entries('chainmail-ban4-ports')).map((entry) => entry.split(' ')[0])).toEqual([
      '198.51.100.1,udp:53',
    ])
    await expect(ban('198.51.100.1', { scope: 'tcp' })).rejects.toMatchObject({ code: 'bad-scope' })
    await expect(ban('198.51.100.1', { scope: 7 })).rejects.toMatchObject({ code: 'bad-request' })
  })

  it('may be of a range, and of the network around an IPv6 address', async () => {
    expect(await ban('198.51.100.1-198.51.100.3')).toMatchObject({
      address: '198.51.100.1-198.51.100.3',
      networks: ['198.51.100.1', '198.51.100.2/31'],
    })
    expect(await ban('2001:db8::1', { ipv6Prefix: 64 })).toMatchObject({ address: '2001:db8::/64' })
    await request('DELETE', '/v1/bans/198.51.100.1-198.51.100.3')
    expect(await listed()).toEqual(['2001:db8::/64'])
    await expect(ban('198.51.100.3-198.51.100.1')).rejects.toMatchObject({ code: 'bad-address' })
  })

  it('tell which one holds an address', async () => {
    await ban('198.51.100.0/24', { reason: 'wide' })
    await ban('198.51.100.7', { for: '1h', reason: 'narrow' })
    expect(await request('GET', '/v1/bans/198.51.100.7')).toMatchObject({
      address: '198.51.100.7',
      reason: 'narrow',
      who: 'socket',
      packets: 0,
    })
    expect(await request('GET', '/v1/bans/198.51.100.8')).toMatchObject({ address: '198.51.100.0/24' })
    await request('DELETE', '/v1/bans/198.51.100.7')
    for (const path of ['198.51.100.7', '192.0.2.1', '198.51.100.8?scope=input'])
      await expect(request('GET', `/v1/bans/${path}`)).rejects.toMatchObject({
        code: 'not-banned',
        status: 404,
      })
  })

  it('keep a reason that no comment of the kernel can hold', async () => {
    const reason = 'the user "root"\nand\tmore'
    await ban('198.51.100.1', { reason })
    expect(await request('GET', '/v1/bans/198.51.100.1')).toMatchObject({ reason })
    expect((await entries('chainmail-ban4'))[0]).toContain(
      ` comment "the user 'root' and more [by socket since `,
    )
  })

  it('keep a reason of 255 bytes in the store, and what fits of it in the kernel', async () => {
    const reason = 'é'.repeat(127)
    await ban('198.51.100.1', { reason })
    expect((await entries('chainmail-ban4'))[0]).toMatch(/ comment "é{80,110}… \[by socket since [^\]]+\]"$/)
    expect(await request('GET', '/v1/bans/198.51.100.1')).toMatchObject({ reason })
    expect(await request('GET', '/v1/bans')).toMatchObject({ bans: [{ reason }] })
  })

  it('come in pages, the oldest first, then those that others have made', async () => {
    const addresses = Array.from({ length: 25 }, (_, host) => `198.51.100.${250 - host}`)
    for (const address of addresses) await ban(address)
    await ban('203.0.113.1', { reason: 'noise' })
    await runCommand('ipset', ['add', 'chainmail-ban4', '192.0.2.2'])
    await runCommand('ipset', ['add', 'chainmail-ban4', '192.0.2.1'])
    const everything = [...addresses, '203.0.113.1', '192.0.2.1', '192.0.2.2']
    for (const limit of ['1', '2', '7', '13', '26', '27', '28', '1000'])
      expect(await listed({ limit })).toEqual(everything)
    expect(await listed({ within: '203.0.113.0/24' })).toEqual(['203.0.113.1'])
    expect(await listed({ reason: 'noi', limit: '1' })).toEqual(['203.0.113.1'])
    expect(await listed({ contains: '198.51.100.250' })).toEqual(['198.51.100.250'])
    expect(await listed({ family: 'ipv6' })).toEqual([])
    const streamed = await all(daemon.client.stream('GET', '/v1/bans'))
    expect(streamed).toHaveLength(28)
    await expect(request('GET', '/v1/bans?cursor=nonsense')).rejects.toMatchObject({ code: 'bad-request' })
  })

  it('come and go by the thousand in one request, each with its own outcome', async () => {
    const lines = Array.from({ length: 3_000 }, (_, host) =>
      JSON.stringify(`10.1.${host >> 8}.${host & 255}`),
    )
    lines.splice(7, 1, '{"address": "10.9.0.0/16", "for": "1h", "reason": "a list", "scope": "input"}')
    lines.splice(100, 4, '{', '"nonsense"', '"127.0.0.1"', '{"address": "10.1.0.1", "until": 7}')
    const answers = await all(daemon.client.stream('POST', '/v1/bans', lines))
    expect(answers).toHaveLength(3_001)
    expect(answers[0]).toEqual({ line: 1, address: '10.1.0.0', ok: true })
    expect(answers.slice(100, 104)).toEqual([
      { line: 101, ok: false, error: code('bad-json') },
      { line: 102, address: 'nonsense', ok: false, error: code('bad-address') },
      { line: 103, address: '127.0.0.1', ok: false, error: code('address-allowed') },
      { line: 104, ok: false, error: code('bad-request') },
    ])
    expect(answers[3_000]).toEqual({ summary: { complete: true, lines: 3_000, accepted: 2_996, refused: 4 } })
    expect(await entries('chainmail-ban4')).toHaveLength(2_995)
    expect((await entries('chainmail-ban4-input'))[0]).toMatch(
      /^10\.9\.0\.0\/16 timeout \d+ comment "a list /,
    )
    const gone = await all(daemon.client.stream('DELETE', '/v1/bans?results=refused', lines.slice(104)))
    expect(gone).toEqual([{ summary: { complete: true, lines: 2_896, accepted: 2_896, refused: 0 } }])
    expect(await entries('chainmail-ban4')).toHaveLength(99)
  })

  it('are not lost when they were told of, though the daemon is killed in the middle of a request', async () => {
    const told: string[] = []
    async function* endless(): AsyncGenerator<string, void> {
      for (let host = 0; ; host++) yield JSON.stringify(`10.2.${(host >> 8) & 255}.${host & 255}`)
    }
    await expect(async () => {
      for await (const answer of daemon.client.stream('POST', '/v1/bans', endless())) {
        if (isTold(answer)) told.push(answer.address)
        if (told.length === 2_000) daemon.child.kill('SIGKILL')
      }
    }).rejects.toThrow()
    if (daemon.child.signalCode === null) await once(daemon.child, 'exit')
    await runCommand('iptables', ['-t', 'raw', '-F'])
    await runCommand('ipset', ['flush'])
    daemon = await startProcess(folder, ['--allow-by-default', 'loopback'])
    const held = new Set(await listed({ limit: '5000' }))
    expect(told.filter((address) => !held.has(address))).toEqual([])
    await all(
      daemon.client.stream(
        'DELETE',
        '/v1/bans',
        [...held].map((address) => JSON.stringify(address)),
      ),
    )
  })
})

describeOnKernel('the allowlist of a daemon', () => {
  let folder = ''
  let daemon: DaemonProcess

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-allow-'))
    daemon = await startProcess(folder)
  })
  afterAll(async () => {
    await daemon.end('SIGTERM')
    rmSync(folder, { recursive: true })
  })

  it('keeps what it holds from being banned, and says which entry and why, after a restart too', async () => {
    await daemon.client.request('PUT', '/v1/bans/198.51.100.7')
    expect(
      await daemon.client.request('PUT', '/v1/allowlist/198.51.100.0%2F28', { reason: 'the office' }),
    ).toMatchObject({
      entries: [{ address: '198.51.100.0/28', reason: 'the office', origin: 'entry', who: 'socket' }],
    })
    expect(await entries('chainmail-ban4')).toEqual([])
    await daemon.client.request('PUT', '/v1/bans/198.51.0.0%2F16', { exceptAllowed: true })

    await daemon.end('SIGKILL')
    for (const command of ['iptables', 'ip6tables'])
      for (const table of ['raw', 'filter']) await runCommand(command, ['-t', table, '-F'])
    // nf_tables lets go of the sets of deleted rules only a moment later.
    await expect
      .poll(() =>
        runCommand('ipset', ['destroy']).then(
          () => 'gone',
          () => 'in use',
        ),
      )
      .toBe('gone')
    daemon = await startProcess(folder)

    const refusal = daemon.client.request('PUT', '/v1/bans/198.51.100.0%2F24')
    await expect(refusal).rejects.toMatchObject({
      code: 'address-allowed',
      status: 409,
      message: expect.stringMatching(/198\.51\.100\.0\/28.*the office/),
    })
    expect(await entries('chainmail-ban4')).toEqual([
      expect.stringMatching(/^198\.51\.0\.0\/16 timeout 0 /),
      '198.51.100.0/28 timeout 0 nomatch comment "chainmail: allowed"',
    ])
    expect(await daemon.client.request('GET', '/v1/allowlist')).toMatchObject({
      entries: expect.arrayContaining([
        expect.objectContaining({ address: '198.51.100.0/28', who: 'socket', since: expect.any(String) }),
        expect.objectContaining({ address: '127.0.0.0/8', origin: 'default' }),
      ]),
    })
    await daemon.client.request('DELETE', '/v1/allowlist/198.51.100.0%2F28')
    expect(await entries('chainmail-ban4')).toEqual([expect.stringMatching(/^198\.51\.0\.0\/16 /)])
    await expect(daemon.client.request('DELETE', '/v1/allowlist/198.51.100.0%2F28')).rejects.toMatchObject({
      code: 'not-in-allowlist',
      status: 404,
    })
    await daemon.client.request('DELETE', '/v1/bans/198.51.0.0%2F16')
  })

  it('is the one that a second daemon would change, which is why none starts in this network namespace', async () => {
    const other = mkdtempSync(join(tmpdir(), 'chainmail-other-'))
    await daemon.client.request('PUT', '/v1/bans/198.51.100.1')
    await expect(startProcess(other)).rejects.toThrow(
      /ended with 1: chainmail: Another chainmail daemon keeps the firewall of this network namespace/,
    )
    expect(await entries('chainmail-ban4')).toHaveLength(1)
    rmSync(other, { recursive: true })
  })
})

function isPage(value: unknown): value is { bans: { address: string }[]; next?: string } {
  return typeof value === 'object' && value !== null && 'bans' in value && Array.isArray(value.bans)
}

function isTold(value: unknown): value is { address: string } {
  return typeof value === 'object' && value !== null && 'ok' in value && value.ok === true
}
