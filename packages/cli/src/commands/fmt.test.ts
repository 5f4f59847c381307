import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '../test-call.ts'

const loose = `# mine
*filter
:INPUT ACCEPT
:mine -

# ssh
  -A INPUT -p 6 --dport ssh -s 10.1.2.3/8 -j ACCEPT
[1:2] -A mine -m comment --comment "a" -j DROP
-A INPUT -j mine
COMMIT
`

const canonical = `# mine
*filter
:INPUT ACCEPT [0:0]
:mine - [0:0]

# ssh
-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 22 -j ACCEPT
[1:2] -A mine -m comment --comment a -j DROP
-A INPUT -j mine
COMMIT
`

describe('fmt', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chainmail-fmt-'))
  const file = join(folder, 'rules.v4')

  beforeAll(() => {
    writeFileSync(file, loose)
    chmodSync(file, 0o640)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('writes the rules as iptables-save does, and keeps the lines where they are', async () => {
    expect(await call(['fmt'], { stdin: loose })).toEqual({ code: 0, stdout: canonical, stderr: '' })
    expect((await call(['fmt'], { stdin: canonical })).stdout).toBe(canonical)
    expect((await call(['fmt', file])).stdout).toBe(canonical)
  })

  test('tells with --check whether a file is written so', async () => {
    expect(await call(['fmt', '--check', file])).toEqual({
      code: 1,
      stdout: `${file} is not canonical.\n`,
      stderr: '',
    })
    expect((await call(['fmt', '--check'], { stdin: canonical })).code).toBe(0)
  })

  test('rewrites a file with --write, and leaves its mode and nothing else behind', async () => {
    expect((await call(['fmt', '--write', file])).stdout).toBe(`${file} was rewritten.\n`)
    expect(readFileSync(file, 'utf8')).toBe(canonical)
    expect(statSync(file).mode & 0o777).toBe(0o640)
    expect(readdirSync(folder)).toEqual(['rules.v4'])
    expect((await call(['fmt', '--write', file])).stdout).toBe(`${file} is canonical.\n`)
  })

  test('leaves a file that cannot be read as rules alone', async () => {
    const broken = join(folder, 'broken.v4')
    writeFileSync(broken, loose.replace('COMMIT', ''))
    const { code, stderr } = await call(['fmt', '--write', broken])
    expect(code).toBe(1)
    expect(stderr).toContain('COMMIT')
    expect(readFileSync(broken, 'utf8')).not.toContain('COMMIT')
  })

  test.each([[['--write']], [['--write', '-']], [['--write', '--check', file]]])(
    'refuses %j as wrong usage',
    async (words) => {
      expect((await call(['fmt', ...words])).code).toBe(2)
    },
  )
})
