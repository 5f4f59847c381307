import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call } from '../test-call.ts'

describe('chainmail config', () => {
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-config-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('check tells every mistake with its place, and exits with 1', async () => {
    const file = join(folder, 'wrong.toml')
    writeFileSync(file, '[http]\nprot = 1\n[log]\nlevel = "loud"\n')
    const { code, stdout } = await call(['config', 'check', file])
    expect(code).toBe(1)
    expect(stdout.split('\n')).toEqual([
      `${file}:2:1: There is no setting http.prot: did you mean http.port? [bad-setting]`,
      `${file}:4:9: log.level: "loud" is not one of fatal, error, warn, info, debug, trace, silent. [bad-setting]`,
      '',
    ])
  })

  it('check says so when nothing is wrong', async () => {
    expect(await call(['config', 'check', '-'], { stdin: '[http]\nport = 1\n' })).toEqual({
      code: 0,
      stdout: 'standard input: 1 setting, nothing is wrong.\n',
      stderr: '',
    })
  })

  it('check tells programs the same as a document', async () => {
    const { code, stdout } = await call(['config', 'check', '-', '--json'], { stdin: 'log.level = 1' })
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      settings: [],
      problems: [{ code: 'bad-setting', line: 1, column: 13 }],
    })
  })

  it('check refuses a file that is not there', async () => {
    const { code, stderr } = await call(['config', 'check', join(folder, 'none.toml')])
    expect([code, stderr]).toEqual([1, expect.stringContaining('none.toml')])
  })

  it('sample prints a file that check takes', async () => {
    const { stdout: stdin } = await call(['config', 'sample'])
    expect(stdin).toContain('#level = "info"')
    expect((await call(['config', 'check', '-'], { stdin })).code).toBe(0)
  })
})

describe('chainmail install', () => {
  it('tells in a dry run what it would do, and changes nothing', async () => {
    const { code, stdout } = await call(['install', '--dry-run', '--root', '/nowhere'])
    expect(code).toBe(0)
    expect(stdout).toContain('would write /nowhere/etc/systemd/system/chainmail.service\n')
    expect((await call(['uninstall', '--dry-run', '--root', '/nowhere'])).stdout).toBe(
      'Nothing of chainmail is installed.\n',
    )
  })
})
