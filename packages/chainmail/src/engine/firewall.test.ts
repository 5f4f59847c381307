import { execFileSync } from 'node:child_process'
import { Ipset } from '@chainmail/kernel'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { type Firewall, openFirewall } from './firewall.ts'

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' })
}

describeOnKernel.each(['nft', 'legacy'] as const)('the firewall on the %s backend', (backend) => {
  let firewall: Firewall

  const rules = (chain: string, command = 'iptables', table = 'filter'): string[] =>
    run(`${command}-${backend}`, '-t', table, '-S', chain)
      .split('\n')
      .filter((line) => line.startsWith('-A'))
      .map((line) => line.replace(`-A ${chain}`, '').trim())

  beforeEach(async () => {
    firewall = await openFirewall({ backend })
  })

  afterEach(async () => {
    await firewall[Symbol.asyncDispose]()
    for (const command of ['iptables', 'ip6tables']) {
      for (const table of ['filter', 'raw']) {
        run(`${command}-${backend}`, '-t', table, '-F')
        run(`${command}-${backend}`, '-t', table, '-X')
      }
    }
    run('ipset', 'destroy')
  })

  it('inserts, appends, replaces and deletes rules as data and as words', async () => {
    const input = firewall.chain('INPUT')
    await input.append({ protocol: 'tcp', matches: { tcp: { dport: 22 } }, target: 'ACCEPT' })
    await input.append('-s 203.0.113.0/24 -j DROP')
    await input.insert({ source: '198.51.100.7', target: 'DROP' })
    await input.insert('-i lo -j ACCEPT', { position: 2 })
    await input.replace(1, { source: { not: '198.51.100.8' }, target: { REJECT: {} } })
    await input.delete({ protocol: 6, matches: { tcp: { dport: 'ssh' } }, target: 'ACCEPT' })
    expect(rules('INPUT')).toEqual([
      '! -s 198.51.100.8/32 -j REJECT --reject-with icmp-port-unreachable',
      '-i lo -j ACCEPT',
      '-s 203.0.113.0/24 -j DROP',
    ])
    await input.delete(2)
    expect((await input.rules()).map(({ text }) => text)).toEqual(rules('INPUT'))
    expect(await input.check('--source 203.0.113.0/255.255.255.0 --jump DROP')).toBe(true)
    expect(await input.check('-s 203.0.113.0/25 -j DROP')).toBe(false)
  })

  it('works on IPv6 and on other tables alike', async () => {
    await firewall
      .chain('PREROUTING', { table: 'raw', family: 'ipv6' })
      .append({ source: '2001:DB8::/32', target: 'DROP' })
    expect(rules('PREROUTING', 'ip6tables', 'raw')).toEqual(['-s 2001:db8::/32 -j DROP'])
    const tables = await firewall.tables({ family: 'ipv6' })
    expect(tables.map(({ name }) => name)).toContain('raw')
  })

  it('keeps what the model does not know word for word', async () => {
    const words =
      '-p tcp -m string --string "a \\"b\\"" --algo bm -m mark --mark 0x1/0xff -j NFLOG --nflog-prefix "x y"'
    await firewall.chain('FORWARD').append(words)
    expect(rules('FORWARD')).toEqual([words])
    const [rule] = await firewall.chain('FORWARD').rules()
    expect(rule?.text).toBe(words)
    const { text: _, counters: __, ...data } = rule ?? { text: '', counters: undefined }
    await firewall.chain('FORWARD').append(JSON.parse(JSON.stringify(data)))
    expect(rules('FORWARD')).toEqual([words, words])
  })

  it.each(['a\rb', 'two\nlines -j DROP', 'x" y\n-A INPUT', "tab\tquote's"])(
    'reads a table in spite of a foreign comment that nobody could write back: %j',
    async (comment) => {
      run(
        `iptables-${backend}`,
        '-A',
        'INPUT',
        '-s',
        '192.0.2.9',
        '-m',
        'comment',
        '--comment',
        comment,
        '-j',
        'DROP',
      )
      run(`iptables-${backend}`, '-A', 'INPUT', '-s', '192.0.2.10', '-j', 'DROP')
      const found = await firewall.chain('INPUT').rules()
      expect(found.map(({ source }) => source)).toEqual(['192.0.2.9', '192.0.2.10'])
    },
  )

  it('loses nothing of 200 concurrent inserts, and refuses the bad among them alone', async () => {
    const input = firewall.chain('INPUT')
    const results = await Promise.allSettled(
      Array.from({ length: 200 }, (_, index) =>
        index % 50 === 7
          ? input.append('-j no-such-chain')
          : input.append({ source: `10.0.${index}.1`, target: 'DROP' }),
      ),
    )
    const failed = results.flatMap((result, index) => (result.status === 'rejected' ? [index] : []))
    expect(failed).toEqual([7, 57, 107, 157])
    expect(rules('INPUT')).toHaveLength(196)
  })

  it.each([
    ['-j no-such-chain', 'chain-not-found'],
    ['-m set --match-set no-such-set src -j DROP', 'set-not-found'],
    ['-m no-such-match -j DROP', 'extension-unknown'],
    ['-p tcp --dport 70000 -j DROP', 'bad-rule'],
    ['-p tcp --no-such-option 1 -j DROP', 'unknown-option'],
    ['-s 10.0.0.0/33 -j DROP', 'bad-rule'],
    ['-i a-name-of-17-bytes -j DROP', 'bad-rule'],
    ['-j DROP -A INPUT', 'unknown-option'],
    ['-j DROP\n-A INPUT -j ACCEPT', 'bad-name'],
    ['-m comment --comment "a\nb"', 'bad-rule'],
    ['-m comment --comment "a\0b"', 'bad-rule'],
    [`-m comment --comment ${'x'.repeat(1_000_000)}`, 'bad-rule'],
    ['-m geoip --source-country DE --jump DROP --table nat', 'unknown-option'],
  ])('refuses %j and changes nothing', async (rule, code) => {
    await expect(firewall.chain('INPUT').append(rule)).rejects.toMatchObject({ code })
    expect(rules('INPUT')).toEqual([])
    await firewall.chain('INPUT').append('-j ACCEPT')
  })

  it('says what is not there', async () => {
    await expect(firewall.chain('nosuch').rules()).rejects.toMatchObject({ code: 'chain-not-found' })
    await expect(firewall.chain('INPUT', { table: 'nosuch' }).rules()).rejects.toMatchObject({
      code: 'table-unknown',
    })
    await expect(firewall.chain('INPUT').delete('-j DROP')).rejects.toMatchObject({ code: 'rule-not-found' })
    await expect(firewall.set('nosuch')).rejects.toMatchObject({ code: 'set-not-found' })
    await expect(firewall.unban('192.0.2.1')).rejects.toMatchObject({ code: 'not-banned' })
    expect(() => firewall.chain('a b')).toThrow(expect.objectContaining({ code: 'bad-name' }))
    expect(await firewall.chain('OUTPUT').rules()).toEqual([])
  })

  it('makes a transaction over chains, rules and sets visible as a whole', async () => {
    await firewall.transaction((tx) => {
      tx.createSet('customers', { type: 'hash:net', timeout: '1d' })
      tx.addEntry('customers', '192.0.2.0/24', { timeout: '10m' })
      tx.createChain('app')
      tx.append('app', { matches: { set: { matchSet: ['customers', 'src'] } }, target: 'ACCEPT' })
      tx.append('app', { target: 'DROP' })
      tx.insert('INPUT', { target: 'app' })
      tx.createChain('app', { family: 'ipv6' })
    })
    expect(rules('app')).toEqual(['-m set --match-set customers src -j ACCEPT', '-j DROP'])
    expect(rules('INPUT')).toEqual(['-j app'])
    expect(run('ipset', 'save', 'customers')).toMatch(/add customers 192.0.2.0\/24 timeout (600|599)/)
    await firewall.transaction((tx) => {
      tx.delete('INPUT', '-j app')
      tx.flushChain('app')
      tx.removeChain('app')
      tx.destroySet('customers')
    })
    expect(rules('INPUT')).toEqual([])
    expect(run('ipset', 'list', '-n')).toBe('')
  })

  it('takes everything back when a later step of a transaction fails', async () => {
    await firewall.set('kept', { type: 'hash:ip', comment: true })
    run('ipset', 'add', 'kept', '192.0.2.1', 'comment', 'old')
    run(`iptables-${backend}`, '-A', 'INPUT', '-s', '192.0.2.9', '-c', '5', '7', '-j', 'DROP')
    run(`iptables-${backend}`, '-A', 'INPUT', '-m', 'set', '--match-set', 'kept', 'src')
    const before = [
      run('ipset', 'save'),
      run(`iptables-${backend}-save`, '-c', '-t', 'filter').replaceAll(/^#.*\n/gm, ''),
    ]
    const attempt = firewall.transaction((tx) => {
      tx.createSet('new', { type: 'hash:ip' })
      tx.addEntry('kept', '192.0.2.1', { comment: 'new' })
      tx.addEntry('kept', '192.0.2.2')
      tx.createChain('app')
      tx.delete('INPUT', 1)
      tx.append('INPUT', { target: 'app' })
      tx.append('FORWARD', '-j no-such-chain', { family: 'ipv6' })
    })
    await expect(attempt).rejects.toMatchObject({ code: 'chain-not-found' })
    const inUse = firewall.transaction((tx) => {
      tx.append('INPUT', { target: 'DROP' })
      tx.destroySet('kept')
    })
    await expect(inUse).rejects.toMatchObject({ code: 'set-in-use' })
    expect([
      run('ipset', 'save'),
      run(`iptables-${backend}-save`, '-c', '-t', 'filter').replaceAll(/^#.*\n/gm, ''),
    ]).toEqual(before)
  })

  it('bans: one entry in a set, one rule that looks it up', async () => {
    const ban = await firewall.ban('198.51.100.7', { for: '1h', reason: 'brute force' })
    expect(ban).toMatchObject({
      address: '198.51.100.7',
      family: 'ipv4',
      expiresIn: 3600,
      reason: 'brute force',
    })
    await firewall.ban('203.0.113.0/24')
    await firewall.ban('2001:DB8::1')
    expect(rules('PREROUTING', 'iptables', 'raw')).toEqual([
      '-m set --match-set chainmail-ban4 src -m comment --comment chainmail -j DROP',
    ])
    expect(rules('PREROUTING', 'ip6tables', 'raw')).toHaveLength(1)
    expect(run('ipset', 'test', 'chainmail-ban4', '203.0.113.99')).toBe('')
    expect((await banned()).sort()).toEqual(['198.51.100.7', '2001:db8::1', '203.0.113.0/24'])
    await firewall.unban('203.0.113.0/24')
    expect(run('ipset', 'save', 'chainmail-ban4')).not.toContain('203.0.113')
  })

  it('puts the rule of the bans back when somebody has flushed it', async () => {
    await firewall.ban('198.51.100.7')
    run(`iptables-${backend}`, '-t', 'raw', '-F')
    await firewall.ban('198.51.100.8')
    expect(rules('PREROUTING', 'iptables', 'raw')).toHaveLength(1)
  })

  it.each([
    '0.0.0.0/0',
    '10.1.2.3/8',
    '1.2.3',
    '1.2.3.4/33',
    '::1%eth0',
    'example.org',
    '',
    '1.2.3.4\n',
    "1.2.3.4'",
  ])('refuses to ban %j', async (address) => {
    await expect(firewall.ban(address)).rejects.toHaveProperty('code')
    using ipset = new Ipset()
    expect(ipset.names().flatMap((name) => ipset.allEntries(name))).toEqual([])
  })

  async function banned(): Promise<string[]> {
    const addresses: string[] = []
    for await (const { address } of firewall.bans()) addresses.push(address)
    return addresses
  }

  it('refuses work after it was closed', async () => {
    await firewall[Symbol.asyncDispose]()
    await expect(firewall.chain('INPUT').append('-j ACCEPT')).rejects.toMatchObject({ code: 'closed' })
  })
})
