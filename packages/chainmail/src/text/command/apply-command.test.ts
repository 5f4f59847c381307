import { execFileSync, spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { ChainmailError, type ErrorCode } from '../../errors.ts'
import { parseSave, renderSave, type Table } from '../save.ts'
import { applyCommand, unusedTable } from './apply-command.ts'
import { parseCommand } from './parse-command.ts'
import { parseCommandLines } from './parse-line.ts'

const ipv4 = { family: 'ipv4' } as const
const NOTHING = { packets: 0, bytes: 0 }

function after(lines: string, tables: readonly Table[] = []): readonly Table[] {
  return parseCommandLines(lines).reduce(applyCommand, tables)
}

/** As `iptables-save -c` prints them: a rule without counters has counted nothing. */
function saved(tables: readonly Table[]): string {
  const counted = tables.map(({ name, chains }) => ({
    name,
    chains: chains.map((chain) => ({
      ...chain,
      rules: chain.rules.map((rule) => ({ counters: NOTHING, ...rule })),
    })),
  }))
  return renderSave(counted, ipv4)
}

describe('commands', () => {
  it('insert the rules of several addresses one by one, the last one first', () => {
    const tables = after(`
      iptables -A INPUT -j ACCEPT
      iptables -I INPUT -s 192.0.2.1,192.0.2.2 -j DROP
    `)
    expect(tables[0]?.chains[0]?.rules.map(({ text }) => text)).toEqual([
      '-s 192.0.2.2/32 -j DROP',
      '-s 192.0.2.1/32 -j DROP',
      '-j ACCEPT',
    ])
  })

  it('change the tables as iptables changes the kernel’s', () => {
    const tables = after(`
      iptables -N web
      iptables -N admin
      iptables -A INPUT -p tcp --dport 80 -g web
      iptables -A web -s 192.0.2.1,192.0.2.2 -j DROP
      iptables -I web -s 10.0.0.0/8 -j ACCEPT
      iptables -E web shop
      iptables -P INPUT DROP
      iptables -t nat -A POSTROUTING -o eth0 -j RETURN
    `)
    expect(renderSave(tables, ipv4)).toBe(`*filter
:INPUT DROP [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:admin - [0:0]
:shop - [0:0]
-A INPUT -p tcp -m tcp --dport 80 -g shop
-A shop -s 10.0.0.0/8 -j ACCEPT
-A shop -s 192.0.2.1/32 -j DROP
-A shop -s 192.0.2.2/32 -j DROP
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -o eth0 -j RETURN
COMMIT
`)
  })

  it('leave what was given as it was', () => {
    const before = after('iptables -A INPUT -j DROP')
    const text = renderSave(before, ipv4)
    after('iptables -F\niptables -N x\niptables -P INPUT DROP', before)
    expect(renderSave(before, ipv4)).toBe(text)
    expect(after('iptables -C INPUT -j DROP\niptables -L\niptables -S INPUT', before)).toBe(before)
  })

  it.each<[string, ErrorCode]>([
    ['-t nosuch -F', 'table-unknown'],
    ['-A nosuch -j DROP', 'chain-not-found'],
    ['-A INPUT -j nosuch', 'chain-not-found'],
    ['-A INPUT -g nosuch', 'chain-not-found'],
    ['-A INPUT -j FORWARD', 'chain-built-in'],
    ['-F nosuch', 'chain-not-found'],
    ['-Z nosuch', 'chain-not-found'],
    ['-L nosuch', 'chain-not-found'],
    ['-N INPUT', 'chain-exists'],
    ['-N a', 'chain-exists'],
    ['-E a b', 'chain-exists'],
    ['-E nosuch c', 'chain-not-found'],
    ['-E INPUT c', 'chain-built-in'],
    ['-X INPUT', 'chain-built-in'],
    ['-X nosuch', 'chain-not-found'],
    ['-X a', 'chain-busy'],
    ['-X b', 'chain-busy'],
    ['-X', 'chain-busy'],
    ['-A b -j a', 'chain-loop'],
    ['-A b -j b', 'chain-loop'],
    ['-D INPUT 1', 'index-too-big'],
    ['-D INPUT -j DROP', 'rule-not-found'],
    ['-C a -j DROP', 'rule-not-found'],
    ['-C a -s 1.1.1.1,2.2.2.2 -j b', 'rule-not-found'],
    ['-I INPUT 2 -j DROP', 'index-too-big'],
    ['-R INPUT 1 -j DROP', 'index-too-big'],
    ['-Z INPUT 1', 'index-too-big'],
    ['-P a DROP', 'bad-command'],
    ['-P nosuch DROP', 'chain-not-found'],
    ['-t nat -P OUTPUT DROP', 'bad-command'],
  ])('that iptables would refuse change nothing: %s', (words, code) => {
    const before = after('iptables -N a\niptables -N b\niptables -A a -j b')
    expect(() => applyCommand(before, parseCommand(words.split(' '), ipv4))).toThrow(
      expect.objectContaining({ code }),
    )
  })
})

const chain = fc.constantFrom('INPUT', 'FORWARD', 'a', 'b', 'Z')
const own = fc.constantFrom('a', 'b', 'Z')
const number = fc.constantFrom('1', '2', '3', '4')
const rule = fc.constantFrom(
  '',
  '-j DROP',
  '-s 192.0.2.1 -j ACCEPT',
  '-s 192.0.2.1,192.0.2.2 -d 198.51.100.0/24,203.0.113.7 -j ACCEPT',
  '-p tcp --dport 22 -j DROP',
  '! -i eth0 -m comment --comment it -j RETURN',
  '-j a',
  '-g b',
  '-j Z',
)
const counted = fc.constantFrom('', '-c 5 6')
const command = fc
  .oneof(
    fc.tuple(fc.constant('-N'), own),
    fc.tuple(fc.constant('-A'), chain, rule, counted),
    fc.tuple(fc.constant('-I'), chain, fc.option(number, { nil: '' }), rule, counted),
    fc.tuple(fc.constant('-D'), chain, fc.oneof(number, rule)),
    fc.tuple(fc.constant('-R'), chain, number, rule, counted),
    fc.tuple(fc.constant('-C'), chain, rule),
    fc.tuple(fc.constant('-F'), fc.option(chain, { nil: '' })),
    fc.tuple(fc.constant('-Z'), fc.option(chain, { nil: '' })),
    fc.tuple(fc.constant('-Z'), chain, number),
    fc.tuple(fc.constant('-X'), fc.option(own, { nil: '' })),
    fc.tuple(fc.constant('-E'), own, own),
    fc.tuple(fc.constant('-P'), chain, fc.constantFrom('ACCEPT', 'DROP')),
  )
  .map((words) =>
    words
      .join(' ')
      .split(' ')
      .filter((word) => word !== ''),
  )

/** What a backend takes although the model does not. A loop that no packet can reach yet is found by neither. */
const lenient: Readonly<Record<string, (code: ErrorCode, words: readonly string[]) => boolean>> = {
  nft: (code, [operation]) => code === 'chain-loop' || (code === 'index-too-big' && operation === '-Z'),
  legacy: (code) => code === 'chain-loop',
}

describeOnKernel.each(['nft', 'legacy'])('random commands on the %s backend', (backend) => {
  it('do to the model what they do to the kernel', () => {
    const program = `iptables-${backend}`
    fc.assert(
      fc.property(fc.array(command, { minLength: 5, maxLength: 25 }), (sequence) => {
        execFileSync(`${program}-restore`, { input: saved([unusedTable('filter')]) })
        let tables: readonly Table[] = [unusedTable('filter')]
        for (const words of sequence) {
          const said = words.join(' ')
          try {
            tables = applyCommand(tables, parseCommand(words, ipv4))
          } catch (error) {
            if (!(error instanceof ChainmailError)) throw error
            if (lenient[backend]?.(error.code, words) === true) continue
            const { status } = spawnSync(program, words)
            expect(status, `${said}: ${error.message}`).not.toBe(0)
            continue
          }
          const { status, stderr } = spawnSync(program, words, { encoding: 'utf8' })
          expect(status, `${said}: ${stderr}`).toBe(0)
          // The nft backend drops the kernel's own empty chains too, and makes them anew with the next rule.
          if (said === '-X') execFileSync(`${program}-restore`, ['-c'], { input: saved(tables) })
          const kernel = execFileSync(`${program}-save`, ['-c', '-t', 'filter'], { encoding: 'utf8' })
          const printed = kernel.replace(/^#.*\n/gm, '')
          expect(saved(tables), said).toBe(printed)
          tables = parseSave(printed, ipv4)
        }
      }),
      { numRuns: 40 },
    )
  }, 60_000)
})
