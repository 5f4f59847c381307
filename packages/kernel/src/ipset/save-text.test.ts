import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { MessageWriter } from '../netlink/message.ts'
import type { CreateOptions } from './create-options.ts'
import { EntryCodec, type EntryInput } from './entry.ts'
import type { SetEntry } from './entry-options.ts'
import { Ipset } from './ipset.ts'
import { parseRestoreText, type RestoreOperation } from './restore-text.ts'
import { addLine, createLine, saveLines } from './save-text.ts'
import { setTypes } from './types.ts'

async function ipset(...words: string[]): Promise<string> {
  return (await runCommand('ipset', words)).stdout
}

async function saved(sets: Ipset, name?: string): Promise<string> {
  const lines = await Array.fromAsync(saveLines(sets, name))
  return lines
    .flat()
    .map((line) => `${line}\n`)
    .join('')
}

function apply(sets: Ipset, operation: RestoreOperation): void {
  const { exists } = operation
  switch (operation.command) {
    case 'create':
      sets.create(operation.name, operation.type, operation.options, { exists })
      break
    case 'add':
      sets.add(operation.name, operation.entry, { exists })
      break
    default:
      throw new Error(`${operation.command} is not part of a saved set`)
  }
}

const everything = ['counters', 'comment', 'skbinfo']
const options = 'packets 3 bytes 18446744073709551614 skbmark 0x1/0x3 skbprio 1:a skbqueue 4'

/** For each type the words that create a set of it, and entries as ipset takes them. */
const cases: Record<string, { create: string[]; entries: string[] }[]> = {
  'bitmap:ip': [
    { create: ['range 10.0.0.0/16'], entries: ['10.0.0.1', '10.0.1.0/30', '10.0.2.1-10.0.2.3', options] },
    { create: ['range 10.0.0.0-10.0.255.255 netmask 24'], entries: ['10.0.3.7'] },
  ],
  'bitmap:ip,mac': [
    { create: ['range 10.0.0.0/24'], entries: ['10.0.0.1', '10.0.0.2,00:aa:22:33:44:FF', options] },
  ],
  'bitmap:port': [
    { create: ['range 0-65535'], entries: ['80', '0', '65535', '100-103', 'udp:200', options] },
  ],
  'hash:ip': [
    { create: [''], entries: ['192.0.2.1', '10.0.0.0/29', '10.1.0.250-10.1.1.3', options] },
    { create: ['family inet6'], entries: ['2001:db8::1', '::ffff:1.2.3.4', '::1', '1:0:0:2::', options] },
    { create: ['netmask 24', 'bitmask 255.0.255.0'], entries: ['192.0.2.1', '10.2.3.4'] },
    { create: ['family inet6 netmask 64', 'family inet6 bitmask ffff::ff'], entries: ['2001:db8::1:ff'] },
  ],
  'hash:mac': [{ create: [''], entries: ['00:aa:22:33:44:ff', options] }],
  'hash:ip,mac': [
    { create: [''], entries: ['192.0.2.1,00:aa:22:33:44:ff', options] },
    { create: ['family inet6'], entries: ['2001:db8::1,00:aa:22:33:44:ff'] },
  ],
  'hash:ip,mark': [
    { create: ['', 'markmask 0xff'], entries: ['192.0.2.1,0x1ff', '192.0.2.4/30,10', options] },
    { create: ['family inet6'], entries: ['2001:db8::1,0xffffffff'] },
  ],
  'hash:ip,port': [
    {
      create: [''],
      entries: [
        '192.0.2.1,80',
        '10.0.0.0/30,udp:53-55',
        '10.1.0.1-10.1.0.3,sctp:7',
        '192.0.2.1,udplite:9',
        '192.0.2.1,icmp:ping',
        '192.0.2.1,icmp:33/1',
        '192.0.2.1,17:8',
        '192.0.2.1,gre:0',
        '192.0.2.1,255:0',
        options,
      ],
    },
    // The kernel puts no mask over the addresses of a range.
    { create: ['netmask 24', 'bitmask 255.0.255.0'], entries: ['192.0.2.1,80', '10.1.2.3,udp:53-55'] },
    {
      create: ['family inet6', 'family inet6 netmask 64'],
      entries: ['fe80::1,tcp:80', 'fe80::1,icmpv6:echo-request', 'fe80::1,58:200/7', 'fe80::1,esp:0'],
    },
  ],
  'hash:ip,port,ip': [
    { create: [''], entries: ['192.0.2.0/30,80-82,10.0.0.1', '192.0.2.9,udp:53,10.0.0.1', options] },
    { create: ['family inet6'], entries: ['2001:db8::1,tcp:80,2001:db8::2', options] },
  ],
  'hash:ip,port,net': [
    {
      create: [''],
      entries: ['192.0.2.0/30,80,10.0.0.0/8', '192.0.2.9,udp:5-6,10.0.0.1-10.0.0.6', `${options} nomatch`],
    },
    { create: ['family inet6'], entries: ['2001:db8::1,tcp:80,2001:db8::/32', options] },
  ],
  'hash:net': [
    { create: [''], entries: ['192.0.2.7/24', '10.0.0.1', '10.0.1.1-10.0.1.6', `${options} nomatch`] },
    { create: ['family inet6'], entries: ['2001:db8::7/32', '::1', options] },
  ],
  'hash:net,port': [
    { create: [''], entries: ['192.0.2.7/24,udp:5-6', '10.0.1.1-10.0.1.6,gre:0', `${options} nomatch`] },
    { create: ['family inet6'], entries: ['2001:db8::7/32,80', '::1,icmpv6:1/4', options] },
  ],
  'hash:net,net': [
    { create: ['', 'netmask 24', 'bitmask 255.0.255.0'], entries: ['192.0.2.7/24,10.0.0.1-10.0.0.6'] },
    { create: ['family inet6'], entries: ['2001:db8::7/32,2001:db8:1::/48', options] },
  ],
  'hash:net,port,net': [
    { create: [''], entries: ['192.0.2.7/24,udp:5-6,10.0.0.0/8', '10.0.0.0/8,80,0.0.0.0/0', options] },
    { create: ['family inet6'], entries: ['2001:db8::7/32,icmpv6:ping,::/0'] },
  ],
  'hash:net,iface': [
    {
      create: [''],
      entries: [
        '192.0.2.7/24,eth0',
        '10.0.0.0/8,physdev:eth0',
        '0.0.0.0/0,a-b@c:9',
        '10.0.0.0/8,eth wildcard',
        '10.0.0.0/8,physdev:br wildcard nomatch',
        '10.0.1.1-10.0.1.6,abcdefghijklmno',
        `${options} wildcard nomatch`,
      ],
    },
    { create: ['family inet6'], entries: ['2001:db8::7/32,eth0', '::/0,eth1', options] },
  ],
  'list:set': [{ create: ['', 'size 20'], entries: ['m1', 'm2 before m1', 'm3 after m2', options] }],
}

