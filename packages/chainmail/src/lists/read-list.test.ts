import { Buffer } from 'node:buffer'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LONGEST_LINE } from './lines.ts'
import type { BrokenLine, ListEntry, ListOptions, ListSource } from './list.ts'
import { readList } from './read-list.ts'

async function entriesOf(source: ListSource, options: ListOptions = {}): Promise<ListEntry[]> {
  const entries: ListEntry[] = []
  for await (const entry of readList(source, options)) entries.push(entry)
  return entries
}

async function elementsOf(source: ListSource, options: ListOptions = {}): Promise<string[]> {
  return (await entriesOf(source, options)).map(({ element }) => element)
}

/** The entries of a list, and each broken line with its number. */
async function skipping(source: ListSource, options: ListOptions = {}): Promise<[string[], BrokenLine[]]> {
  const broken: BrokenLine[] = []
  const elements = await elementsOf(source, {
    ...options,
    onBroken: 'skip',
    reportBroken: (line) => broken.push(line),
  })
  return [elements, broken]
}

describe('a plain list', () => {
  test('has an entry a line, with comments and blank lines between', async () => {
    const text = `# Addresses
; and networks

192.0.2.1
  192.0.2.0/24  # behind a blank
198.51.100.0/24;SBL1
198.51.100.7#at once
2001:db8::/32 ; IPv6
192.0.2.7 - 192.0.2.9
192.0.2.7-192.0.2.9
`
    expect(await entriesOf(text)).toEqual(
      [
        [4, '192.0.2.1'],
        [5, '192.0.2.0/24'],
        [6, '198.51.100.0/24'],
        [7, '198.51.100.7'],
        [8, '2001:db8::/32'],
        [9, '192.0.2.7-192.0.2.9'],
        [10, '192.0.2.7-192.0.2.9'],
      ].map(([line, element]) => ({ line, element, options: {} })),
    )
  })

  test('may tell the options of entries in ipset’s words', async () => {
    const text = '192.0.2.1 timeout 60\n192.0.2.2 timeout 0x10 comment "a # b" # c\n192.0.2.0/24 nomatch'
    expect((await entriesOf(text)).map(({ options }) => options)).toEqual([
      { timeout: 60 },
      { timeout: 16, comment: 'a # b' },
      { nomatch: true },
    ])
  })

  test('holds what its set type takes', async () => {
    expect(await elementsOf('192.0.2.1,tcp:80\n2001:db8::1,udp:53', { type: 'hash:ip,port' })).toEqual([
      '192.0.2.1,tcp:80',
      '2001:db8::1,udp:53',
    ])
    expect(await elementsOf('22\n80-90', { type: 'bitmap:port' })).toEqual(['22', '80-90'])
    expect(await elementsOf('a;b\nc#d # e', { type: 'list:set' })).toEqual(['a;b', 'c#d'])
    expect(await elementsOf('192.0.2.0/24,eth0#1', { type: 'hash:net,iface' })).toEqual([
      '192.0.2.0/24,eth0#1',
    ])
  })
})

