import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Command,
  CommandError,
  type CommandSettings,
  type Method,
  parseCommand,
  parseExpire,
} from './command.ts'
import { actions, type Entry, keyOf, pathOf } from './entry.ts'

const settings: CommandSettings = { nonRestful: false, defaultExpire: 86_400 }
const parse = (request: string, own: CommandSettings = settings): Command => {
  const [method, ...target] = request.split(' ')
  if (method !== 'GET' && method !== 'PUT' && method !== 'DELETE') throw new RangeError(request)
  return parseCommand(method, target.join(' '), own)
}

/** What a request asks for, in the words of iptables. */
function words(command: Command): string {
  if (command.do === 'help') return 'help'
  if (command.do === 'list') return `list ${command.chain ?? 'all'}`
  const { action, chain, inInterface, outInterface, source, destination, family } = command.entry
  const parts = [
    command.do === 'put' ? '-I' : '-D',
    chain.toUpperCase(),
    inInterface && `-i ${inInterface}`,
    outInterface && `-o ${outInterface}`,
    source && `-s ${source.text}`,
    destination && `-d ${destination.text}`,
    `-j ${action.toUpperCase()}`,
    family === 'ipv6' ? '(ipv6)' : undefined,
  ]
  return parts.filter((part) => part !== undefined).join(' ')
}