/** An element for the line that is made of options alone. */
const plainElement: Record<string, string> = {
  'bitmap:ip': '10.0.0.200',
  'bitmap:ip,mac': '10.0.0.200',
  'bitmap:port': '9999',
  'hash:mac': '00:00:00:00:00:09',
  'list:set': 'm4',
}

function element(type: string, create: string): string {
  const known = plainElement[type]
  if (known !== undefined) return known
  const address = create.includes('inet6') ? 'fe80::99' : '172.16.0.1'
  const parts: Record<string, string> = {
    ip: address,
    net: address,
    mac: '00:00:00:00:00:09',
    mark: '9',
    iface: 'x',
  }
  return type
    .slice(type.indexOf(':') + 1)
    .split(',')
    .map((part) => parts[part] ?? 'tcp:99')
    .join(',')
}

const runs = Object.entries(cases).flatMap(([type, list]) =>
  list.flatMap(({ create, entries }) =>
    create.flatMap((words) => [
      {
        type,
        create: words,
        entries: entries.filter((entry) => !entry.startsWith('packets')),
        extended: false,
      },
      {
        type,
        create: `${words} ${everything.join(' ')}`.trim(),
        entries: entries.map((entry) =>
          entry.startsWith('packets')
            ? `${element(type, words)} ${entry} comment "it’s two"`
            : `${entry} comment one`,
        ),
        extended: true,
      },
    ]),
  ),
)

