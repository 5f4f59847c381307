import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { InputError } from '../errors.ts'
import { type CreateOptionName, type CreateOptions, createOptions } from './create-options.ts'
import type { SetEntry } from './entry-options.ts'
import { Ipset } from './ipset.ts'
import { createLine } from './save-text.ts'
import { type SetTypeDefinition, setType, setTypes } from './types.ts'

/** The other program that speaks with the kernel about sets. */
async function ipset(...words: string[]): Promise<string> {
  return (await runCommand('ipset', words)).stdout
}

/** What `ipset save` prints of a set, without the options that the kernel chose. */
async function saved(name: string): Promise<string[]> {
  const text = await ipset('-sorted', 'save', name)
  return text
    .replace(/ (?:bucketsize|initval|hashsize|maxelem) \S+/g, '')
    .trimEnd()
    .split('\n')
}

const withCode = (code: string): unknown => expect.objectContaining({ code })

describeOnKernel('Ipset', () => {
  let sets: Ipset

  beforeEach(() => {
    sets = new Ipset()
  })

  afterEach(async () => {
    sets.close()
    // Members of a list can't be destroyed before it is empty.
    await ipset('flush')
    await ipset('destroy')
  })

  test('speaks the version of the protocol that ipset speaks', async () => {
    expect(await ipset('version')).toContain(`protocol version: ${sets.protocol()}`)
  })

  /** Each create option: a value, and the words that ipset takes for it. */
  const accepted: Record<CreateOptionName, [value: string | number | boolean, words: string[]]> = {
    hashsize: [8192, ['hashsize', '8192']],
    maxelem: [7, ['maxelem', '7']],
    bucketsize: [4, ['bucketsize', '4']],
    netmask: [24, ['netmask', '24']],
    bitmask: ['255.0.255.0', ['bitmask', '255.0.255.0']],
    timeout: [2147483, ['timeout', '2147483']],
    counters: [true, ['counters']],
    comment: [true, ['comment']],
    skbinfo: [true, ['skbinfo']],
    forceadd: [true, ['forceadd']],
    initval: [0xfedcba98, []],
    range: ['10.0.0.16-10.0.0.31', ['range', '10.0.0.16-10.0.0.31']],
    size: [9, ['size', '9']],
    markmask: [0xff00, ['markmask', '0x0000ff00']],
  }

  /** What a set of the type needs, and what would else be random. */
  function base(type: string): { words: string[]; options: CreateOptions } {
    if (type === 'bitmap:port') return { words: ['range', '0-1023'], options: { range: '0-1023' } }
    if (type.startsWith('bitmap:'))
      return { words: ['range', '10.0.0.0/16'], options: { range: '10.0.0.0/16' } }
    if (type.startsWith('hash:'))
      return { words: ['initval', '0xfedcba98'], options: { initval: 0xfedcba98 } }
    return { words: [], options: {} }
  }

  test.each(optionsOfTypes())(
    '$type takes the create option $option as ipset does',
    async ({ type, option }) => {
      const isPortRange = type === 'bitmap:port' && option === 'range'
      const [value, words] = isPortRange ? ['7-9', ['range', '7-9']] : accepted[option]
      const { words: baseWords, options: baseOptions } = base(type)
      const options = { ...baseOptions, [option]: value }
      if (!isInKernel(sets, type)) {
        expect(() => sets.create('a', type, options)).toThrow(withCode('set-type-unsupported'))
        return
      }
      await ipset('create', 'a', type, ...(option === 'range' ? [] : baseWords), ...words)
      const expected = await ipset('save', 'a')
      const [listed] = sets.list('a')
      sets.destroy('a')
      sets.create('a', type, options)
      expect(await ipset('save', 'a')).toBe(expected)
      expect(sets.list('a')[0]).toEqual(listed)
      if (option !== 'forceadd' && words.length > 0) expect(expected).toContain(` ${words.join(' ')}`)
      expect(listed?.options[option]).toBe(value)
      expect(createLine('a', type, options)).toContain(` ${words.join(' ')}`.replace(/ forceadd/, ''))
    },
  )

  test('refuses bitmaps without a range, and ranges that are none', () => {
    expect(() => sets.create('a', 'bitmap:ip')).toThrow(withCode('bad-set-option'))
    for (const range of ['10.0.0.1', '10.0.0.9-::1', '::/120', '10.0.0.0/24-10.0.1.0/24', '1-2', ''])
      expect(() => sets.create('a', 'bitmap:ip', { range })).toThrow(InputError)
    for (const range of ['80', '80-', '80-79', '0-65536', '-', '10.0.0.0/24', 'tcp:80-90'])
      expect(() => sets.create('a', 'bitmap:port', { range })).toThrow(withCode('bad-set-option'))
    expect(() => sets.create('a', 'bitmap:ip', { range: '10.0.0.0/8' })).toThrow(
      withCode('set-option-refused'),
    )
    expect(sets.names()).toEqual([])
  })

  test('creates sets of both families, with many options at once', async () => {
    sets.create('a', 'hash:ip', { timeout: 60, counters: true, comment: true, skbinfo: true })
    sets.create('b', 'hash:net', { family: 'inet6', comment: false })
    expect(await saved('a')).toEqual(['create a hash:ip family inet timeout 60 counters comment skbinfo'])
    expect(await saved('b')).toEqual(['create b hash:net family inet6'])
  })

  test.each([
    { hashsize: 0 },
    { hashsize: 2 ** 27 + 1 },
    { maxelem: -1 },
    { bucketsize: 1 },
    { bucketsize: 16 },
    { netmask: 129 },
    { timeout: 2147484 },
    { timeout: 1.5 },
    { initval: 2 ** 32 },
  ])('refuses the create option %j itself', (options) => {
    expect(() => sets.create('a', 'hash:ip', options)).toThrow(withCode('bad-set-option'))
    expect(sets.names()).toEqual([])
  })

  test('refuses create options that are not the type’s', () => {
    const misspelt = { timeout: 3, timeOut: 3 }
    expect(() => sets.create('a', 'hash:ip', misspelt)).toThrow(withCode('bad-set-option'))
    expect(() => sets.create('a', 'hash:net', { netmask: 24 })).toThrow(withCode('bad-set-option'))
    expect(() => sets.create('a', 'hash:ip', { family: 'unspec' })).toThrow(withCode('bad-set-option'))
    expect(() => sets.create('a', 'hash:ip', { bitmask: 'x' })).toThrow(withCode('bad-address'))
  })

  test('has a code for create options that the kernel refuses', () => {
    expect(() => sets.create('a', 'hash:ip', { netmask: 64 })).toThrow(withCode('set-option-refused'))
    expect(() => sets.create('a', 'hash:ip', { netmask: 24, bitmask: '255.0.0.255' })).toThrow(
      withCode('set-option-refused'),
    )
    expect(() => sets.create('a', 'hash:ip', { bitmask: '::1' })).toThrow(withCode('set-option-refused'))
  })

  test('refuses names that can not be restored, and types that are not there', () => {
    expect(() => sets.create('a b', 'hash:ip')).toThrow(withCode('bad-set-name'))
    expect(() => sets.create('a', 'hash:nope')).toThrow(withCode('set-type-unsupported'))
    expect(() => sets.revisions('hash:nope', 'inet')).toThrow(withCode('set-type-unsupported'))
  })

  test('creates a set that exists only when told to ignore it, and only when it is the same', () => {
    sets.create('a', 'hash:ip', { netmask: 24 })
    expect(() => sets.create('a', 'hash:ip', { netmask: 24 })).toThrow(withCode('set-exists'))
    sets.create('a', 'hash:ip', { netmask: 24 }, { exists: 'ignore' })
    expect(() => sets.create('a', 'hash:ip', { netmask: 25 }, { exists: 'ignore' })).toThrow(
      withCode('set-exists'),
    )
    expect(() => sets.create('a', 'hash:net', {}, { exists: 'ignore' })).toThrow(withCode('set-exists'))
  })

  test('adds entries with all their options', async () => {
    sets.create('a', 'hash:ip', { timeout: 0, counters: true, comment: true, skbinfo: true })
    sets.add('a', {
      element: '192.0.2.1',
      packets: 5,
      bytes: 2n ** 64n - 2n,
      comment: 'it’s \\ #1',
      skbmark: '0x10/0xff',
      skbprio: '1:a',
      skbqueue: 3,
    })
    sets.add('a', { element: '192.0.2.2', skbmark: '0x10' })
    expect((await saved('a')).slice(1)).toEqual([
      'add a 192.0.2.1 timeout 0 packets 5 bytes 18446744073709551614 comment "it’s \\ #1" skbmark 0x10/0xff skbprio 1:a skbqueue 3',
      'add a 192.0.2.2 timeout 0 packets 0 bytes 0 skbmark 0x10',
    ])
  })

  test('adds an entry that expires, and renews it', async () => {
    sets.create('a', 'hash:ip', { timeout: 0, comment: true })
    sets.add('a', { element: '192.0.2.1', timeout: 1000, comment: 'one' })
    expect((await saved('a'))[1]).toMatch(/^add a 192\.0\.2\.1 timeout (?:1000|999|99\d) comment "one"$/)
    sets.add('a', { element: '192.0.2.1', timeout: 5000, comment: 'two' }, { exists: 'ignore' })
    expect((await saved('a'))[1]).toMatch(/^add a 192\.0\.2\.1 timeout (?:5000|499\d) comment "two"$/)
  })

  test.each([
    ['hash:ip', 'inet', '192.0.2.8/30', ['192.0.2.8', '192.0.2.9', '192.0.2.10', '192.0.2.11']],
    ['hash:ip', 'inet', '192.0.2.8-192.0.2.10', ['192.0.2.8', '192.0.2.9', '192.0.2.10']],
    ['hash:ip', 'inet6', '2001:DB8::1', ['2001:db8::1']],
    ['hash:ip', 'inet6', '::FFFF:1.2.3.4/128', ['::ffff:1.2.3.4']],
    ['hash:net', 'inet', '192.0.2.77/24', ['192.0.2.0/24']],
    ['hash:net', 'inet', '192.0.2.1', ['192.0.2.1']],
    ['hash:net', 'inet', '192.0.2.1-192.0.2.4', ['192.0.2.1', '192.0.2.2/31', '192.0.2.4']],
    ['hash:net', 'inet', '128.0.0.0/1', ['128.0.0.0/1']],
    ['hash:net', 'inet6', '2001:db8::1/32', ['2001:db8::/32']],
  ] as const)('in a set of %s %s, %s becomes %j', async (type, family, element, elements) => {
    sets.create('a', type, { family })
    sets.add('a', element)
    const expected = elements.map((one) => `add a ${one}`).sort()
    expect((await saved('a')).slice(1).sort()).toEqual(expected)
    expect(
      sets
        .allEntries('a')
        .map((entry) => `add a ${entry.element}`)
        .sort(),
    ).toEqual(expected)
    sets.del('a', element)
    expect(sets.allEntries('a')).toEqual([])
  })

  test('reads what ipset made, entry for entry', async () => {
    await ipset('create', 'a', 'hash:net', 'timeout', '0', 'counters', 'comment', 'skbinfo')
    const options =
      'packets 3 bytes 18446744073709551614 comment two skbmark 0x1/0x3 skbprio 1:10 skbqueue 9 nomatch'
    await ipset('add', 'a', '192.0.2.0/24', ...options.split(' '))
    await ipset('add', 'a', '198.51.100.1', 'timeout', '2147483', 'skbmark', '0xffffffff')
    const entries = sets.allEntries('a').sort((one, other) => one.element.localeCompare(other.element))
    expect(entries).toEqual<SetEntry[]>([
      {
        element: '192.0.2.0/24',
        timeout: 0,
        packets: 3n,
        bytes: 2n ** 64n - 2n,
        comment: 'two',
        skbmark: '0x1/0x3',
        skbprio: '1:10',
        skbqueue: 9,
        nomatch: true,
      },
      {
        element: '198.51.100.1',
        timeout: expect.closeTo(2147480, -1),
        packets: 0n,
        bytes: 0n,
        skbmark: '0xffffffff',
      },
    ])
  })

  test('copies a set by adding what it reads', async () => {
    await ipset('create', 'a', 'hash:net', 'timeout', '0', 'counters', 'comment', 'skbinfo')
    await ipset('add', 'a', '192.0.2.0/24', 'packets', '3', 'comment', 'x y', 'skbprio', '1:10', 'nomatch')
    await ipset('add', 'a', '198.51.100.1', 'bytes', '3')
    sets.create('b', 'hash:net', { timeout: 0, counters: true, comment: true, skbinfo: true })
    expect(sets.addMany('b', sets.allEntries('a'))).toBe(2)
    expect((await saved('b')).map((line) => line.replace(' b ', ' a '))).toEqual(await saved('a'))
  })

  test('reads the comment of another program, whatever it holds', async () => {
    await ipset('create', 'a', 'hash:ip', 'comment')
    await ipset('add', 'a', '192.0.2.1', 'comment', 'two\nlines')
    expect(sets.allEntries('a')).toEqual([{ element: '192.0.2.1', comment: 'two\nlines' }])
  })

  test('describes sets as ipset does', async () => {
    await ipset('create', 'a', 'hash:ip', 'timeout', '9', 'netmask', '24', 'maxelem', '12')
    await ipset('create', 'b', 'hash:net', 'family', 'inet6')
    await ipset('create', 'other', 'bitmap:port', 'range', '1-100')
    await ipset('add', 'a', '192.0.2.1')
    await runCommand('iptables', ['-A', 'INPUT', '-m', 'set', '--match-set', 'a', 'src'])
    const terse = await ipset('list', '-terse', 'a')
    const [a] = sets.list('a')
    expect(a).toMatchObject({
      name: 'a',
      type: 'hash:ip',
      family: 'inet',
      revision: Number(/Revision: (\d+)/.exec(terse)?.[1]),
      memory: Number(/Size in memory: (\d+)/.exec(terse)?.[1]),
      references: 1,
      entries: 1,
      options: { family: 'inet', timeout: 9, netmask: 24, maxelem: 12, hashsize: 1024 },
    })
    expect(sets.names()).toEqual(['a', 'b', 'other'])
    expect(sets.list().map(({ name, type, family }) => [name, type, family])).toEqual([
      ['a', 'hash:ip', 'inet'],
      ['b', 'hash:net', 'inet6'],
      ['other', 'bitmap:port', 'unspec'],
    ])
    expect(sets.header('b')).toEqual({ name: 'b', type: 'hash:net', revision: 7, family: 'inet6' })
    await runCommand('iptables', ['-F'])
  })

  test('lists hundreds of sets', async () => {
    for (let index = 0; index < 300; index++) sets.create(`a-set-with-a-name-${index}`, 'hash:ip')
    expect(sets.list()).toHaveLength(300)
    expect(sets.names().sort()).toEqual((await ipset('list', '-name')).trimEnd().split('\n').sort())
  })

  test('tests as a packet would be tested', () => {
    sets.create('a', 'hash:net')
    sets.add('a', '192.0.2.0/24')
    sets.add('a', { element: '192.0.2.128/25', nomatch: true })
    expect(sets.test('a', '192.0.2.1')).toBe(true)
    expect(sets.test('a', '192.0.2.129')).toBe(false)
    expect(sets.test('a', '198.51.100.1')).toBe(false)
    expect(sets.test('a', { element: '192.0.2.128/25', nomatch: true })).toBe(true)
  })

  test('has a code for each way in which an entry can fail', () => {
    sets.create('a', 'hash:ip', { maxelem: 2 })
    sets.add('a', '192.0.2.1')
    expect(() => sets.add('a', '192.0.2.1')).toThrow(withCode('entry-exists'))
    sets.add('a', '192.0.2.1', { exists: 'ignore' })
    expect(() => sets.del('a', '192.0.2.2')).toThrow(withCode('entry-not-found'))
    sets.del('a', '192.0.2.2', { exists: 'ignore' })
    sets.add('a', '192.0.2.2')
    expect(() => sets.add('a', '192.0.2.3')).toThrow(withCode('set-full'))
    expect(() => sets.add('a', '2001:db8::1')).toThrow(withCode('set-family-mismatch'))
    expect(() => sets.test('a', '2001:db8::1')).toThrow(withCode('set-family-mismatch'))
    expect(() => sets.add('a', 'x')).toThrow(withCode('bad-element'))
    expect(() => sets.add('a', { element: '192.0.2.9', timeout: 1 })).toThrow(withCode('set-option-missing'))
    expect(() => sets.add('a', { element: '192.0.2.9', packets: 1 })).toThrow(withCode('set-option-missing'))
    expect(() => sets.add('a', { element: '192.0.2.9', comment: 'x' })).toThrow(
      withCode('set-option-missing'),
    )
    expect(() => sets.add('a', { element: '192.0.2.9', skbqueue: 1 })).toThrow(withCode('set-option-missing'))
    sets.create('net', 'hash:net')
    expect(() => sets.add('net', '0.0.0.0/0')).toThrow(withCode('entry-refused'))
    sets.create('six', 'hash:ip', { family: 'inet6' })
    expect(() => sets.add('six', '192.0.2.1')).toThrow(withCode('set-family-mismatch'))
    expect(() => sets.add('six', '2001:db8::/126')).toThrow(withCode('entry-refused'))
    expect(() => sets.add('six', '2001:db8::1-2001:db8::2')).toThrow(withCode('entry-refused'))
    expect(sets.allEntries('a')).toHaveLength(2)
    expect(sets.allEntries('net')).toEqual([])
  })

  test('says that a set does not exist', () => {
    sets.create('a', 'hash:ip')
    for (const action of [
      () => sets.add('nope', '192.0.2.1'),
      () => sets.del('nope', '192.0.2.1'),
      () => sets.test('nope', '192.0.2.1'),
      () => sets.addMany('nope', ['192.0.2.1']),
      () => sets.flush('nope'),
      () => sets.destroy('nope'),
      () => sets.rename('nope', 'b'),
      () => sets.swap('nope', 'a'),
      () => sets.swap('a', 'nope'),
      () => sets.header('nope'),
      () => sets.list('nope'),
      () => sets.allEntries('nope'),
    ])
      expect(action).toThrow(withCode('set-not-found'))
  })

  test('notices that another program replaced a set by one of another type', async () => {
    sets.create('a', 'hash:ip')
    sets.add('a', '192.0.2.1')
    await ipset('destroy', 'a')
    expect(() => sets.add('a', '192.0.2.1')).toThrow(withCode('set-not-found'))
    await ipset('create', 'a', 'hash:net', 'family', 'inet6')
    sets.add('a', { element: '2001:db8::/32', nomatch: true })
    expect(() => sets.add('a', '192.0.2.1')).toThrow(withCode('set-family-mismatch'))
    expect((await saved('a'))[1]).toBe('add a 2001:db8::/32 nomatch')
  })

  test('flushes, swaps, renames and destroys', async () => {
    sets.create('a', 'hash:ip')
    sets.create('b', 'hash:ip')
    sets.create('net', 'hash:net')
    sets.add('a', '192.0.2.1')
    sets.add('b', '192.0.2.2')
    sets.swap('a', 'b')
    expect((await saved('a'))[1]).toBe('add a 192.0.2.2')
    expect(() => sets.swap('a', 'net')).toThrow(withCode('set-type-mismatch'))
    expect(() => sets.rename('a', 'b')).toThrow(withCode('set-exists'))
    sets.rename('a', 'c')
    sets.flush('c')
    expect(await saved('c')).toEqual(['create c hash:ip family inet'])
    sets.flushAll()
    expect(await saved('b')).toEqual(['create b hash:ip family inet'])
    sets.destroy('b')
    expect(sets.names().sort()).toEqual(['c', 'net'])
    sets.destroyAll()
    expect(await ipset('list')).toBe('')
  })

  test('leaves a set alone that a rule refers to', async () => {
    sets.create('a', 'hash:ip')
    sets.create('b', 'hash:ip')
    await runCommand('iptables', ['-A', 'INPUT', '-m', 'set', '--match-set', 'a', 'src'])
    expect(() => sets.destroy('a')).toThrow(withCode('set-in-use'))
    expect(() => sets.rename('a', 'c')).toThrow(withCode('set-in-use'))
    expect(() => sets.destroyAll()).toThrow(withCode('set-in-use'))
    sets.swap('a', 'b')
    expect(sets.names().sort()).toEqual(['a', 'b'])
    await runCommand('iptables', ['-F'])
  })

  test('tells whether anything refers to a set, and changes nothing', async () => {
    sets.create('a', 'hash:ip')
    sets.add('a', '192.0.2.1')
    const before = await saved('a')
    expect(sets.isReferenced('a')).toBe(false)
    await runCommand('iptables-legacy', ['-A', 'INPUT', '-m', 'set', '--match-set', 'a', 'src'])
    expect(sets.isReferenced('a')).toBe(true)
    await runCommand('iptables-legacy', ['-F'])
    expect(sets.isReferenced('a')).toBe(false)
    await ipset('create', 'both', 'list:set')
    await ipset('add', 'both', 'a')
    expect(sets.isReferenced('a')).toBe(true)
    expect(await saved('a')).toEqual(before)
    expect(() => sets.isReferenced('nope')).toThrow(withCode('set-not-found'))
  })

  test('goes on with other work while a set is being read, and lets it go when reading is given up', async () => {
    sets.create('a', 'hash:ip')
    sets.addMany('a', ['10.0.0.0/18'])
    for await (const batch of sets.entryBatches('a')) {
      expect(() => sets.destroy('a')).toThrow(withCode('set-in-use'))
      for (const { element } of batch.slice(0, 100)) sets.del('a', element)
      break
    }
    expect(sets.list('a')[0]?.entries).toBe(2 ** 14 - 100)
    sets.destroy('a')
    expect(await ipset('list')).toBe('')
  })

  test('has no more sockets open afterwards than before', () => {
    const sockets = (): number => readFileSync('/proc/self/net/netlink', 'utf8').split('\n').length
    sets.create('a', 'hash:ip')
    const before = sockets()
    sets.allEntries('a')
    expect(() => sets.allEntries('b')).toThrow(withCode('set-not-found'))
    new Ipset().close()
    expect(sockets()).toBe(before)
  })

  test('says that the process may not change sets', async () => {
    const module = JSON.stringify(`${import.meta.dirname}/ipset.ts`)
    const script = `import { Ipset } from ${module}; try { new Ipset() } catch (error) { console.log(error.code) }`
    const words = [
      '--bounding-set',
      '-net_admin',
      '--inh-caps',
      '-net_admin',
      process.execPath,
      '--input-type=module',
    ]
    const { stdout } = await runCommand('setpriv', [...words, '--eval', script])
    expect(stdout).toBe('not-permitted\n')
  })
})

function isInKernel(sets: Ipset, type: string): boolean {
  try {
    return sets.revisions(type, setType(type).families[0]).maximum >= 0
  } catch {
    return false
  }
}

function optionsOfTypes(): { type: string; option: CreateOptionName }[] {
  return Object.entries<SetTypeDefinition>(setTypes).flatMap(([type, { createOptions: own }]) =>
    Object.keys(createOptions)
      .filter((name): name is CreateOptionName => Object.hasOwn(own, name))
      .map((option) => ({ type, option })),
  )
}