describe('the grammar', () => {
  it.each([
    ['PUT /drop/input/eth0/11.22.33.44', '-I INPUT -i eth0 -s 11.22.33.44 -j DROP'],
    ['DELETE /drop/input/eth0/11.22.33.44', '-D INPUT -i eth0 -s 11.22.33.44 -j DROP'],
    ['PUT /accept/output/any/192.168.0.0/24', '-I OUTPUT -d 192.168.0.0/24 -j ACCEPT'],
    [
      'PUT /reject/forward/ppp/1.2.3.0/24/eth0/5.5.5.5',
      '-I FORWARD -i ppp+ -o eth0 -s 1.2.3.0/24 -d 5.5.5.5 -j REJECT',
    ],
    ['PUT /drop/input/any/11.22.33.44?expire=600', '-I INPUT -s 11.22.33.44 -j DROP'],
    ['PUT /DROP/Input/ETH0/11.22.33.44/', '-I INPUT -i eth0 -s 11.22.33.44 -j DROP'],
    ['PUT /drop/input/any/11.22.33.44/32', '-I INPUT -s 11.22.33.44 -j DROP'],
    ['PUT /drop/input/any/11.22.33.44/9', '-I INPUT -s 11.0.0.0/9 -j DROP'],
    ['PUT /drop/input/any/10.1.2.3/24', '-I INPUT -s 10.1.2.0/24 -j DROP'],
    ['PUT /drop/input/eth0.100/10.1.2.3', '-I INPUT -i eth0.100 -s 10.1.2.3 -j DROP'],
    ['PUT /drop/input/br-lan/10.1.2.3', '-I INPUT -i br-lan+ -s 10.1.2.3 -j DROP'],
    ['PUT /drop/input/abcdefghijklmno/10.1.2.3', '-I INPUT -i abcdefghijklmno -s 10.1.2.3 -j DROP'],
    ['PUT /drop/forward/any/1.2.3.4', '-I FORWARD -s 1.2.3.4 -j DROP'],
    ['PUT /drop/forward/any/1.2.3.4/eth1', '-I FORWARD -o eth1 -s 1.2.3.4 -j DROP'],
    ['PUT /drop/forward/any/1.2.3.4/any/5.6.0.0/16', '-I FORWARD -s 1.2.3.4 -d 5.6.0.0/16 -j DROP'],
    ['PUT /drop/forward/any/1.2.3.0/24/any/5.6.0.0/16', '-I FORWARD -s 1.2.3.0/24 -d 5.6.0.0/16 -j DROP'],
    ['PUT /drop/forward/any/0.0.0.0/eth0/5.5.5.5', '-I FORWARD -o eth0 -d 5.5.5.5 -j DROP'],
    ['PUT /drop/forward/eth0/0.0.0.0', '-I FORWARD -i eth0 -j DROP'],
    ['PUT /drop/input/any/2001:db8::1', '-I INPUT -s 2001:db8::1 -j DROP (ipv6)'],
    ['PUT /drop/input/any/2001%3Adb8%3A%3A1', '-I INPUT -s 2001:db8::1 -j DROP (ipv6)'],
    ['PUT /drop/input/any/2001:DB8:0::/32', '-I INPUT -s 2001:db8::/32 -j DROP (ipv6)'],
    ['PUT /drop/input/any/2000::/17', '-I INPUT -s 2000::/17 -j DROP (ipv6)'],
    ['PUT /drop/forward/any/::/eth0/2001:db8::1', '-I FORWARD -o eth0 -d 2001:db8::1 -j DROP (ipv6)'],
    ['GET /', 'help'],
    ['GET /list', 'list all'],
    ['GET /List/INPUT/', 'list input'],
    ['GET /list/forward', 'list forward'],
  ])('reads %s', (request, expected) => {
    expect(words(parse(request))).toBe(expected)
  })

  it.each([
    'GET /nosuch',
    'GET /list/prerouting',
    'GET /list/input/more',
    'GET /list?wait=true',
    'PUT /list',
    'PUT /',
    'DELETE /list/input',
    'PUT /drop',
    'PUT /drop/input',
    'PUT /drop/input/eth0',
    'PUT /drop/mangle/any/1.2.3.4',
    'PUT /log/input/any/1.2.3.4',
    'PUT //drop/input/any/1.2.3.4',
    'PUT /drop//input/any/1.2.3.4',
    'PUT /drop/../accept/input/any/1.2.3.4',
    'PUT /drop/input/any/1.2.3.4//',
    'PUT /drop/input/any/1.2.3.4/24/eth0',
    'PUT /drop/input/any/1.2.3.4/eth0',
    'PUT /drop/input/any/1.2.3.4/8',
    'PUT /drop/input/any/1.2.3.4/33',
    'PUT /drop/input/any/1.2.3.4/0',
    'PUT /drop/input/any/1.2.3.4/-1',
    'PUT /drop/input/any/1.2.3.4/255.255.255.0',
    'PUT /drop/input/any/2001:db8::1/16',
    'PUT /drop/input/any/2001:db8::1/129',
    'PUT /drop/input/any/0.0.0.0',
    'PUT /drop/input/any/::',
    'PUT /drop/input/any/0:0::0',
    'PUT /drop/output/any/0.0.0.0',
    'PUT /drop/forward/any/0.0.0.0/24',
    'PUT /drop/forward/any/1.2.3.4/eth0/0.0.0.0',
    'PUT /drop/forward/any/1.2.3.4/eth0/2001:db8::1',
    'PUT /drop/forward/any/0.0.0.0/eth0/2001:db8::1',
    'PUT /drop/forward/any/1.2.3.4/24/eth0/5.5.5.5/24/more',
    'PUT /drop/input/any/::ffff:1.2.3.4',
    'PUT /drop/input/any/1.2.3',
    'PUT /drop/input/any/1.2.3.04',
    'PUT /drop/input/any/256.1.1.1',
    'PUT /drop/input/any/localhost',
    'PUT /drop/input/any/fe80::1%25eth0',
    'PUT /drop/input/abcdefghijklmnop/1.2.3.4',
    'PUT /drop/input/abcdefghijklmno0/1.2.3.4',
    'PUT /drop/input/eth+/1.2.3.4',
    'PUT /drop/input/-i/1.2.3.4',
    'PUT /drop/input/!eth0/1.2.3.4',
    'PUT /drop/input/./1.2.3.4',
    'PUT /drop/input/*/1.2.3.4',
    'PUT /drop/input/any/1.2.3.4?expire=x',
    'PUT /drop/input/any/1.2.3.4?expire=',
    'PUT /drop/input/any/1.2.3.4?expire=-1',
    'PUT /drop/input/any/1.2.3.4?expire=1w',
    'PUT /drop/input/any/1.2.3.4?expire=999999999d',
    'PUT /drop/input/any/1.2.3.4?expire=1&expire=2',
    'PUT /drop/input/any/1.2.3.4?wait=maybe',
    'PUT /drop/input/any/1.2.3.4?modify=insert',
    'PUT /drop/input/any/1.2.3.4?expires=600',
    'GET /drop/input/any/1.2.3.4',
    'GET /drop/input/any/1.2.3.4?modify=insert',
  ])('refuses %s in one sentence', (request) => {
    const refused = refusal(request)
    expect(refused).toMatch(/^[^\n]{10,300}$/)
  })

  it.each([
    ['a line break', '1.2.3.4%0a-j%20ACCEPT'],
    ['a NUL', '1.2.3.4%00'],
    ['a blank and an option', '1.2.3.4%20-j%20ACCEPT'],
    ['an encoded slash before a mask', '1.2.3.4%2F24'],
    ['an encoded slash before dots', '%2e%2e%2f%2e%2e'],
    ['quotes', '"1.2.3.4"'],
    ['a shell', '$(reboot)'],
    ['a semicolon', '1.2.3.4;reboot'],
    ['a comma between two', '1.2.3.4,5.6.7.8'],
    ['a negation', '!1.2.3.4'],
    ['letters that are others in lower case', '1.2.3.4%E2%84%AA'],
    ['a broken encoding', '1.2.3.4%E2%84'],
    ['a percent sign alone', '%'],
    ['a megabyte', 'a'.repeat(1 << 20)],
  ])('refuses %s in every place of a path', (_what, text) => {
    const places = [
      `/${text}/input/any/1.2.3.4`,
      `/drop/${text}/any/1.2.3.4`,
      `/drop/input/${text}/1.2.3.4`,
      `/drop/input/any/${text}`,
      `/drop/input/any/1.2.3.4/${text}`,
      `/drop/forward/any/1.2.3.4/${text}`,
      `/drop/forward/any/1.2.3.4/any/${text}`,
      `/list/${text}`,
    ]
    const readable = places.filter((path) => readableAs('PUT', path) || readableAs('GET', path))
    // What is long and made of letters is a name of an interface as far as its characters go.
    expect(readable).toEqual([])
  })

  it('allows a change by GET only where that is set, and only with modify', () => {
    const own = { ...settings, nonRestful: true }
    expect(words(parse('GET /drop/input/any/1.2.3.4?modify=insert', own))).toBe('-I INPUT -s 1.2.3.4 -j DROP')
    expect(words(parse('GET /drop/input/any/1.2.3.4?modify=delete', own))).toBe('-D INPUT -s 1.2.3.4 -j DROP')
    expect(() => parse('GET /drop/input/any/1.2.3.4', own)).toThrow(CommandError)
    expect(() => parse('GET /drop/input/any/1.2.3.4?modify=drop', own)).toThrow(CommandError)
  })

  it('takes the time from the request, or from the setting', () => {
    const seconds = (query: string): unknown => parse(`PUT /drop/input/any/1.2.3.4${query}`)
    expect(seconds('')).toMatchObject({ seconds: 86_400 })
    expect(seconds('?expire=10m&wait=TRUE')).toMatchObject({ seconds: 600 })
    expect(seconds('?wait')).toMatchObject({ seconds: 86_400 })
    expect(seconds('?expire=0')).toMatchObject({ seconds: 0 })
  })

  it('reads the path of any entry as that entry again', () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        const command = parse(`PUT ${pathOf(entry)}`)
        expect(command.do === 'put' && keyOf(command.entry)).toBe(keyOf(entry))
        const again = parse(`PUT ${pathOf(entry).toUpperCase()}/`)
        expect(again).toEqual(command)
      }),
    )
  })

  it('answers any text with a command or a sentence, and changes only what is named', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'drop',
        'input',
        'forward',
        'any',
        'eth0',
        '1.2.3.4',
        '24',
        'list',
        '..',
        '?',
        '&',
        'expire=1',
      ),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(piece), fc.constantFrom<Method>('GET', 'PUT', 'DELETE'), (pieces, method) => {
        const path = `/${pieces.join('/')}`
        try {
          const command = parseCommand(method, path, settings)
          if (command.do === 'put' || command.do === 'delete')
            expect(path.toLowerCase().startsWith(pathOf(command.entry).slice(0, 12))).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(CommandError)
        }
      }),
    )
  })
})

