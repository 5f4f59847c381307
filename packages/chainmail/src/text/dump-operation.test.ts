import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { readSave, renderSave } from './save.ts'

const ipv4 = { family: 'ipv4' } as const

/** Lines of the filter table, and the rules and chains that iptables-restore makes of them. */
const blocks: readonly (readonly [what: string, lines: string, made: string])[] = [
  ['a chain of the kernel’s own that is not declared', '-A INPUT -j DROP', '-A INPUT -j DROP'],
  ['-I at the head', '-A INPUT -j DROP\n-I INPUT -j ACCEPT', '-A INPUT -j ACCEPT\n-A INPUT -j DROP'],
  [
    '-I with a number',
    '-A INPUT -j DROP\n-A INPUT -j RETURN\n-I INPUT 2 -j ACCEPT',
    '-A INPUT -j DROP\n-A INPUT -j ACCEPT\n-A INPUT -j RETURN',
  ],
  ['-N', '-N mine\n-A INPUT -j mine', ':mine - [0:0]\n-A INPUT -j mine'],
  ['-X', ':mine - [0:0]\n:yours - [0:0]\n-X mine', ':yours - [0:0]'],
  ['-P', '-P INPUT DROP', ':INPUT DROP [0:0]'],
  ['-D of a rule', '-A INPUT -j DROP\n-A INPUT -j ACCEPT\n-D INPUT -j DROP', '-A INPUT -j ACCEPT'],
  ['-D of a number', '-A INPUT -j DROP\n-A INPUT -j ACCEPT\n-D INPUT 1', '-A INPUT -j ACCEPT'],
  ['-F of a chain', '-A INPUT -j DROP\n-F INPUT\n-A INPUT -j ACCEPT', '-A INPUT -j ACCEPT'],
  ['-C', '-A INPUT -j DROP\n-C INPUT -j DROP', '-A INPUT -j DROP'],
  ['-S and -L', '-A INPUT -j DROP\n-S INPUT\n-L INPUT -n', '-A INPUT -j DROP'],
  [
    'lists of addresses',
    '-A INPUT -s 192.0.2.1,192.0.2.2 -d 198.51.100.0/24,203.0.113.9 -j DROP',
    '-A INPUT -s 192.0.2.1/32 -d 198.51.100.0/24 -j DROP\n-A INPUT -s 192.0.2.1/32 -d 203.0.113.9/32 -j DROP\n-A INPUT -s 192.0.2.2/32 -d 198.51.100.0/24 -j DROP\n-A INPUT -s 192.0.2.2/32 -d 203.0.113.9/32 -j DROP',
  ],
  ['the rule before the command', '-j DROP -A INPUT', '-A INPUT -j DROP'],
  ['a command and its chain in one word', '-AINPUT -j DROP -v', '-A INPUT -j DROP'],
  ['a line for this family', '-4 -A INPUT -j DROP', '-A INPUT -j DROP'],
  [
    'a line for the other family',
    '-6 -A INPUT -s 2001:db8::1 -j DROP\n-A INPUT -j ACCEPT',
    '-A INPUT -j ACCEPT',
  ],
  ['counters before -I', '[5:6] -I INPUT -j DROP', '[5:6] -A INPUT -j DROP'],
  ['counters within a rule', '-A INPUT -c 5 6 -j DROP', '[5:6] -A INPUT -j DROP'],
  ['a declaration without a policy', ':INPUT - [0:0]', ''],
  ['a chain of the kernel’s own declared twice', ':INPUT DROP [0:0]\n:INPUT ACCEPT [0:0]', ''],
  [
    'a circle that no packet can run into',
    ':a - [0:0]\n:b - [0:0]\n-A a -j b\n-A b -j a',
    ':a - [0:0]\n:b - [0:0]\n-A a -j b\n-A b -j a',
  ],
]

function dump(lines: string): string {
  return `*filter\n${lines}\nCOMMIT\n`
}

/** The lines that say something: no comments, no policy that a fresh table has, no counters that are 0. */
function essential(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !/^(?:#|\*|COMMIT|$)|^:\S+ ACCEPT \[0:0\]$/.test(line))
    .map((line) => line.replace(/^\[0:0\] /, ''))
}

describe('a block of a dump', () => {
  it.each(blocks)('may hold %s', (_, lines, made) => {
    const { tables, problems } = readSave(dump(lines), ipv4)
    expect(problems).toEqual([])
    expect(essential(renderSave(tables, ipv4))).toEqual(essential(made))
  })

  it('may jump to a target of xtables-addons, which this host need not have', () => {
    const { tables, problems } = readSave(dump('-A INPUT -p tcp -j TARPIT'), ipv4)
    expect(problems).toEqual([])
    expect(tables[0]?.chains[0]?.rules).toMatchObject([{ target: 'TARPIT' }])
  })

  it('may declare chains without counters, which restore takes without -c', () => {
    const { tables } = readSave(dump(':INPUT DROP\n:mine -'), ipv4)
    expect(renderSave(tables, ipv4)).toBe(dump(':INPUT DROP [0:0]\n:mine - [0:0]'))
  })

  it.each([
    ['-t, for the block names the table', '-A INPUT -t nat -j DROP', 'bad-command', 10],
    ['-w, for restore waits itself', '-w -A INPUT -j DROP', 'bad-command', 1],
    ['-D of a rule that is not there', '-D INPUT -j DROP', 'rule-not-found', 1],
    ['-D of a number that is not there', '-D INPUT 3', 'index-too-big', 1],
    ['-N of a chain that is there', ':mine - [0:0]\n-N mine', 'chain-exists', 4],
    ['-X of the kernel’s own', '-X INPUT', 'chain-built-in', 4],
    ['-I into a chain that is not there', '-I nosuch -j DROP', 'chain-not-found', 4],
    ['-I of a jump to a chain that is not there', '-I INPUT -j nosuch', 'chain-not-found', 13],
    ['two commands in one line', '-A INPUT -D INPUT 1', 'bad-command', 10],
    ['counters twice', '[1:2] -A INPUT -c 5 6 -j DROP', 'bad-dump', 16],
    ['a line of blanks', '  ', 'bad-command', 3],
    ['a source twice', '-A INPUT -s 192.0.2.1 -s 192.0.2.2', 'bad-rule', 23],
    ['a source twice in two spellings', '-A INPUT -s 192.0.2.1 --source 192.0.2.2', 'bad-rule', 23],
    ['several addresses negated', '-A INPUT ! -s 192.0.2.1,192.0.2.2', 'bad-command', 12],
  ])('may not hold %s', (_, lines, code, column) => {
    const { problems } = readSave(dump(lines), ipv4)
    const line = lines.split('\n').length + 1
    expect(problems.map((problem) => [problem.code, problem.line, problem.column])).toEqual([
      [code, line, column],
    ])
  })
})

describeOnKernel.each(['nft', 'legacy'])('what iptables-%s-restore makes of a block', (backend) => {
  it.each(blocks)('that holds %s is what the model makes of it', (_, lines, made) => {
    const restored = spawnSync(`iptables-${backend}-restore`, ['-c'], {
      input: dump(lines),
      encoding: 'utf8',
    })
    expect({ status: restored.status, stderr: restored.stderr.replace(/^#.*\n/, '') }).toEqual({
      status: 0,
      stderr: '',
    })
    const saved = spawnSync(`iptables-${backend}-save`, ['-c', '-t', 'filter'], { encoding: 'utf8' })
    expect(essential(saved.stdout)).toEqual(essential(made))
    spawnSync(`iptables-${backend}-restore`, { input: '*filter\n:INPUT ACCEPT\nCOMMIT\n' })
  })
})
