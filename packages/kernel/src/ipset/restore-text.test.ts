import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError } from '../errors.ts'
import { parseRestoreLine, parseRestoreText, type RestoreOperation } from './restore-text.ts'
import { addLine, createLine } from './save-text.ts'

function parsed(text: string): RestoreOperation | undefined {
  return parseRestoreLine(text, 3)
}

const add = { command: 'add', name: 'a', line: 3, exists: 'fail' }

describe('parseRestoreLine', () => {
  test.each([
    ['create a hash:ip', { type: 'hash:ip', options: {} }],
    [
      'create a hash:ip family inet6 hashsize 0x400 maxelem 010 bucketsize 12 initval 0x0000000c',
      {
        type: 'hash:ip',
        options: { family: 'inet6', hashsize: 1024, maxelem: 8, bucketsize: 12, initval: 12 },
      },
    ],
    [
      '-N a hash:net -6 --timeout 3 counters comment forceadd',
      {
        type: 'hash:net',
        options: { family: 'inet6', timeout: 3, counters: true, comment: true, forceadd: true },
      },
    ],
    ['n a bitmap:port range 0-9', { type: 'bitmap:port', options: { range: '0-9' } }],
    ['create a hash:ip bitmask 255.0.0.255', { type: 'hash:ip', options: { bitmask: '255.0.0.255' } }],
  ])('reads %j', (text, values) => {
    expect(parsed(text)).toEqual({ command: 'create', name: 'a', line: 3, exists: 'fail', ...values })
  })

  test.each([
    ['add a 192.0.2.1', { element: '192.0.2.1' }],
    [' \tadd  a\t192.0.2.1 \r', { element: '192.0.2.1' }],
    ['"add" "a" x"y z" comment "two  words"', { element: 'xy z', comment: 'two  words' }],
    [
      'add a 192.0.2.1 timeout 9 nomatch wildcard packets 18446744073709551614 bytes 0x10 comment # skbmark 0x1/0x3 skbprio 1:2 skbqueue 010',
      {
        element: '192.0.2.1',
        timeout: 9,
        nomatch: true,
        wildcard: true,
        packets: 2n ** 64n - 2n,
        bytes: 16n,
        comment: '#',
        skbmark: '0x1/0x3',
        skbprio: '1:2',
        skbqueue: 8,
      },
    ],
    ['-A a b before c', { element: 'b', before: 'c' }],
    ['add a b after c', { element: 'b', after: 'c' }],
    ['add a 192.0.2.0/24,[a-b]', { element: '192.0.2.0/24,a-b' }],
    ['add a [b]', { element: '[b]' }],
  ])('reads %j', (text, entry) => {
    expect(parsed(text)).toEqual({ ...add, entry })
  })

  test.each([
    ['del a b', { command: 'del', name: 'a', entry: { element: 'b' } }],
    ['flush', { command: 'flush', name: undefined }],
    ['flush a', { command: 'flush', name: 'a' }],
    ['destroy', { command: 'destroy', name: undefined }],
    ['x a', { command: 'destroy', name: 'a' }],
    ['swap a b', { command: 'swap', name: 'a', name2: 'b' }],
    ['-E a b', { command: 'rename', name: 'a', name2: 'b' }],
  ])('reads %j', (text, values) => {
    expect(parsed(text)).toEqual({ ...values, line: 3, exists: 'fail' })
  })

  test.each(['-exist add a b', 'add -! a b', 'add a b --exist'])('reads -exist in %j', (text) => {
    expect(parsed(text)).toEqual({ ...add, entry: { element: 'b' }, exists: 'ignore' })
  })

  test.each(['', '  \t\r', '# "', '  # add a b', 'COMMIT', ' COMMIT \r'])('finds nothing in %j', (text) => {
    expect(parsed(text)).toBeUndefined()
  })

  test.each([
    ['create', 'the name of a set should stand'],
    ['create a', 'the type of the set should stand'],
    ['create a hash:nope', '"hash:nope" is not a set type'],
    ['create a __proto__', 'is not a set type'],
    [`create ${'x'.repeat(32)} hash:ip`, 'longer than 31 bytes'],
    ['create "a b" hash:ip', 'holds a blank'],
    ['create a hash:ip hashsize', 'the value of hashsize should stand'],
    ['create a hash:ip hashsize x', 'must be a whole number'],
    ['create a hash:ip hashsize 09', 'must be a whole number'],
    ['create a hash:ip range 1-2', 'no create option "range"'],
    ['create a hash:ip comment comment', 'stands twice'],
    ['create a hash:ip -4 family inet', 'stands twice'],
    ['create a hash:ip family ipv4', 'is not a family'],
    ['create a hash:ip toString 3', 'no create option "toString"'],
    ['add', 'the name of a set should stand'],
    ['add a', 'an entry should stand'],
    ['add a b comment', 'the value of comment should stand'],
    ['add a b comment "x', 'not closed'],
    ['add a b comment x comment y', 'stands twice'],
    [`add a b comment ${'x'.repeat(256)}`, 'longer than 255 bytes'],
    ['add a b element c', 'no option "element"'],
    ['add a b timeout -1', 'must be a whole number'],
    ['add a b timeout 99999999999999999999', 'is too large'],
    ['flush a b', 'one word too many'],
    ['swap a', 'the name of a set should stand'],
    ['list a', '"list" is not a command that can be restored'],
    ['*filter', 'is not a command'],
  ])('refuses %j', (text, words) => {
    expect(() => parsed(text)).toThrow(
      expect.objectContaining({
        code: 'bad-restore-line',
        line: 3,
        message: expect.stringMatching(/^Line 3: .*\.$/su),
      }),
    )
    expect(() => parsed(text)).toThrow(words)
  })

  test('reads the lines that are written', () => {
    const word = fc.stringMatching(/^[a-z0-9:.,/]{1,20}$/)
    const entries = fc.record(
      {
        element: word,
        timeout: fc.nat(2147483),
        nomatch: fc.constant(true),
        wildcard: fc.constant(true),
        packets: fc.bigInt({ min: 0n, max: 2n ** 64n - 2n }),
        bytes: fc.bigInt({ min: 0n, max: 2n ** 64n - 2n }),
        comment: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter(isComment),
        skbmark: word,
        skbprio: word,
        skbqueue: fc.nat(65535),
      },
      { requiredKeys: ['element'] },
    )
    fc.assert(
      fc.property(entries, (entry) => {
        expect(parsed(addLine('a', entry))).toEqual({ ...add, entry })
      }),
    )
    const options = fc.record(
      {
        family: fc.constantFrom('inet' as const, 'inet6' as const),
        hashsize: fc.nat(),
        maxelem: fc.nat(),
        bitmask: word,
        timeout: fc.nat(),
        counters: fc.constant(true),
        comment: fc.constant(true),
        skbinfo: fc.constant(true),
        forceadd: fc.constant(true),
        bucketsize: fc.nat(),
        initval: fc.nat(),
      },
      { requiredKeys: ['family'] },
    )
    fc.assert(
      fc.property(options, (values) => {
        expect(parsed(createLine('a', 'hash:ip', values, { forceadd: true }))).toMatchObject({
          command: 'create',
          type: 'hash:ip',
          options: values,
        })
      }),
    )
  })

  test('survives any line', () => {
    const words = fc.constantFrom(
      'create',
      'add',
      'a',
      'hash:ip',
      'comment',
      '"',
      '-exist',
      'timeout',
      '3',
      '[',
    )
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words).map((list) => list.join(' ')),
    )
    fc.assert(
      fc.property(line, (text) => {
        try {
          parsed(text)
        } catch (error) {
          expect(error).toBeInstanceOf(InputError)
          expect(error).toMatchObject({ code: 'bad-restore-line', line: 3 })
        }
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('parseRestoreText', () => {
  test('counts lines, those without a command too', () => {
    const operations = [
      ...parseRestoreText('# saved\n\ncreate a hash:ip\nadd a 192.0.2.1\n\nCOMMIT\nflush a'),
    ]
    expect(operations.map(({ command, line }) => [command, line])).toEqual([
      ['create', 3],
      ['add', 4],
      ['flush', 7],
    ])
  })

  test('yields what comes before a bad line', () => {
    const operations: RestoreOperation[] = []
    const read = (): void => {
      for (const operation of parseRestoreText('flush a\nnope\nflush b')) operations.push(operation)
    }
    expect(read).toThrow(expect.objectContaining({ line: 2 }))
    expect(operations).toHaveLength(1)
  })
})

function isComment(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  return !/[\u0000-\u001f\u007f"]|^-/u.test(text) && Buffer.byteLength(text) <= 255
}