describe('a time span', () => {
  it.each([
    ['600', 600],
    ['30s', 30],
    ['10m', 600],
    ['2h', 7_200],
    ['1d', 86_400],
    ['0', 0],
    ['0d', 0],
    ['', undefined],
    ['1.5h', undefined],
    ['1 h', undefined],
    ['10M', undefined],
    ['1e3', undefined],
    ['36600d', 3_162_240_000],
    ['36601d', undefined],
  ])('%j is %s seconds', (text, seconds) => {
    expect(parseExpire(text)).toBe(seconds)
  })
})

function refusal(request: string): string {
  try {
    return `accepted: ${words(parse(request))}\n`
  } catch (error) {
    if (error instanceof CommandError) return error.message
    throw error
  }
}

function readableAs(method: Method, path: string): boolean {
  try {
    parseCommand(method, path, settings)
    return true
  } catch (error) {
    if (error instanceof CommandError) return false
    throw error
  }
}

const ipv4 = fc.tuple(fc.ipV4(), fc.integer({ min: 9, max: 32 }))
const ipv6 = fc.tuple(fc.ipV6(), fc.integer({ min: 17, max: 128 }))
const name = fc.stringMatching(/^[a-z][a-z0-9_.-]{0,9}[a-z0-9]$/)

/** Entries that some path asks for. */
const anyEntry: fc.Arbitrary<Entry> = fc
  .tuple(
    fc.constantFrom(...actions),
    fc.constantFrom('input', 'output', 'forward'),
    fc.oneof(ipv4, ipv6),
    name,
  )
  .map(([action, chain, [address, prefix], device]) => `/${action}/${chain}/${device}/${address}/${prefix}`)
  .filter((path) => readableAs('PUT', path))
  .map((path) => {
    const command = parse(`PUT ${path}`)
    if (command.do !== 'put') throw new Error(path)
    return command.entry
  })