describeOnKernel('sets of every type', () => {
  let sets: Ipset

  beforeEach(() => {
    sets = new Ipset()
  })

  /** Members of a list can't be destroyed before it is empty. */
  async function destroyAll(): Promise<void> {
    await ipset('flush')
    await ipset('destroy')
  }

  afterEach(async () => {
    sets.close()
    await destroyAll()
  })

  const withInitval = (type: string): string => (type.startsWith('hash:') ? 'initval 0x0000abcd' : '')
  const members = (type: string): string[] =>
    type === 'list:set' ? ['m1', 'm2', 'm3', 'm4'].map((name) => `create ${name} bitmap:port range 0-9`) : []

  test.each(runs)('$type $create', async ({ type, create, entries }) => {
    const lines = [
      ...members(type),
      `create a ${type} ${create} ${withInitval(type)}`,
      ...entries.map((entry) => `add a ${entry}`),
    ]
    const text = `${lines.join('\n')}\n`
    const operations = [...parseRestoreText(text)]
    if (!isInKernel(sets, type)) {
      const applyAll = (): void => {
        for (const operation of operations) apply(sets, operation)
      }
      const message = expect.stringContaining(type)
      expect(applyAll).toThrow(expect.objectContaining({ code: 'set-type-unsupported', message }))
      return
    }
    await runCommand('ipset', ['restore'], { input: text })
    const byIpset = await ipset('save')
    expect(await saved(sets)).toBe(byIpset)
    expect(sorted(await saved(sets, 'a'))).toEqual(sorted(await ipset('save', 'a')))

    await destroyAll()
    for (const operation of operations) apply(sets, operation)
    expect(sorted(await ipset('save'))).toEqual(sorted(byIpset))

    const copied: EntryInput[] = sets.allEntries('a')
    sets.flush('a')
    expect(sets.addMany('a', copied)).toBe(copied.length)
    expect(sorted(await ipset('save'))).toEqual(sorted(byIpset))
    for (const entry of sets.allEntries('a')) {
      expect(sets.test('a', type === 'list:set' || entry.nomatch ? entry : entry.element)).toBe(true)
      sets.del('a', entry.element)
    }
    expect(sets.allEntries('a')).toEqual([])
  })

  test('what is written is restored by ipset, and read back by this library', async () => {
    sets.create('a', 'hash:ip', { timeout: 0, comment: true, forceadd: true })
    sets.add('a', { element: '192.0.2.1', comment: 'two words' })
    sets.create('list', 'list:set')
    sets.create('b', 'bitmap:port', { range: '0-9' })
    sets.add('list', 'a')
    sets.add('list', 'b')
    const text = await saved(sets)
    expect(text).toBe(await ipset('save'))
    await destroyAll()
    await runCommand('ipset', ['restore'], { input: text })
    expect(await ipset('save')).toBe(text)
    await destroyAll()
    for (const operation of parseRestoreText(text)) apply(sets, operation)
    expect(await ipset('save')).toBe(text)
  })

  test('forceadd, which ipset does not print, is written when asked for', async () => {
    sets.create('a', 'hash:ip', { forceadd: true })
    const [[line = ''] = []] = await Array.fromAsync(saveLines(sets, 'a', { forceadd: true }))
    expect(line).toContain(' forceadd')
    expect(line.replace(' forceadd', '')).toBe((await ipset('save', 'a')).trimEnd())
    await destroyAll()
    await runCommand('ipset', ['restore'], { input: line })
    expect(sets.list('a')[0]?.options.forceadd).toBe(true)
  })

  test('every protocol and every ICMP type is written as ipset writes it', async () => {
    sets.create('a', 'hash:ip,port', { maxelem: 100_000 })
    sets.create('b', 'hash:ip,port', { maxelem: 100_000, family: 'inet6' })
    const withPorts = [6, 17, 132, 136]
    for (let number = 1; number < 256; number++) {
      const port = withPorts.includes(number) ? '7' : '0'
      if (number !== 1 && number !== 58) sets.addMany('a', [`192.0.2.1,${number}:${port}`])
      for (let code = 0; code < 20; code++) {
        sets.add('a', `192.0.2.1,icmp:${number}/${code}`)
        sets.add('b', `fe80::1,icmpv6:${number}/${code}`)
      }
    }
    const text = await ipset('save')
    expect(await saved(sets)).toBe(text)
    sets.flushAll()
    for (const operation of parseRestoreText(text)) if (operation.command === 'add') apply(sets, operation)
    expect(sorted(await ipset('save'))).toEqual(sorted(text))
  })

  test('the types are those that ipset knows, each with the revision that ipset has at most', async () => {
    const help = await ipset('help')
    const known = new Map<string, number>()
    for (const [, type = '', revision] of help.matchAll(/^ {4}([a-z:,]+)\s+(\d+)\t/gmu))
      known.set(type, Math.max(known.get(type) ?? 0, Number(revision)))
    const own = new Map(Object.entries(setTypes).map(([type, { revision }]) => [type, revision]))
    expect(own).toEqual(known)
  })

  test('members of a list keep the order that before and after give them', () => {
    for (const name of ['m1', 'm2', 'm3']) sets.create(name, 'hash:ip')
    sets.create('a', 'list:set')
    sets.add('a', 'm1')
    sets.add('a', { element: 'm2', before: 'm1' })
    sets.add('a', { element: 'm3', after: 'm2' })
    expect(sets.allEntries('a').map((entry) => entry.element)).toEqual(['m2', 'm3', 'm1'])
    expect(sets.test('a', { element: 'm2', before: 'm3' })).toBe(true)
    expect(sets.test('a', { element: 'm2', before: 'm1' })).toBe(false)
    expect(() => sets.add('a', { element: 'm1', before: 'm2', after: 'm3' })).toThrow(
      expect.objectContaining({ code: 'bad-entry-option' }),
    )
    expect(() => sets.add('a', 'nope')).toThrow(expect.objectContaining({ code: 'entry-refused' }))
    expect(() => sets.add('a', 'a')).toThrow(expect.objectContaining({ code: 'entry-refused' }))
  })
})

