import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lineFault, MAX_LINE_BYTES, splitLine } from './line.ts'

describe('lineFault', () => {
  test.each([
    '-A INPUT -j DROP',
    '-I INPUT 3 -c 5 6 -s 192.0.2.1/32 -p tcp -m tcp --dport 22 -j REJECT --reject-with tcp-reset',
    '-A INPUT -m comment --comment "-h -M \\"x\\"" -j DROP',
    '-A INPUT -m comment --comment -h -j DROP',
    '-A INPUT -j LOG --log-prefix "--modprobe=x"',
    '-A INPUT -m statistic --mode random --probability 0.5 -j DROP',
    '-A INPUT ! -i eth4 -f -j DROP',
    '-A INPUT -m hl --hl-eq 5 -j DROP',
    '-D INPUT 1',
    '-F',
    '-E old new',
    '-P INPUT DROP',
    ':INPUT ACCEPT',
    ':chain - [0:0]',
    `-A INPUT ${' '.repeat(MAX_LINE_BYTES - '-A INPUT -j DROP'.length - 1)} -j DROP`,
  ])('takes %s', (line) => {
    expect(lineFault(line)).toBeUndefined()
  })

  test.each([
    ['a newline', '-A INPUT -j DROP\n-F'],
    ['a newline in quotes', '-A INPUT -m comment --comment "a\nb"'],
    ['a carriage return', '-A INPUT -j DROP\r-F'],
    ['a NUL', '-A INPUT -s 192.0.2.1\0 -j DROP'],
    ['a quote that is not closed', '-A INPUT -m comment --comment "a'],
    ['a lone surrogate', '-A INPUT -m comment --comment \ud800'],
    ['nothing', ''],
    ['blanks first', ' -A INPUT'],
    ['a quoted command', '"-A" INPUT'],
    ['no command', 'hello'],
    ['a table', '*nat'],
    ['a commit', 'COMMIT'],
    ['a comment', '# hello'],
    ['counters in front', '[1:2] -A INPUT'],
    ['a listing', '-L INPUT'],
    ['a listing of rules', '-S'],
    ['a long command', '--flush INPUT'],
    ['a command joined with its value', '-AINPUT -j DROP'],
    ['a family first', '-6 -A INPUT'],
    ['-6, which makes iptables-restore ignore the line', '-A INPUT -6 -j DROP'],
    ['-4, which makes ip6tables-restore ignore the line', '-A INPUT -j DROP -4'],
    ['--ipv6', '-A INPUT --ipv6 -j DROP'],
    ['a program to run', '-A INPUT -M /tmp/x -j DROP'],
    ['a program to run, joined', '-A INPUT -M/tmp/x -j DROP'],
    ['a program to run behind a flag', '-A INPUT -fM /tmp/x -j DROP'],
    ['a program to run, spelled out', '-A INPUT --modprobe=/tmp/x'],
    ['a program to run, shortened', '-A INPUT --mod /tmp/x'],
    ['a program to run, in quotes', '-A INPUT "-M" /tmp/x'],
    ['a program to run, behind an interface named like a text option', '-A INPUT -i --comment -M /tmp/x'],
    ['a call for help', '-A INPUT -h'],
    ['a call for help, shortened', '-A INPUT --he'],
    ['a call for the version', '-A INPUT -V'],
    ['a call for more output', '-A INPUT --verbose -j DROP'],
    ['a chain declaration with more behind it', ':chain - [0:0] -j DROP'],
    ['a chain declaration without a policy', ':chain'],
  ])('refuses %s', (_what, line) => {
    expect(lineFault(line)).toMatchObject({ code: 'line-refused' })
  })

  test('refuses what does not fit the line buffer, counted in bytes', () => {
    const fits = `-A INPUT ${'x'.repeat(MAX_LINE_BYTES - 9)}`
    expect(lineFault(fits)).toBeUndefined()
    expect(lineFault(`${fits}x`)).toMatchObject({ code: 'line-too-long' })
    expect(lineFault(`${fits.slice(0, -1)}ß`)).toMatchObject({ code: 'line-too-long' })
    expect(lineFault(`-A INPUT ${'x'.repeat(1_000_000)}`)).toMatchObject({ code: 'line-too-long' })
  })

  test('never lets a text through that would be two lines', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('\n', '\r', '\0'),
        fc.string({ unit: 'binary' }),
        (head, end, tail) => {
          expect(lineFault(`-A INPUT ${head}${end}${tail}`)).toBeDefined()
        },
      ),
    )
  })
})

describe('splitLine', () => {
  test.each([
    ['-A  INPUT\t-j DROP ', ['-A', 'INPUT', '-j', 'DROP']],
    ['--comment "a b"', ['--comment', 'a b']],
    ['--comment ""', ['--comment', '']],
    ['--comment "a\\"b\\\\c\\d"', ['--comment', 'a"b\\cd']],
    ['--comment a\\b', ['--comment', 'a\\b']],
    ['--comment a"b c"d', ['--comment', 'ab c', 'd']],
    ["--comment 'a b'", ['--comment', "'a", "b'"]],
  ])('splits %s as iptables-restore does', (line, tokens) => {
    expect(splitLine(line)).toEqual(tokens)
  })

  test('finds no arguments in an open quote', () => {
    expect(splitLine('-A INPUT "a')).toBeUndefined()
    expect(splitLine('-A INPUT "a\\"')).toBeUndefined()
  })
})
