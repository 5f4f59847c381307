import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { type Firewall, openFirewall } from '../firewall.ts'
import type { Ban } from './ban.ts'

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' })
}

/** The entries of a set as ipset(8) prints them, without counters. */
function entries(set: string): string[] {
  return run('ipset', '-sorted', 'save', set)
    .split('\n')
    .filter((line) => line.startsWith('add'))
    .map((line) => line.replace(`add ${set} `, '').replace(/ packets \d+ bytes \d+/, ''))
}

const iso = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`
const NOTE = /\[(?:by [^[\]]+ )?since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(?: until [^[\]]+)?\]/
const DAY = 86_400_000

describeOnKernel.each(['nft', 'legacy'] as const)('bans on the %s backend', (backend) => {
  let firewall: Firewall

  beforeEach(async () => {
    // Name servers and gateways are the machine's own, wherever the tests run.
    firewall = await openFirewall({ backend, allowByDefault: ['loopback', 'own-addresses'] })
  })

  afterEach(async () => {
    await firewall[Symbol.asyncDispose]()
    for (const command of ['iptables', 'ip6tables'])
      for (const table of ['raw', 'filter']) run(`${command}-${backend}`, '-t', table, '-F')
    run('ipset', 'destroy')
  })

  const all = async (): Promise<Ban[]> => {
    const bans: Ban[] = []
    for await (const ban of firewall.bans()) bans.push(ban)
    return bans.toSorted((one, other) => one.address.localeCompare(other.address))
  }
  const addresses = async (): Promise<string[]> => (await all()).map(({ address }) => address)

  it('say who made them, why and when, to every process of the host', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000
    await firewall.ban('198.51.100.7', { for: '1h', reason: 'brute force', who: 'alice' })
    await firewall.ban('2001:db8::/32')
    await using other = await openFirewall({ backend })
    expect(await other.isBanned('198.51.100.7')).toEqual({
      address: '198.51.100.7',
      family: 'ipv4',
      scope: 'everything',
      reason: 'brute force',
      who: 'alice',
      since: expect.any(Date),
      until: expect.any(Date),
      expiresIn: expect.closeTo(3600, -2),
      packets: 0,
      bytes: 0,
    })
    const [first, second] = await all()
    expect(first?.since?.getTime()).toBeGreaterThanOrEqual(before)
    expect(second).toMatchObject({ address: '2001:db8::/32', family: 'ipv6' })
    expect(second).not.toHaveProperty('until')
    expect(entries('chainmail-ban4')[0]).toMatch(/comment "brute force \[by alice since [-0-9T:Z]+\]"$/)
  })

  it('of ranges are bans of the networks that they consist of', async () => {
    const ban = await firewall.ban('192.0.2.1-192.0.2.4', { reason: 'scan' })
    expect(ban).toMatchObject({
      address: '192.0.2.1-192.0.2.4',
      networks: ['192.0.2.1', '192.0.2.2/31', '192.0.2.4'],
    })
    expect(await addresses()).toEqual(['192.0.2.1', '192.0.2.2/31', '192.0.2.4'])
    await firewall.unban('192.0.2.1-192.0.2.4')
    expect(await addresses()).toEqual([])
    const half = await firewall.ban('::/0', { exceptAllowed: true })
    expect(half).toMatchObject({ address: '::/0', networks: ['::/1', '8000::/1'] })
    expect(await firewall.isBanned('::/0')).toMatchObject({ address: '::/1' })
    await firewall.unban('8000::/1')
    expect(await firewall.isBanned('::/0')).toBeUndefined()
  })

  it('of an address that a socket of both families names are bans of the IPv4 address', async () => {
    expect(await firewall.ban('::ffff:192.0.2.1')).toMatchObject({ address: '192.0.2.1', family: 'ipv4' })
    expect(entries('chainmail-ban4')).toHaveLength(1)
    expect(await firewall.isBanned('::ffff:c000:201')).toMatchObject({ address: '192.0.2.1' })
    await firewall.unban('::ffff:192.0.2.1')
    expect(await addresses()).toEqual([])
    await expect(firewall.ban('::ffff:127.0.0.1')).rejects.toMatchObject({ code: 'address-allowed' })
  })

  it('that are repeated are renewed', async () => {
    await firewall.ban('192.0.2.1', { for: '1h', reason: 'first', scope: { ports: ['tcp:22-23'] } })
    await firewall.ban('192.0.2.1', { for: '2h', reason: 'second', scope: { ports: ['tcp:23'] } })
    expect((await all()).map(({ scope, reason }) => [scope, reason]).toSorted()).toEqual([
      [{ ports: ['tcp:22'] }, 'first'],
      [{ ports: ['tcp:23'] }, 'second'],
    ])
  })

  it('make only the sets and rules of the scopes that are used', async () => {
    await firewall.ban('192.0.2.1', { scope: 'output' })
    await firewall.ban('2001:db8::1', { scope: { interface: 'eth+' } })
    expect(run('ipset', 'list', '-n').trim().split('\n').toSorted()).toEqual([
      'chainmail-ban4-output',
      'chainmail-ban6-interface',
    ])
    expect(run(`iptables-${backend}`, '-S', 'OUTPUT')).toContain(
      '-A OUTPUT -m set --match-set chainmail-ban4-output dst -m comment --comment chainmail -j DROP',
    )
    expect(run(`ip6tables-${backend}`, '-t', 'raw', '-S', 'PREROUTING')).toContain(
      '--match-set chainmail-ban6-interface src,src',
    )
    expect(entries('chainmail-ban6-interface')[0]).toContain('2001:db8::1,eth timeout 0 wildcard')
    await firewall.unban('2001:db8::1')
    expect(await addresses()).toEqual(['192.0.2.1'])
  })

  it('longer than a timeout of the kernel stand without one, their end in the comment', async () => {
    const ban = await firewall.ban('192.0.2.1', { for: '60d', reason: 'long' })
    const end = ban.until?.getTime() ?? 0
    expect(ban.expiresIn).toBe(60 * 86_400)
    expect(entries('chainmail-ban4')).toEqual([
      expect.stringMatching(new RegExp(`^192.0.2.1 timeout 0 comment "long .*until ${iso(end)}\\]"$`)),
    ])
    expect((await all())[0]).toMatchObject({ reason: 'long', until: new Date(end - (end % 1000)) })
    await expect(firewall.ban('192.0.2.1', { for: '3650000d' })).rejects.toMatchObject({
      code: 'bad-duration',
    })
  })

  it('get their timeout when their end has come near, and go when it is over, from whoever reads them', async () => {
    await firewall.ban('192.0.2.1')
    const since = iso(Date.now() - 50 * DAY)
    const add = (address: string, until: number): string =>
      run(
        'ipset',
        'add',
        'chainmail-ban4',
        address,
        'packets',
        '5',
        'bytes',
        '300',
        'comment',
        `long [by bob since ${since} until ${iso(until)}]`,
      )
    add('192.0.2.2', Date.now() + 10 * DAY)
    add('192.0.2.3', Date.now() - DAY)
    expect(await addresses()).toEqual(['192.0.2.1', '192.0.2.2'])
    const [, second, ...more] = await all()
    expect(more).toEqual([])
    expect(second).toMatchObject({ packets: 5, bytes: 300, who: 'bob', reason: 'long' })
    expect(entries('chainmail-ban4')[1]).toMatch(/^192\.0\.2\.2 timeout 8[56]\d{4} comment "long/)
  })

  it.each([
    [{ for: 'soon' }, 'bad-duration'],
    [{ scope: { ports: ['tcp:ssh'] } }, 'bad-scope'],
    [{ scope: { interface: '' } }, 'bad-scope'],
    [{ reason: 'x'.repeat(227) }, 'bad-reason'],
    [{ reason: 'two\nlines' }, 'bad-reason'],
    [{ reason: 'a "quoted" word' }, 'bad-reason'],
    [{ who: '[root]' }, 'bad-reason'],
    [{ ipv6Prefix: 0 }, 'bad-address'],
    [{ ipv6Prefix: 64.5 }, 'bad-address'],
  ] as const)('with %j are refused and change nothing', async (options, code) => {
    await expect(firewall.ban('192.0.2.1', options)).rejects.toMatchObject({ code })
    expect(await addresses()).toEqual([])
  })

  it.each(['192.0.2.9-192.0.2.1', '10.1.2.3/8', '192.0.2.1-2001:db8::1', '-', 'localhost'])(
    'of %j are refused',
    async (text) => {
      await expect(firewall.ban(text)).rejects.toMatchObject({ code: 'bad-address' })
      await expect(firewall.unban(text)).rejects.toMatchObject({ code: 'bad-address' })
    },
  )

  it('of a whole family are refused because of what the host needs itself', async () => {
    await expect(firewall.ban('0.0.0.0/0')).rejects.toMatchObject({ code: 'address-allowed' })
    expect(run('ipset', 'list', '-n')).toBe('')
  })

  it('in bulk tell of each, and one that is refused fails alone', async () => {
    const outcomes: unknown[] = []
    const wanted = ['192.0.2.1', 'nonsense', { address: '192.0.2.0/24', reason: 'own' }, '127.0.0.1']
    for await (const { index, ban, error } of firewall.banMany(wanted, { for: '1h', reason: 'all' }))
      outcomes.push([index, ban?.reason, error instanceof Error && 'code' in error ? error.code : undefined])
    expect(outcomes).toEqual([
      [0, 'all', undefined],
      [1, undefined, 'bad-address'],
      [2, 'own', undefined],
      [3, undefined, 'address-allowed'],
    ])
    expect(await addresses()).toEqual(['192.0.2.0/24', '192.0.2.1'])
  })

  it('in bulk and their list let other work of the process have its turn', async () => {
    let turns = 0
    const ticking = setInterval(() => {
      turns++
    }, 1)
    const texts = Array.from({ length: 30_000 }, (_, index) => `10.${index >> 8}.${index & 255}.1`)
    for await (const _ of firewall.banMany(texts));
    const during = turns
    expect(await all()).toHaveLength(30_000)
    expect(during).toBeGreaterThan(3)
    expect(turns).toBeGreaterThan(during)
    clearInterval(ticking)
  })

  it('inside of each other are kept by themselves, and the narrowest is told', async () => {
    await firewall.ban('10.0.0.0/8', { reason: 'wide' })
    await firewall.ban('10.1.0.0/16', { reason: 'narrow' })
    expect(await firewall.isBanned('10.1.2.3')).toMatchObject({ reason: 'narrow' })
    expect(await firewall.isBanned('10.1.2.0/24')).toMatchObject({ reason: 'narrow' })
    expect(await firewall.isBanned('10.2.0.0/16')).toMatchObject({ reason: 'wide' })
    expect(await firewall.isBanned('10.0.0.0/7')).toBeUndefined()
    expect(await firewall.isBanned('10.1.2.3', { scope: 'input' })).toBeUndefined()
    await firewall.unban('10.0.0.0/8')
    expect(await firewall.isBanned('10.2.0.0/16')).toBeUndefined()
    expect(await addresses()).toEqual(['10.1.0.0/16'])
  })

  it('are taken back in part: a network inside of a wider ban is exempt, and what was banned in it stays', async () => {
    await firewall.ban('10.0.0.0/8', { for: '1h' })
    await firewall.ban('10.1.2.3')
    await firewall.unban('10.1.0.0/16')
    expect(entries('chainmail-ban4').map((line) => line.replace(NOTE, ''))).toEqual([
      expect.stringMatching(/^10\.0\.0\.0\/8 timeout 3[56]\d\d comment ""$/),
      expect.stringMatching(/^10\.1\.0\.0\/16 timeout 3[56]\d\d nomatch comment "chainmail: unbanned"$/),
      '10.1.2.3 timeout 0 comment ""',
    ])
    expect(await firewall.isBanned('10.1.9.9')).toBeUndefined()
    expect(await firewall.isBanned('10.1.2.3')).toMatchObject({ address: '10.1.2.3' })
    await expect(firewall.unban('10.1.0.0/16')).rejects.toMatchObject({ code: 'not-banned' })
    await firewall.unban('10.0.0.0/8')
    expect(entries('chainmail-ban4')).toEqual([expect.stringMatching(/^10\.1\.2\.3 timeout 0/)])
  })

  it('have their rule looked for, and not any rule that names their set', async () => {
    await firewall.ban('192.0.2.1')
    run(
      `iptables-${backend}`,
      '-A',
      'OUTPUT',
      '-m',
      'set',
      '--match-set',
      'chainmail-ban4',
      'dst',
      '-j',
      'ACCEPT',
    )
    await firewall.ban('192.0.2.2')
    run(`iptables-${backend}`, '-t', 'raw', '-F')
    await firewall.ban('192.0.2.3')
    const rules = run(`iptables-${backend}`, '-t', 'raw', '-S', 'PREROUTING')
    // What refers to the set is all that the legacy backend can be asked in microseconds.
    if (backend === 'nft') expect(rules).toContain('--match-set chainmail-ban4 src')
    else expect(rules).not.toContain('chainmail-ban4')
  })

  it('do without rules that others change before and after theirs', async () => {
    await firewall.ban('192.0.2.1')
    for (let number = 1; number <= 5; number++) {
      run(`iptables-${backend}`, '-t', 'raw', '-I', 'PREROUTING', '-s', `10.0.0.${number}`, '-j', 'ACCEPT')
      await firewall.ban(`192.0.2.${number}`)
    }
    const rules = run(`iptables-${backend}`, '-t', 'raw', '-S', 'PREROUTING')
    expect(rules.match(/chainmail-ban4/g)).toHaveLength(1)
  })
})