describe('a list in CSV', () => {
  test.each<[string, ListOptions, string[]]>([
    [
      'first_seen,ip,country\n2026,192.0.2.1,DE\n2026,"192.0.2.2","a ""b"", c"',
      {},
      ['192.0.2.1', '192.0.2.2'],
    ],
    ['1,192.0.2.1,DE\n2,192.0.2.2,FR', {}, ['192.0.2.1', '192.0.2.2']],
    [
      '# made today\nnetwork;country\n192.0.2.0/24;DE\n# more\n\n198.51.100.0/24;FR',
      {},
      ['192.0.2.0/24', '198.51.100.0/24'],
    ],
    ['Start\tEnd\n192.0.2.0\t192.0.2.255', { column: 'End' }, ['192.0.2.255']],
    ['from,to\n192.0.2.1,192.0.2.2', { column: 'TO' }, ['192.0.2.2']],
    ['from,to\n192.0.2.1,192.0.2.2', { column: 2 }, ['192.0.2.2']],
    ['192.0.2.1,192.0.2.2', { column: 2 }, ['192.0.2.2']],
    ['ip\n192.0.2.1', {}, ['192.0.2.1']],
    ['192.0.2.1', { format: 'csv' }, ['192.0.2.1']],
    ['why,ip\n"two\nlines, ""quoted""",192.0.2.1\n"",192.0.2.2', {}, ['192.0.2.1', '192.0.2.2']],
  ])('%j with %j holds %j', async (text, options, elements) => {
    expect(await elementsOf(text, options)).toEqual(elements)
  })

  test('counts a record by the line on which it begins', async () => {
    const entries = await entriesOf('why,ip\n"a\nb\nc",192.0.2.1\nd,192.0.2.2')
    expect(entries.map(({ line, element }) => [line, element])).toEqual([
      [2, '192.0.2.1'],
      [5, '192.0.2.2'],
    ])
  })

  test.each<[string, ListOptions, string]>([
    [
      'a,b\n1,2',
      {},
      'line 1: No column is named like an address or holds an entry, so say which one it is: "a", "b".',
    ],
    ['a,b\n1,2', { column: 'c' }, 'line 1: There is no column "c"; there are "a", "b".'],
    ['ip,n\n192.0.2.1,1\n,2', {}, 'line 3: Column 1 is empty.'],
    ['n,ip\n1', {}, 'line 2: The line has 1 columns, and the entry is in column 2.'],
    [
      'n,ip\n1,"192.0.2.1" x',
      {},
      'line 2: Behind a closing quotation mark stands neither a delimiter nor the end.',
    ],
    ['n,ip\n1,"192.0.2.1\n2', {}, 'line 2: A quotation mark is not closed.'],
    ['n,ip\n1,example.org', {}, 'line 2: "example.org" is not an address'],
  ])('%j with %j is broken: %s', async (text, options, message) => {
    await expect(entriesOf(text, options)).rejects.toThrow(message)
  })
})

describe('a list of JSON lines', () => {
  test.each<[string, ListOptions, string[]]>([
    ['"192.0.2.1"\n"192.0.2.2"', {}, ['192.0.2.1', '192.0.2.2']],
    ['{"n":1,"ip":"192.0.2.1"}\n\n{"ip":"192.0.2.2"}', {}, ['192.0.2.1', '192.0.2.2']],
    ['{"who":{"at":"192.0.2.1"},"ip":"192.0.2.9"}', { column: 'who.at' }, ['192.0.2.1']],
    ['{"who.at":"192.0.2.1"}', { column: 'who.at' }, ['192.0.2.1']],
    ['{"port":22}', { column: 'port', type: 'bitmap:port' }, ['22']],
  ])('%j with %j holds %j', async (text, options, elements) => {
    expect(await elementsOf(text, options)).toEqual(elements)
  })

  test('reads entries with their options as chainmail writes them', async () => {
    const text =
      '{"element":"192.0.2.1","timeout":60,"packets":"18446744073709551614","comment":"x","who":"me"}'
    expect(await entriesOf(text)).toEqual([
      {
        line: 1,
        element: '192.0.2.1',
        options: { timeout: 60, packets: 18_446_744_073_709_551_614n, comment: 'x' },
      },
    ])
  })

  test.each([
    ['{"ip":"192.0.2.1"', 'line 1: The line is not JSON: '],
    ['{"a":1}', 'line 1: The object has no member that is named like an address.'],
    ['{"ip":["192.0.2.1"]}', 'line 1: The object has no string "ip".'],
    ['{"__proto__":{"ip":"192.0.2.1"}}', 'line 1: The object has no member'],
    ['{"element":"192.0.2.1","timeout":"soon"}', 'line 1: The entry option timeout cannot be "\\"soon\\"".'],
    ['{"ip":"192.0.2.1"}\n17', 'line 2: An entry is a JSON string or an object, not number.'],
    ['{"ip":"192.0.2.1"}\nnull', 'line 2: The object has no member'],
    [
      '["192.0.2.1"]',
      "The list begins like one JSON array; write one JSON value a line, for instance with jq -c '.[]'.",
    ],
  ])('%j is broken: %s', async (text, message) => {
    await expect(entriesOf(text)).rejects.toThrow(message)
  })
})

