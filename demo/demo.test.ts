import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runCommand } from '../testing/command.ts'
import { describeOnKernel } from '../testing/kernel.ts'

const demo = join(import.meta.dirname, '../scripts/demo.mjs')

describeOnKernel('the demo', () => {
  it('shows packets arriving, a ban that stops them for one client, and its end', {
    timeout: 120_000,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chainmail-'))
    const environment = { ...process.env, TMPDIR: folder }
    const { stdout } = await runCommand('node', [demo], { environment })
    expect(stdout).not.toContain('\x1b')
    expect(stdout).toContain('-X PUT')
    expect(stdout).toContain('{"address":"192.0.2.2","family":"ipv4"')
    expect(stdout).toMatch(/^ {2}alice {2}192\.0\.2\.2 {2}●{10,}×{10,}●{10,}$/m)
    expect(stdout).toMatch(/^ {2}bob {4}192\.0\.2\.3 {2}●{30,}$/m)
    expect(stdout.match(/✔/g)).toHaveLength(5)
    expect(stdout).not.toContain('✘')
    // Only an empty folder can be removed.
    rmdirSync(folder)
    expect(execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })).toBe('')
  })
})
