import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Ipset, setTypes } from '@chainmail/kernel'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { type Firewall, openFirewall } from '../firewall.ts'

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
}

/** The entries of a set as `ipset save` prints them, in order. */
function saved(name: string): string[] {
  return run('ipset', '-sorted', 'save', name)
    .split('\n')
    .filter((line) => line.startsWith('add '))
    .map((line) => line.slice(`add ${name} `.length))
    .sort()
}

const names = (): string[] => run('ipset', 'list', '-n').split('\n').filter(Boolean).sort()

const address = (index: number): string => `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`
const addresses = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => address(from + index))

async function* stream<Item>(
  items: readonly Item[],
  failAt = Number.POSITIVE_INFINITY,
): AsyncGenerator<Item> {
  for (const [index, item] of items.entries()) {
    if (index === failAt) throw new Error('the source is gone')
    yield item
  }
}

const withCode = (code: string): unknown => expect.objectContaining({ code })

describeOnKernel('a set', () => {
  let firewall: Firewall

  beforeEach(async () => {
    firewall = await openFirewall()
  })

  afterEach(async () => {
    await firewall[Symbol.asyncDispose]()
    run('ipset', 'flush')
    run('ipset', 'destroy')
  })

  /** A type that this kernel lacks is refused with its own code, and that is all there is to see of it here. */
  async function isLacking(type: string): Promise<boolean> {
    using ipset = new Ipset()
    try {
      ipset.revisions(type, setTypes[type]?.families[0] ?? 'inet')
      return false
    } catch {
      const options = type.startsWith('bitmap:') ? { range: '0-1' } : {}
      await expect(firewall.set('a', { type, ...options })).rejects.toEqual(withCode('set-type-unsupported'))
      return true
    }
  }

  it('is replaced, and says what was added, kept and removed', async () => {
    const set = await firewall.set('a', { type: 'hash:ip' })
    expect(await set.replace(addresses(4_000))).toEqual({ added: 4_000, kept: 0, removed: 0 })
    expect(await set.replace(stream(addresses(4_000, 1_000)))).toEqual({
      added: 1_000,
      kept: 3_000,
      removed: 1_000,
    })
    expect(saved('a')).toEqual(addresses(4_000, 1_000).sort())
    expect(await set.replace([])).toEqual({ added: 0, kept: 0, removed: 4_000 })
    expect(names()).toEqual(['a'])
  })

  it.each([
    ['hash:ip', {}, ['192.0.2.1', '192.0.2.1', '192.0.2.0/30'], ['192.0.2.2', '198.51.100.1'], [1, 1, 3]],
    ['hash:ip', { netmask: 24 }, ['192.0.2.1', '192.0.2.9'], ['192.0.2.77', '198.51.100.1'], [1, 1, 0]],
    ['hash:ip', { family: 'inet6' }, ['2001:db8::1', '2001:db8::2'], ['2001:DB8::2', '::1'], [1, 1, 1]],
    ['hash:net', {}, ['192.0.2.0/24', '10.0.0.0/8'], ['192.0.2.7/24', '192.0.2.0/25'], [1, 1, 1]],
    ['hash:net', {}, ['10.0.0.0/30'], ['10.0.0.0-10.0.0.3', '10.0.0.1'], [1, 1, 0]],
    [
      'hash:net',
      { family: 'inet6' },
      ['2001:db8::/32', '::/1'],
      ['2001:db8:1::/32', '2001:db8::/33'],
      [1, 1, 1],
    ],
    ['hash:ip,port', {}, ['192.0.2.1,tcp:80-83'], ['192.0.2.1,82', '192.0.2.1,udp:80'], [1, 1, 3]],
    ['hash:net,iface', {}, ['10.0.0.0/8,eth0'], ['10.0.0.0/8,eth0', '10.0.0.0/8,physdev:eth0'], [1, 1, 0]],
    ['hash:mac', {}, ['00:11:22:33:44:55'], ['00:11:22:33:44:55', '00:11:22:33:44:66'], [1, 1, 0]],
    ['hash:ip,mark', {}, ['10.0.0.1,0x1'], ['10.0.0.1,1', '10.0.0.1,2'], [1, 1, 0]],
    [
      'hash:net,port,net',
      {},
      ['10.0.0.0/8,80,10.1.0.0/16'],
      ['10.9.0.0/8,tcp:80,10.1.0.0/16', '10.0.0.0/8,80,10.2.0.0/16'],
      [1, 1, 0],
    ],
    ['bitmap:port', { range: '0-1023' }, ['1-10'], ['5-11'], [1, 6, 4]],
    [
      'bitmap:ip,mac',
      { range: '10.0.0.0/24' },
      ['10.0.0.1'],
      ['10.0.0.1', '10.0.0.2,00:11:22:33:44:55'],
      [1, 1, 0],
    ],
  ] as const)(
    'of type %s %j counts what is new as the kernel holds it',
    async (type, options, before, after, counts) => {
      if (await isLacking(type)) return
      const set = await firewall.set('a', { type, ...options })
      await set.replace(before)
      const [added, kept, removed] = counts
      expect(await set.replace(stream(after))).toEqual({ added, kept, removed })
      expect(saved('a')).toHaveLength(added + kept)
    },
  )

  it('keeps options of entries and of the set when it is replaced', async () => {
    const set = await firewall.set('a', {
      type: 'hash:net',
      timeout: '1d',
      counters: true,
      comment: true,
      maxelem: 9,
    })
    await set.replace([
      { element: '10.0.0.0/8', timeout: 0, packets: 5, bytes: 7, comment: 'kept', nomatch: true },
    ])
    expect(saved('a')).toEqual(['10.0.0.0/8 timeout 0 nomatch packets 5 bytes 7 comment "kept"'])
    expect(run('ipset', 'save', 'a')).toMatch(/maxelem 9 timeout 86400 counters comment/)
  })

  it('shows nothing of a replace that fails in the middle, and leaves nothing behind', async () => {
    const set = await firewall.set('a', { type: 'hash:ip' })
    await set.add('192.0.2.1')
    await expect(set.replace(stream(addresses(9_000), 5_000))).rejects.toThrow('the source is gone')
    await expect(set.replace([...addresses(9_000), 'nonsense'])).rejects.toEqual(
      expect.objectContaining({ code: 'bad-element', line: 9_000 }),
    )
    await expect(set.replace(addresses(9_000).with(7, '::1'))).rejects.toEqual(
      expect.objectContaining({ code: 'set-family-mismatch', line: 7 }),
    )
    expect(saved('a')).toEqual(['192.0.2.1'])
    expect(names()).toEqual(['a'])
    await set.replace(['192.0.2.2'])
  })

  it('leaves out what does not fit when a replace is told to', async () => {
    const set = await firewall.set('a', { type: 'hash:ip' })
    const refused: [number, string, string][] = []
    const entries = addresses(3_000).with(5, '::1').with(2_000, 'x')
    const difference = await set.replace(entries, {
      onRefused: ({ index, element, code }) => refused.push([index, element, code]),
    })
    expect(difference).toEqual({ added: 2_998, kept: 0, removed: 0 })
    expect(refused.sort(([one], [other]) => one - other)).toEqual([
      [5, '::1', 'set-family-mismatch'],
      [2_000, 'x', 'bad-element'],
    ])
  })

  it('lets the event loop turn while it is replaced and grows', async () => {
    const set = await firewall.set('a', { type: 'hash:ip' })
    let turns = 0
    let isDone = false
    const turn = (): void => {
      turns++
      if (!isDone) setImmediate(turn)
    }
    setImmediate(turn)
    await set.replace(addresses(200_000))
    isDone = true
    expect(turns).toBeGreaterThan(20)
    expect((await set.description()).entries).toBe(200_000)
  })

  it('grows when single entries do not fit, and keeps everything that entries carry', async () => {
    const set = await firewall.set('a', {
      type: 'hash:net',
      maxelem: 2,
      timeout: 0,
      counters: true,
      comment: true,
      skbinfo: true,
    })
    run('iptables', '-A', 'INPUT', '-m', 'set', '--match-set', 'a', 'src')
    await set.add('192.0.2.0/24', {
      timeout: 1000,
      packets: 3,
      bytes: 4,
      comment: 'one',
      skbmark: '0x1/0xff',
      skbprio: '1:10',
      skbqueue: 7,
    })
    await set.add('192.0.2.7', { nomatch: true })
    await Promise.all(addresses(20).map((element) => set.add(element)))
    expect(saved('a')).toHaveLength(22)
    expect(saved('a').find((entry) => entry.startsWith('192.0.2.0/24'))).toMatch(
      /^192.0.2.0\/24 timeout (?:1000|99\d) packets 3 bytes 4 comment "one" skbmark 0x1\/0xff skbprio 1:10 skbqueue 7$/,
    )
    expect(saved('a')).toContainEqual(expect.stringMatching(/^192.0.2.7 timeout 0 nomatch/))
    expect(await set.has('192.0.2.7')).toBe(false)
    expect(await set.description()).toMatchObject({ references: 1, options: { maxelem: 32 } })
    run('iptables', '-F', 'INPUT')
  })

  it.each([
    ['hash:ip', ['10.0.0.1', '10.0.0.2', '10.0.0.3']],
    [
      'hash:ip,mac',
      ['10.0.0.1,00:11:22:33:44:55', '10.0.0.2,00:11:22:33:44:55', '10.0.0.3,00:11:22:33:44:55'],
    ],
    [
      'hash:ip,port,ip',
      ['10.0.0.1,tcp:1,10.0.0.9', '10.0.0.2,udp:1,10.0.0.9', '10.0.0.3,icmp:ping,10.0.0.9'],
    ],
    [
      'hash:ip,port,net',
      ['10.0.0.1,tcp:1,10.1.0.0/16', '10.0.0.2,sctp:1,10.1.0.0/16', '10.0.0.3,gre:0,10.1.0.0/16'],
    ],
    ['hash:net,net', ['10.0.0.0/8,10.1.0.0/16', '10.0.0.0/9,10.1.0.0/16', '10.0.0.0/10,10.1.0.0/16']],
    ['hash:net,port', ['10.0.0.0/8,tcp:1', '10.0.0.0/9,tcp:1', '10.0.0.0/10,tcp:1']],
    ['hash:net,iface', ['10.0.0.0/8,eth0', '10.0.0.0/8,physdev:eth0', '10.0.0.0/8,eth1']],
    ['hash:ip,mark', ['10.0.0.1,0x00000001', '10.0.0.1,0x00000002', '10.0.0.1,0x00000003']],
    ['hash:mac', ['00:11:22:33:44:55', '00:11:22:33:44:56', '00:11:22:33:44:57']],
  ])('of type %s grows by many entries at once', async (type, entries) => {
    if (await isLacking(type)) return
    const set = await firewall.set('a', { type, maxelem: 2 })
    expect(await set.addMany(stream(entries))).toEqual({ accepted: 3, refused: [] })
    run('ipset', 'create', 'b', type)
    for (const entry of entries) run('ipset', 'add', 'b', entry)
    expect(saved('a')).toEqual(saved('b'))
  })

  it('of sets grows too', async () => {
    const members = addresses(5)
    for (const name of members) await firewall.set(name, { type: 'hash:ip' })
    const set = await firewall.set('list', { type: 'list:set', size: 4 })
    for (const member of members) await set.add(member)
    expect(run('ipset', 'save', 'list').match(/10\.0\.0\.\d/g)).toEqual(members)
  })

  it('sizes its hash beforehand when many entries come', async () => {
    const set = await firewall.set('a', { type: 'hash:ip' })
    await set.add('192.0.2.1')
    expect(await set.addMany(addresses(100_000))).toEqual({ accepted: 100_000, refused: [] })
    expect(await set.description()).toMatchObject({
      entries: 100_001,
      options: { hashsize: 131_072, maxelem: 100_001 },
    })
  })

  it('that must not grow names what did not fit, and keeps the rest', async () => {
    const set = await firewall.set('a', { type: 'hash:ip', maxelem: 3 }, { grow: false })
    const { accepted, refused } = await set.addMany(stream(addresses(5)))
    expect(accepted).toBe(3)
    expect(refused.map(({ index, element, code }) => [index, element, code])).toEqual([
      [3, '10.0.0.3', 'set-full'],
      [4, '10.0.0.4', 'set-full'],
    ])
    await expect(set.add('10.0.0.9')).rejects.toThrow(/^ipset add a 10\.0\.0\.9: the set holds as many/)
    expect(saved('a')).toEqual(addresses(3))
  })

  it('that must not grow is not replaced by what does not fit', async () => {
    const set = await firewall.set('a', { type: 'hash:ip', maxelem: 3 }, { grow: false })
    await set.add('192.0.2.1')
    await expect(set.replace(addresses(4))).rejects.toEqual(
      expect.objectContaining({ code: 'set-full', line: 3 }),
    )
    expect(saved('a')).toEqual(['192.0.2.1'])
    expect(await set.replace(addresses(3))).toEqual({ added: 3, kept: 0, removed: 1 })
    expect(run('ipset', 'save', 'a')).toContain(' maxelem 3 ')
  })

  it('grows when it is replaced by more than it has room for', async () => {
    const set = await firewall.set('a', { type: 'hash:ip', maxelem: 3 })
    expect(await set.replace(stream(addresses(1_000)))).toEqual({ added: 1_000, kept: 0, removed: 0 })
    expect(await set.replace(addresses(2_000))).toEqual({ added: 1_000, kept: 1_000, removed: 0 })
    expect(names()).toEqual(['a'])
  })

  it('gives all its entries at once, or hundreds at a time', async () => {
    const set = await firewall.set('a', { type: 'hash:net', timeout: 0 })
    await set.addMany(addresses(5_000).map((element) => ({ element, timeout: 0 })))
    const all = await set.entries()
    expect(all.map(({ element, timeout }) => `${element} timeout ${timeout}`).sort()).toEqual(saved('a'))
    const batches = await Array.fromAsync(set.entryBatches())
    expect(batches.length).toBeGreaterThan(1)
    expect(batches.flat()).toEqual(all)
    await set.destroy()
    await expect(set.entries()).rejects.toEqual(withCode('set-not-found'))
  })

  it('is replaced beside others', async () => {
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, index) => firewall.set(`set${index}`, { type: 'hash:net' })),
    )
    await Promise.all(all.map((set, index) => set.replace(addresses(1_000 + index))))
    expect(all.map(({ name }) => saved(name).length)).toEqual(all.map((_, index) => 1_000 + index))
    expect(names()).toHaveLength(8)
  })

  it('that is made to drop entries when it is full never grows', async () => {
    const set = await firewall.set('a', { type: 'hash:ip', maxelem: 3, forceadd: true })
    const { accepted, refused } = await set.addMany(addresses(9_000))
    expect(accepted + refused.length).toBe(9_000)
    expect(refused.at(-1)).toMatchObject({
      code: 'set-full',
      message: expect.stringContaining('was created with forceadd'),
    })
    expect((await set.description()).options.maxelem).toBe(3)
  })

  it('that cannot grow says what did not fit and why', async () => {
    const set = await firewall.set('a', { type: 'bitmap:port', range: '1-3' })
    const { accepted, refused } = await set.addMany(['1', '2', '4', '3'])
    expect(accepted).toBe(3)
    expect(refused).toEqual([expect.objectContaining({ index: 2, element: '4', code: 'entry-refused' })])
  })

  it('tells of each entry that was not added or deleted', async () => {
    const set = await firewall.set('a', { type: 'hash:ip' })
    const seen: number[] = []
    await set.addMany(addresses(2_000).with(3, '').with(1_999, '::1'), {
      onRefused: ({ index }) => seen.push(index),
    })
    expect(seen).toEqual([3, 1_999])
    const { accepted, refused } = await set.deleteMany(stream(addresses(4)))
    expect(accepted).toBe(3)
    expect(refused).toEqual([
      {
        index: 3,
        element: '10.0.0.3',
        code: 'entry-not-found',
        message: expect.stringContaining('10.0.0.3'),
      },
    ])
    expect(await set.deleteMany(['10.0.0.3'], { exists: 'ignore' })).toEqual({ accepted: 1, refused: [] })
    const again = await set.addMany(['10.0.0.9', '10.200.0.0'], { exists: 'fail' })
    expect(again).toMatchObject({ accepted: 1, refused: [{ element: '10.0.0.9', code: 'entry-exists' }] })
  })

  it('keeps what was acknowledged of entries that break off, and says how far they came', async () => {
    const set = await firewall.set('a', { type: 'hash:ip' })
    const broken = set.addMany(stream(addresses(3_000).with(1, 'x'), 2_500))
    await expect(broken).rejects.toMatchObject({
      code: 'entries-broke-off',
      message: 'The entries for the set a broke off, and 2499 of them had been taken: the source is gone',
      accepted: 2_499,
      refused: [{ index: 1 }],
    })
    expect(saved('a')).toHaveLength(2_499)
  })

  it('loses no single entry that comes or goes while it is replaced or grows', async () => {
    const set = await firewall.set('a', { type: 'hash:ip', maxelem: 5_000 })
    await set.addMany(addresses(5_000))
    async function* slowly(): AsyncGenerator<string> {
      for (const [index, entry] of addresses(4_000, 100_000).entries()) {
        if (index % 100 === 0) await set.add(`192.0.2.${index / 100}`)
        if (index === 3_000) await set.delete('192.0.2.0')
        yield entry
      }
    }
    const replaced = set.replace(slowly())
    const grown = set.addMany(addresses(6_000, 200_000))
    await replaced
    await grown
    const entries = saved('a')
    expect(entries).toHaveLength(10_039)
    expect(entries).toContain('192.0.2.39')
    expect(entries).not.toContain('192.0.2.0')
  })

  it('does one long change after another', async () => {
    const set = await firewall.set('a', { type: 'hash:ip' })
    const counts = await Promise.all(
      [1, 2, 3, 4].map((part) => set.replace(stream(addresses(2_000, part * 1_000)))),
    )
    expect(counts.slice(1)).toEqual([1, 2, 3].map(() => ({ added: 1_000, kept: 1_000, removed: 1_000 })))
    await Promise.all([
      set.replace(stream(addresses(3_000))),
      firewall.transaction((tx) => tx.addEntry('a', '192.0.2.1')),
    ])
    expect(saved('a')).toContain('192.0.2.1')
    await Promise.all([set.replace(addresses(3_000)), set.flush(), set.addMany(addresses(10))])
    expect(saved('a')).toEqual(addresses(10).sort())
  })

  it('says clearly that somebody else has destroyed it meanwhile', async () => {
    const set = await firewall.set('a', { type: 'hash:ip' })
    async function* entries(): AsyncGenerator<string> {
      yield* addresses(1_000)
      run('ipset', 'destroy', 'a')
      yield* addresses(1_000, 1_000)
    }
    await expect(set.replace(entries())).rejects.toMatchObject({
      code: 'set-not-found',
      message: 'Somebody else has destroyed the set a while it was being changed. Create it again.',
    })
    run('ipset', 'create', 'a', 'hash:ip')
    await expect(set.addMany(entries())).rejects.toMatchObject({ code: 'set-not-found' })
    expect(names()).toEqual([])
  })

  it('says clearly that somebody else has put another set in its place meanwhile', async () => {
    const set = await firewall.set('a', { type: 'hash:ip', maxelem: 2 })
    async function* entries(): AsyncGenerator<string> {
      yield '192.0.2.1'
      run('ipset', 'destroy', 'a')
      run('ipset', 'create', 'a', 'hash:net')
    }
    // Whoever looks between the two commands finds no set.
    await expect(set.replace(entries())).rejects.toMatchObject({
      code: expect.stringMatching(/^set-(type-mismatch|not-found)$/),
      message: expect.stringMatching(/^Somebody else has /),
    })
    expect(run('ipset', 'list', '-t', 'a')).toContain('Type: hash:net')
    expect(names()).toEqual(['a'])
  })

  it('can be swapped, renamed, flushed and destroyed', async () => {
    const one = await firewall.set('one', { type: 'hash:ip' })
    const two = await firewall.set('two', { type: 'hash:ip' })
    await one.add('192.0.2.1')
    await one.swap(two)
    expect([saved('one'), saved('two')]).toEqual([[], ['192.0.2.1']])
    await two.rename('three')
    expect(two.name).toBe('three')
    await two.add('192.0.2.2')
    expect(saved('three')).toEqual(['192.0.2.1', '192.0.2.2'])
    await two.flush()
    await two.destroy()
    expect(names()).toEqual(['one'])
  })

  it('that a process which has ended left aside is swept away, and no other', async () => {
    using ipset = new Ipset()
    const made =
      "const { Ipset } = await import('@chainmail/kernel'); const { asideName } = await import('./set-aside.ts'); const sets = new Ipset(); const name = asideName(sets); sets.create(name, 'hash:ip'); console.log(name)"
    const left = execFileSync(process.execPath, ['--input-type=module', '-e', made], {
      encoding: 'utf8',
      cwd: import.meta.dirname,
    }).trim()
    expect(names()).toEqual([left])
    const [, namespace] = /^chainmail-aside-([0-9a-z]+)-/.exec(left) ?? []
    const others = [
      `chainmail-aside-${namespace}-${process.pid.toString(36)}-1`,
      `chainmail-aside-${namespace}0-zzzz-1`,
      'chainmail-aside-mine',
    ]
    for (const name of others) ipset.create(name, 'hash:ip')
    await using _ = await openFirewall()
    expect(names()).toEqual([...others].sort())
  })

  it('that an interrupted replace left aside is swept away, and the set is as it was', async () => {
    run('ipset', 'create', 'a', 'hash:ip')
    run('ipset', 'add', 'a', '192.0.2.1')
    const replacing =
      "const { openFirewall } = await import('../../index.ts'); await using firewall = await openFirewall(); async function* entries() { for (let i = 0; ; i = (i + 1) % 250) { yield '10.0.0.' + i; await new Promise(setImmediate) } } await (await firewall.set('a')).replace(entries())"
    const child = spawn(process.execPath, ['--input-type=module', '-e', replacing], {
      cwd: import.meta.dirname,
      stdio: 'ignore',
    })
    const ended = once(child, 'exit')
    await vi.waitFor(() => expect(names()).toHaveLength(2), { timeout: 20_000 })
    child.kill('SIGINT')
    await ended
    expect(names()).toEqual(['a', expect.stringMatching(/^chainmail-aside-/)])
    await using _ = await openFirewall()
    expect(names()).toEqual(['a'])
    expect(saved('a')).toEqual(['192.0.2.1'])
  })

  const hashIp = { type: 'hash:ip' } as const
  it.each([
    ['a name of 32 characters', () => firewall.set('x'.repeat(32), hashIp), 'bad-set-name'],
    ['a name with a NUL', () => firewall.set('a\0b', hashIp), 'bad-set-name'],
    ['a name of ten million characters', () => firewall.set('x'.repeat(1e7), hashIp), 'bad-set-name'],
    ['an empty name', () => firewall.set('', hashIp), 'bad-set-name'],
    ['a name with a blank', () => firewall.set('a b', hashIp), 'bad-set-name'],
    ['a type that nobody knows', () => firewall.set('x', { type: 'hash:nothing' }), 'set-type-unsupported'],
    [
      'an option of another type',
      () => firewall.set('x', { type: 'hash:mac', netmask: 24 }),
      'bad-set-option',
    ],
    [
      'a family that there is not',
      () => firewall.set('x', { type: 'bitmap:ip', range: '10.0.0.0/24', family: 'inet6' }),
      'bad-set-option',
    ],
    ['a bitmap without a range', () => firewall.set('x', { type: 'bitmap:ip' }), 'bad-set-option'],
    [
      'a bitmap of a range that is too large',
      () => firewall.set('x', { type: 'bitmap:ip', range: '10.0.0.0/8' }),
      'set-option-refused',
    ],
    [
      'a timeout beyond the kernel’s',
      () => firewall.set('x', { type: 'hash:ip', timeout: '25d' }),
      'bad-set-option',
    ],
    [
      'a set that is there with other options',
      () => firewall.set('plain', { type: 'hash:net' }),
      'set-exists',
    ],
    [
      'an address of the other family',
      async () => (await firewall.set('plain')).add('2001:db8::1'),
      'set-family-mismatch',
    ],
    ['what is no address', async () => (await firewall.set('plain')).add('example.org'), 'bad-element'],
    [
      'a range back to front',
      async () => (await firewall.set('plain')).add('192.0.2.9-192.0.2.1'),
      'bad-element',
    ],
    [
      'an IPv6 range back to front',
      async () => (await firewall.set('six')).add('2001:db8::9-2001:db8::1'),
      'entry-refused',
    ],
    ['a NUL behind an address', async () => (await firewall.set('plain')).add('192.0.2.1\0'), 'bad-element'],
    ['an empty element', async () => (await firewall.set('plain')).add(''), 'bad-element'],
    ['a /33', async () => (await firewall.set('nets')).add('192.0.2.0/33'), 'bad-element'],
    ['a /0 in hash:net', async () => (await firewall.set('nets')).add('0.0.0.0/0'), 'entry-refused'],
    ['the name of a port', async () => (await firewall.set('ports')).add('192.0.2.1,http'), 'bad-element'],
    [
      'a port beyond 65535',
      async () => (await firewall.set('ports')).add('192.0.2.1,tcp:65536'),
      'bad-element',
    ],
    [
      'ports back to front',
      async () => (await firewall.set('ports')).add('192.0.2.1,tcp:9-1'),
      'bad-element',
    ],
    [
      'an element with too few parts',
      async () => (await firewall.set('ports')).add('192.0.2.1'),
      'bad-element',
    ],
    [
      'a timeout in a set without',
      async () => (await firewall.set('plain')).add('192.0.2.1', { timeout: 1 }),
      'set-option-missing',
    ],
    [
      'a timeout out of range',
      async () => (await firewall.set('nets')).add('192.0.2.1', { timeout: 2147484 }),
      'bad-entry-option',
    ],
    [
      'a timeout below zero',
      async () => (await firewall.set('nets')).add('192.0.2.1', { timeout: -1 }),
      'bad-duration',
    ],
    [
      'a comment of 256 bytes',
      async () => (await firewall.set('nets')).add('192.0.2.1', { comment: 'x'.repeat(256) }),
      'bad-entry-option',
    ],
    [
      'a comment with a quotation mark',
      async () => (await firewall.set('nets')).add('192.0.2.1', { comment: '"' }),
      'bad-entry-option',
    ],
    [
      'nomatch where there are no networks',
      async () => (await firewall.set('plain')).add('192.0.2.1', { nomatch: true }),
      'bad-entry-option',
    ],
    [
      'what is not there deleted',
      async () => (await firewall.set('plain')).delete('192.0.2.1'),
      'entry-not-found',
    ],
    ['a set that is not there', () => firewall.set('nothing'), 'set-not-found'],
    ['a set in use destroyed', async () => (await firewall.set('member')).destroy(), 'set-in-use'],
    ['a set in use renamed', async () => (await firewall.set('member')).rename('other'), 'set-in-use'],
    [
      'a rename to a name that is taken',
      async () => (await firewall.set('plain')).rename('nets'),
      'set-exists',
    ],
    [
      'a swap of unequal types',
      async () => (await firewall.set('plain')).swap(await firewall.set('nets')),
      'set-type-mismatch',
    ],
    [
      'a swap of unequal families',
      async () => (await firewall.set('plain')).swap(await firewall.set('six')),
      'set-type-mismatch',
    ],
    ['a member that is not there', async () => (await firewall.set('list')).add('nothing'), 'entry-refused'],
    ['a list in a list', async () => (await firewall.set('list')).add('list'), 'entry-refused'],
  ])('refuses %s', async (_, attempt, code) => {
    await firewall.set('plain', hashIp)
    await firewall.set('six', { type: 'hash:ip', family: 'inet6' })
    await firewall.set('nets', { type: 'hash:net', timeout: 0, comment: true })
    await firewall.set('ports', { type: 'hash:ip,port' })
    await firewall.set('member', hashIp)
    await (await firewall.set('list', { type: 'list:set' })).add('member')
    const before = run('ipset', 'save')
    await expect(attempt()).rejects.toEqual(withCode(code))
    expect(run('ipset', 'save')).toBe(before)
  })

  it('clears the host bits of a network, as ipset does', async () => {
    const set = await firewall.set('a', { type: 'hash:net' })
    await set.add('192.0.2.77/24')
    expect(saved('a')).toEqual(['192.0.2.0/24'])
  })
})