describe('a list that ipset save printed', () => {
  const saved = `create a hash:net family inet hashsize 1024 maxelem 65536 timeout 600 comment bucketsize 12
add a 192.0.2.1 timeout 60
add a 192.0.2.0/24 timeout 0 comment "my net"
add a 192.0.2.9
`
  test('holds the entries with their options', async () => {
    expect(await entriesOf(saved)).toEqual([
      { line: 2, element: '192.0.2.1', options: { timeout: 60 } },
      { line: 3, element: '192.0.2.0/24', options: { timeout: 0, comment: 'my net' } },
      { line: 4, element: '192.0.2.9', options: {} },
    ])
  })

  test('of several sets needs to be told which one', async () => {
    const both = `${saved}create b hash:ip\nadd b 198.51.100.1\n`
    await expect(entriesOf(both)).rejects.toThrow(
      'line 6: The entry is of the set "b", and those before are of "a". Say which set is wanted.',
    )
    expect(await elementsOf(both, { column: 'b' })).toEqual(['198.51.100.1'])
  })

  test('is broken where it does not add', async () => {
    await expect(entriesOf(`${saved}flush a\n`)).rejects.toThrow(
      'line 5: A list holds entries, and this is the command flush.',
    )
    await expect(entriesOf(`${saved}add a 192.0.2.1 tiemout 1\n`)).rejects.toThrow(
      'line 5: Entries have no option "tiemout".',
    )
  })
})

describe('broken lines', () => {
  test('stop everything, with their number, if nothing else is said', async () => {
    const seen: string[] = []
    const reading = (async () => {
      for await (const { element } of readList('192.0.2.1\n192.0.2.300\n192.0.2.3')) seen.push(element)
    })()
    await expect(reading).rejects.toMatchObject({ name: 'ChainmailError', code: 'bad-element', line: 2 })
    expect(seen).toEqual(['192.0.2.1'])
  })

  test('are reported by number and left out, if told so', async () => {
    const bytes = Buffer.concat([
      Buffer.from('192.0.2.1\r\nexample.org\r\n192.0.2.2 tiemout 5\r\n'),
      Buffer.of(0xff, 0x41, 0x0a),
      Buffer.from(`${'1'.repeat(LONGEST_LINE + 1)}\n192.0.2.2-192.0.2.1\n192.0.2.3`),
    ])
    const [elements, broken] = await skipping(bytes)
    expect(elements).toEqual(['192.0.2.1', '192.0.2.3'])
    expect(broken.map(({ line, code }) => [line, code])).toEqual([
      [2, 'bad-element'],
      [3, 'bad-restore-line'],
      [4, 'bad-syntax'],
      [5, 'bad-syntax'],
      [6, 'bad-element'],
    ])
    expect(broken.map(({ message }) => message)).toEqual([
      expect.stringContaining('"example.org" is not an address'),
      'Entries have no option "tiemout".',
      'The bytes are not UTF-8.',
      'The line is longer than 65536 bytes.',
      'The range "192.0.2.2-192.0.2.1" ends before it begins. Swap its two addresses.',
    ])
  })

  test('are addresses of the other family, where the set’s is known', async () => {
    const [elements, broken] = await skipping('192.0.2.1\n2001:db8::1', { family: 'inet6' })
    expect(elements).toEqual(['2001:db8::1'])
    expect(broken).toEqual([
      {
        line: 1,
        code: 'set-family-mismatch',
        message: 'The set holds IPv6 addresses, and "192.0.2.1" is one of IPv4.',
      },
    ])
  })

  test.each([
    [Buffer.from('\ufeff192.0.2.1\n', 'utf16le'), 'The list is in UTF-16'],
    [Buffer.of(0x1f, 0x8b, 8, 0, 0x0a), 'The list is compressed'],
  ])('are not what is no text at all: %#', async (bytes, message) => {
    await expect(skipping(bytes)).rejects.toThrow(message)
  })
})

