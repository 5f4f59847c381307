import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChainmailError } from '../../errors.ts'
import { parseCommand } from './parse-command.ts'
import { parseCommandLine, parseCommandLines } from './parse-line.ts'
import { renderCommand, renderCommandLine } from './render-command.ts'

const ipv4 = { family: 'ipv4' } as const
const filter = { family: 'ipv4', table: 'filter' } as const

describe('the arguments of a command', () => {
  it.each([
    ['-A INPUT -p tcp --dport 22 -j ACCEPT', '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT'],
    ['-p tcp --dport 22 --append INPUT -j ACCEPT', '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT'],
    ['-AINPUT -ptcp --dport=22 -jACCEPT', '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT'],
    ['--app INPUT --proto=tcp --dpo ssh --ju ACCEPT', '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT'],
    ['-A INPUT -p tcp ! --sy -j DROP', '-A INPUT -p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -j DROP'],
    ['-A INPUT --source 10.0.0.1/8 ! --in-int eth0', '-A INPUT -s 10.0.0.0/8 ! -i eth0'],
    ['-t nat -A OUTPUT -j RETURN -w 5 -W 10 -v', '-t nat -A OUTPUT -j RETURN'],
    ['-w -A INPUT --modprobe=/sbin/modprobe -4 -j DROP', '-A INPUT -j DROP'],
    ['-A INPUT -s 1.1.1.1,2.2.2.2 -j DROP', '-A INPUT -s 1.1.1.1,2.2.2.2 -j DROP'],
    ['-A INPUT -d 3.3.3.3,4.4.4.4 -s 1.1.1.1 -c 1 2', '-A INPUT -s 1.1.1.1 -d 3.3.3.3,4.4.4.4 -c 1 2'],
    ['-A INPUT -s 1.1.1.1,1.1.1.1', '-A INPUT -s 1.1.1.1,1.1.1.1'],
    ['-A INPUT -s 0/0,1.1.1.1', '-A INPUT -s 0.0.0.0/0,1.1.1.1'],
    ['-I INPUT', '-I INPUT'],
    ['-I INPUT 3 -j DROP -c 4,5', '-I INPUT 3 -j DROP -c 4 5'],
    ['-R INPUT 0x10 -j DROP', '-R INPUT 16 -j DROP'],
    ['-D INPUT 2', '-D INPUT 2'],
    ['-D INPUT -j DROP', '-D INPUT -j DROP'],
    ['-C INPUT -m comment --comment -A', '-C INPUT -m comment --comment -A'],
    ['-F', '-F'],
    ['-F INPUT', '-F INPUT'],
    ['-Z INPUT 3', '-Z INPUT 3'],
    ['-N mine', '-N mine'],
    ['-X', '-X'],
    ['-E old new', '-E old new'],
    ['-P INPUT DROP', '-P INPUT DROP'],
    ['-nvxL INPUT --line-numbers', '-L INPUT -n -x --line-numbers -v'],
    ['-L -Z', '-L -Z'],
    ['-Z -S INPUT 1', '-S INPUT 1 -Z'],
    ['-A INPUT -m geoip --src-cc DE,FR -j DROP', '-A INPUT -m geoip --src-cc DE,FR -j DROP'],
  ])('are read as getopt reads them: %s', (words, canonical) => {
    const command = parseCommand(words.split(' '), ipv4)
    expect(renderCommand(command).join(' ').replaceAll('/32', '')).toBe(canonical)
    expect(parseCommand(renderCommand(command), ipv4)).toEqual(command)
    expect(parseCommandLine(renderCommandLine(command))).toEqual(command)
  })

  it('make one rule for each source and destination, in the order of iptables', () => {
    const command = parseCommand(['-I', 'INPUT', '-d', '3.3.3.3,4.4.4.4', '-s', '1.1.1.1, 2.2.2.2'], ipv4)
    expect(command).toEqual({
      ...filter,
      operation: 'insert',
      chain: 'INPUT',
      number: 1,
      rules: [
        { source: '1.1.1.1', destination: '3.3.3.3' },
        { source: '1.1.1.1', destination: '4.4.4.4' },
        { source: '2.2.2.2', destination: '3.3.3.3' },
        { source: '2.2.2.2', destination: '4.4.4.4' },
      ],
    })
  })

  it.each([
    ['', 'no operation'],
    ['-n', 'no operation'],
    ['-A', 'a value is missing'],
    ['-A INPUT -D INPUT 1', 'one operation'],
    ['-Z -Z', 'one operation'],
    ['-A INPUT extra', '"extra" stands where an option is wanted'],
    ['-F INPUT 1', '"1" stands'],
    ['-L -', '"-" stands'],
    ['-- -S', 'ends the options'],
    ['-A INPUT !', 'nothing follows'],
    ['-A INPUT ! ! -s 1.1.1.1', 'two exclamation marks'],
    ['! -A INPUT', 'cannot be negated'],
    ['-A INPUT ! -j DROP', 'cannot be negated'],
    ['-A INPUT -s ! 1.1.1.1', '1.1.1.1'],
    ['-A INPUT ! -s 1.1.1.1,2.2.2.2', 'cannot be negated'],
    ['-A INPUT -s 1.1.1.1, -j DROP', 'not an address'],
    ['-A INPUT -s 1.1.1.1 --src 1.1.1.1', 'stands twice'],
    ['-R INPUT 1 -s 1.1.1.1,2.2.2.2', 'several addresses'],
    ['-R INPUT -j DROP', 'the number of a rule'],
    ['-E old', 'an old and a new name'],
    ['-P INPUT', 'a chain and a policy'],
    ['-P INPUT REJECT', 'no policy'],
    ['-N ACCEPT', 'name of a target'],
    ['-N -x', 'name of a chain'],
    ['-E old DNAT', 'name of a target'],
    ['-D INPUT 0', 'not the number of a rule'],
    ['-D INPUT 1x', 'not the number of a rule'],
    ['-D INPUT 1 -j DROP', 'does not go with'],
    ['-D INPUT -j DROP -c 1 2', 'does not go with'],
    ['-F -p tcp', 'does not go with'],
    ['-L -j DROP', 'does not go with'],
    ['-A INPUT -n', 'goes with -L only'],
    ['-S -x', 'goes with -L only'],
    ['-A INPUT -W 5', 'without --wait'],
    ['-A INPUT -w x', 'not a time'],
    ['-6 -A INPUT', 'ipv4'],
    ['-h', 'asks for a text'],
    ['--de INPUT 1', 'more than one option begins so'],
    ['--numeric=1 -L', 'takes no value'],
    ['-q', 'not an option'],
    ['-t -n -L', 'name of a table'],
    ['-A INPUT --nosuch 1', '--nosuch'],
    ['-A INPUT -p tcp --dport', 'a value is missing'],
  ])('that iptables would refuse are refused: %s', (words, message) => {
    const list = words === '' ? [] : words.split(' ')
    expect(() => parseCommand(list, ipv4)).toThrow(message)
  })

  it('never crash or hang the reader, and what it takes is one command with the same meaning', () => {
    const word = fc.oneof(
      fc.constantFrom(
        '-A',
        'INPUT',
        '-j',
        'DROP',
        '-s',
        '1.1.1.1',
        '!',
        '-p',
        'tcp',
        '--dport',
        '22',
        '-nL',
        '--',
      ),
      fc.string(),
      fc.string({ unit: 'binary' }),
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        let command: ReturnType<typeof parseCommand>
        try {
          command = parseCommand(words, ipv4)
        } catch (error) {
          expect(error).toBeInstanceOf(ChainmailError)
          return
        }
        expect(parseCommand(renderCommand(command), ipv4)).toEqual(command)
        expect(parseCommandLine(renderCommandLine(command))).toEqual(command)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a line of a script', () => {
  it('may be quoted as for a shell, and name either program', () => {
    expect(
      parseCommandLines(
        [
          '# a comment',
          '',
          `/sbin/ip6tables -A INPUT -m comment --comment 'it'"'"'s "so"' \\`,
          '  -j DROP',
          'iptables -A "INPUT" -m comment --comment a\\ \\$b -j "DROP"',
        ].join('\n'),
      ),
    ).toEqual([
      {
        family: 'ipv6',
        table: 'filter',
        operation: 'append',
        chain: 'INPUT',
        rules: [{ matches: { comment: { comment: `it's "so"` } }, target: 'DROP' }],
      },
      {
        ...filter,
        operation: 'append',
        chain: 'INPUT',
        rules: [{ matches: { comment: { comment: 'a $b' } }, target: 'DROP' }],
      },
    ])
  })

  it.each([
    ['iptables -A INPUT; reboot', 'line 1: ; is an operator', 18],
    ['iptables -S | sh', 'operator', 13],
    ['iptables -S > /etc/passwd', 'operator', 13],
    ['iptables -S & ', 'operator', 13],
    ['iptables -A INPUT -s $A', 'expand $', 22],
    ['iptables -A INPUT -s "$A"', 'expand $', 23],
    ['iptables -A INPUT -s `id`', 'expand `', 22],
    ['iptables -A INPUT -i eth*', 'pattern', 25],
    ['iptables -A INPUT -s {1,2}', 'pattern', 22],
    ['iptables -A ~', 'expand ~', 13],
    ['iptables -F # all', 'comment', 13],
    ["iptables -F 'x", 'left open', 13],
    ['iptables -F "x', 'left open', 13],
    ['iptables -F x\\', 'nothing follows the backslash', 14],
    ['iptables -F \r\n', 'control character', 13],
    ['sudo iptables -F', 'not iptables', 1],
    ['iptables -A INPUT -p nosuch', '-p', 19],
    ['', 'no command', 1],
    ['iptables -F\niptables -X', 'a second one', 1],
  ])('is refused where a shell would do more than split it: %j', (line, message, column) => {
    expect(() => parseCommandLine(line)).toThrow(message)
    expect(() => parseCommandLine(line)).toThrow(expect.objectContaining({ column }))
  })
})
