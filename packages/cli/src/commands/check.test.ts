import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { badDumps } from '../../../../testing/rules/bad-dumps.ts'
import { printable, width } from '../terminal/text.ts'
import { call } from '../test-call.ts'

const bad = `*filter
:INPUT ACCEPT [0:0]
-A INPUT -p tcp -m tcp --dport 70000 -j DROP
-A INPUT -j ACCEPT
-A nosuch -j ACCEPT
`

describe('check', () => {
  test('says that nothing is wrong', async () => {
    const stdin = '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j DROP\nCOMMIT\n'
    expect(await call(['check', '-'], { stdin })).toEqual({
      code: 0,
      stdout: 'standard input: 1 rule for ipv4, nothing is wrong.\n',
      stderr: '',
    })
  })

  test('tells everything that is wrong, as compilers do, and ends with 1', async () => {
    const { code, stdout, stderr } = await call(['check'], { stdin: bad })
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => line.split(' ')[0] + (/ \[[a-z-]+\]$/.exec(line)?.[0] ?? ''))).toEqual([
      'standard [bad-rule]',
      'standard [chain-not-found]',
      'standard [bad-dump]',
    ])
    expect(lines[0]).toMatch(/^standard input:3:\d+: --dport: .*70000/)
    expect(lines[1]).toBe('standard input:5:4: the chain "nosuch" is not declared. [chain-not-found]')
  })

  test('shows the place on a terminal, whatever its width', async () => {
    const { stdout } = await call(['check'], { stdin: bad, columns: 80 })
    const [head = '', line = '', caret = ''] = stdout.split('\n')
    const column = Number(/:3:(\d+):/.exec(head)?.[1])
    expect(line).toBe('  -A INPUT -p tcp -m tcp --dport 70000 -j DROP')
    expect(caret.indexOf('^')).toBe(column + 1)
    const long = bad.replace('INPUT -p', `INPUT -m comment --comment ${'x'.repeat(200)} -p`)
    for (const columns of [24, 40, 80]) {
      const narrow = (await call(['check'], { stdin: long, columns })).stdout.split('\n')
      const at = narrow[2]?.indexOf('^') ?? -1
      expect(narrow[1]?.slice(at)).toMatch(/^(--dport|70000)/)
      expect(width(narrow[1] ?? '')).toBeLessThanOrEqual(columns)
    }
  })

  test('tells it in JSON too', async () => {
    const { code, stdout } = await call(['check', '--json'], { stdin: bad })
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      file: 'standard input',
      language: 'save',
      family: 'ipv4',
      problems: [
        { code: 'bad-rule', line: 3 },
        { code: 'chain-not-found', line: 5, column: 4 },
        { code: 'bad-dump' },
      ],
    })
  })

  test.each([
    ['iptables -A INPUT -j DROP\niptables -A INPUT -s $HOME\n', 'standard input:2:22: '],
    ['iptables -A INPUT -j DROP\niptables -D INPUT 7\n', 'standard input:2:1: '],
    ['{\n"tables": [ { "name": "nosuch", "chains": [] } ]\n}', 'standard input:2:23: tables[0].name: '],
    ['<iptables-rules>\n <table name="x"/>\n</iptables-rules>', 'standard input:2:2: '],
  ])('reads every language: %j', async (stdin, beginning) => {
    const { code, stdout } = await call(['check'], { stdin })
    expect(code).toBe(1)
    expect(stdout.slice(0, beginning.length)).toBe(beginning)
  })

  test('tells where bytes are not UTF-8', async () => {
    const stdin = Buffer.from(
      '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m comment --comment "\xe9" -j DROP\nCOMMIT\n',
      'latin1',
    )
    const { code, stdout } = await call(['check'], { stdin })
    expect(code).toBe(1)
    expect(stdout).toContain('standard input:3:32: the bytes are not UTF-8. [bad-syntax]\n')
  })

  test('shows nothing raw of a hostile file', async () => {
    const stdin = '*filter\n:IN\u001b[2J\u0007 x\n\u202e\u009b\nCOMMIT\n'
    for (const columns of [undefined, 40]) {
      const { stdout } = await call(['check'], columns === undefined ? { stdin } : { stdin, columns })
      expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{C}/u)
    }
  })
})

describe('check, of a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chainmail-check-'))
  const file = join(folder, 'rules.v4')
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each(badDumps)(
    '$what tells place and code, with a caret under it',
    async ({ text, code, line, column, at }) => {
      writeFileSync(file, text)
      const { code: exit, stdout } = await call(['check', '--family', 'ipv4', file], { columns: 80 })
      expect(exit).toBe(1)
      const lines = stdout.split('\n')
      const first = lines.findIndex(
        (one) => one.startsWith(`${file}:${line}:${column}: `) && one.endsWith(` [${code}]`),
      )
      expect(first).not.toBe(-1)
      const [shown = '', caret = ''] = lines.slice(first + 1)
      expect(caret.trim()).toBe('^')
      const word = printable(at.split(' ')[0] ?? '').slice(0, 8)
      expect(shown.slice(caret.indexOf('^')).startsWith(word)).toBe(true)
    },
  )

  test('that is not UTF-8 tells place and code', async () => {
    writeFileSync(
      file,
      Buffer.concat([
        Buffer.from('*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m comment --comment "'),
        Buffer.from([0xff]),
        Buffer.from('"\nCOMMIT\n'),
      ]),
    )
    const { code, stdout } = await call(['check', file], { columns: 80 })
    expect(code).toBe(1)
    expect(stdout.split('\n')[0]).toBe(`${file}:3:32: the bytes are not UTF-8. [bad-syntax]`)
    expect(stdout.split('\n')[2]?.indexOf('^')).toBe(33)
  })
})