describe('a stream', () => {
  test('gives the same entries in whatever pieces it comes', async () => {
    const text = '\ufeff# Zürich\r\n192.0.2.1\r\n2001:db8::1 # 🔥\n\n192.0.2.0/24 comment "é"\n192.0.2.9'
    const bytes = Buffer.from(text)
    const whole = await entriesOf(bytes)
    expect(whole).toHaveLength(4)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 12 }), async (cuts) => {
        const ends = [...cuts.toSorted((one, other) => one - other), bytes.length]
        const pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
        expect(await entriesOf(pieces)).toEqual(whole)
      }),
    )
  })

  test('may use its buffer again', async () => {
    async function* reused(): AsyncGenerator<Uint8Array> {
      const buffer = Buffer.alloc(4)
      for (const piece of ['192.', '0.2.', '1\n19', '2.0.', '2.2\n']) {
        buffer.write(piece)
        yield buffer.subarray(0, piece.length)
      }
    }
    expect(await elementsOf(reused())).toEqual(['192.0.2.1', '192.0.2.2'])
  })

  test('gives entries as they arrive', async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const writer = writable.getWriter()
    const entries = readList(readable)
    const written = writer.write(Buffer.from('192.0.2.1\n192.0.'))
    expect((await entries.next()).value).toEqual({ line: 1, element: '192.0.2.1', options: {} })
    await written
    await entries.return()
  })

  test('lets others have their turn, however much of it is there at once', async () => {
    const text = '192.0.2.1\n'.repeat(200_000)
    let turns = 0
    let over = false
    const others = (async () => {
      while (!over) {
        await setImmediate()
        turns++
      }
    })()
    expect(await elementsOf(text)).toHaveLength(200_000)
    over = true
    await others
    expect(turns).toBeGreaterThan(3)
  })

  test('that never ends a line is not kept', async () => {
    function* endless(): Generator<Uint8Array> {
      const piece = Buffer.alloc(65_536, '1')
      for (let count = 0; count < 2_000; count++) yield piece
      yield Buffer.from('\n192.0.2.1\n')
    }
    const before = process.memoryUsage().arrayBuffers
    const [elements, broken] = await skipping(endless())
    expect(elements).toEqual(['192.0.2.1'])
    expect(broken).toEqual([{ line: 1, code: 'bad-syntax', message: 'The line is longer than 65536 bytes.' }])
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64e6)
  })

  test('whose lines are all as long as they may be, or one byte longer, is read right', async () => {
    for (const length of [LONGEST_LINE, LONGEST_LINE + 1]) {
      const line = `192.0.2.1 #${'x'.repeat(length - 11)}\n`
      const [elements, broken] = await skipping(line.repeat(5))
      expect(elements).toHaveLength(length > LONGEST_LINE ? 0 : 5)
      expect(broken.map(({ line: number }) => number)).toEqual(length > LONGEST_LINE ? [1, 2, 3, 4, 5] : [])
    }
  })

  test('holds nothing but entries or broken lines, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.array(fc.string()), async (bytes, lines) => {
        for (const source of [bytes, lines.join('\n')]) {
          for (const format of ['plain', 'csv', 'json', 'ipset', undefined] as const) {
            await skipping(source, { format }).catch((error: unknown) => {
              expect(error).toMatchObject({ code: 'bad-syntax' })
            })
          }
        }
      }),
      { numRuns: 200 },
    )
  })
})