const extended = { timeout: 5, counters: true, comment: true, skbinfo: true, bucketsize: 4, initval: 0xab }
const full: SetEntry = {
  element: '',
  timeout: 9,
  packets: 3n,
  bytes: 4n,
  comment: 'hello',
  skbmark: '0x1/0x3',
  skbprio: '1:2',
  skbqueue: 4,
}
const fullText = 'packets 3 bytes 4 comment "hello" skbmark 0x1/0x3 skbprio 1:2 skbqueue 4'
const extendedText = 'timeout 5 counters comment skbinfo bucketsize 4 initval 0x000000ab'

/** What ipset 7.17 prints of the types that many kernels lack. */
test.each<[string, CreateOptions, SetEntry, createText: string, addText: string]>([
  ['hash:mac', extended, { ...full, element: '00:AA:22:33:44:55' }, extendedText, `timeout 9 ${fullText}`],
  [
    'hash:ip,mac',
    extended,
    { ...full, element: '1.2.3.4,00:AA:22:33:44:55' },
    `family inet ${extendedText}`,
    `timeout 9 ${fullText}`,
  ],
  ['hash:ip,mac', { family: 'inet6' }, { element: '2001:db8::1,00:AA:22:33:44:55' }, 'family inet6', ''],
  [
    'hash:ip,mark',
    { ...extended, markmask: 0xff00, hashsize: 1024, maxelem: 65536 },
    { ...full, element: '1.2.3.4,0x0000000a' },
    `family inet markmask 0x0000ff00 hashsize 1024 maxelem 65536 ${extendedText}`,
    `timeout 9 ${fullText}`,
  ],
  [
    'hash:net,net',
    { ...extended, netmask: 24 },
    { ...full, element: '1.2.3.0/24,10.0.0.1', nomatch: true },
    `family inet ${extendedText} netmask 24`,
    `timeout 9 nomatch ${fullText}`,
  ],
  [
    'hash:net,net',
    { bitmask: '255.0.0.255' },
    { element: '1.2.3.0/24,0.0.0.0/0' },
    'family inet bitmask 255.0.0.255',
    '',
  ],
  [
    'hash:net,port,net',
    extended,
    { ...full, element: '1.2.3.0/24,tcp:80,10.0.0.0/8', nomatch: true },
    `family inet ${extendedText}`,
    `timeout 9 nomatch ${fullText}`,
  ],
  [
    'hash:net,port,net',
    { family: 'inet6' },
    { element: '2001:db8::/32,ipv6-icmp:echo-request,::/0' },
    'family inet6',
    '',
  ],
])('%s %j is written as ipset writes it, and read back', (type, options, entry, createText, addText) => {
  expect(createLine('x', type, options)).toBe(`create x ${type} ${createText}`)
  const line = `add x ${entry.element} ${addText}`.trimEnd()
  const codec = new EntryCodec(type)
  const writer = new MessageWriter()
  codec.write(writer, entry, 0)
  const [read = { element: '' }] = codec.read(writer.bytes, writer.view, 0, writer.position)
  expect(read).toEqual(entry)
  expect(addLine('x', read)).toBe(line)
})

test('a line has no word for what is not there', () => {
  expect(createLine('a', 'hash:ip', { counters: false })).toBe('create a hash:ip family inet')
  expect(createLine('a', 'list:set', {})).toBe('create a list:set')
  expect(addLine('a', { element: 'b', comment: '', nomatch: false })).toBe('add a b')
})

function sorted(text: string): string[] {
  return text.split('\n').sort()
}

function isInKernel(sets: Ipset, type: string): boolean {
  try {
    return sets.revisions(type, setTypes[type]?.families[0] ?? 'inet').maximum >= 0
  } catch {
    return false
  }
}
