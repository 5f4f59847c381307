import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDaemon, type TestDaemon } from '../../../../testing/daemon.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { call } from '../test-call.ts'

let folder: string
let file: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-import-'))
  file = join(folder, 'rfw.conf')
  const list = join(folder, 'white.list')
  writeFileSync(list, '# masters\n203.0.113.5\n198.51.100.0/24\n')
  writeFileSync(file, `[config]\nlocal.server\ndefault.expire = 2h\nwhitelist.file = ${list}\n`)
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('chainmail import rfw', () => {
  it('prints settings that chainmail takes, and how the allowlist is filled', async () => {
    const { code, stdout } = await call(['import', 'rfw', file])
    expect(code).toBe(0)
    expect(stdout).toContain('[rfw]\ndefault-expire = "2h"\n')
    expect(stdout).toContain('# chainmail allow add 203.0.113.5 --reason "rfw\'s white list"\n')
    expect((await call(['config', 'check', '-'], { stdin: stdout })).code).toBe(0)
  })

  it('refuses a white list that is not there, or that it cannot read', async () => {
    const stdin = 'whitelist.file = /nowhere/white.list'
    const { code, stderr } = await call(['import', 'rfw', '-'], { stdin })
    expect([code, stderr]).toEqual([1, expect.stringContaining('The white list /nowhere/white.list')])
  })
})

describeOnKernel('chainmail import rfw --apply', () => {
  let daemon: TestDaemon

  beforeAll(async () => {
    daemon = await startDaemon(folder)
  })
  afterAll(() => daemon.stop())

  it('puts the white list into the allowlist, where no ban hits it', async () => {
    const words = ['--socket', daemon.socket]
    expect((await call(['import', 'rfw', file, '--apply', ...words])).code).toBe(0)
    const { stdout } = await call(['allow', 'list', '--json', ...words])
    expect(stdout).toContain('203.0.113.5')
    expect(stdout).toContain('198.51.100.0/24')
    expect((await call(['ban', '198.51.100.9', ...words])).code).toBe(1)
    expect((await call(['import', 'rfw', file, '--apply', ...words])).code).toBe(0)
  })
})
