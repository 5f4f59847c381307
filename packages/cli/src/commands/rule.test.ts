import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { startDaemon, type TestDaemon } from '../../../../testing/daemon.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { AtTerminal, shellWord } from '../../../../testing/terminal.ts'
import { call } from '../test-call.ts'

function run(program: string, ...words: string[]): string {
  return execFileSync(program, words, { encoding: 'utf8' })
}

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const { SSH_CONNECTION: _, SUDO_UID: __, ...environment } = process.env
const input = (): string => run('iptables', '-S', 'INPUT')
const fromAfar = { environment: { SSH_CONNECTION: '198.51.100.7 50000 192.0.2.1 22' } }
const drop = ['--', '-s', '198.51.100.7', '-j', 'DROP']

describeOnKernel('single changes from the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chainmail-rule-'))
  let daemon: TestDaemon

  beforeAll(async () => {
    daemon = await startDaemon(folder)
  })
  afterAll(async () => {
    await daemon.stop()
    rmSync(folder, { recursive: true })
  })
  afterEach(() => run('iptables', '-F'))

  describe.each(['--direct', '--socket'])('by %s', (way) => {
    const door = (): readonly string[] => (way === '--direct' ? [way] : [way, daemon.socket])
    const chainmail = (...words: string[]) => call([...door(), ...words], fromAfar)

    it('add and delete a rule, by its words or its number', async () => {
      expect(await chainmail('rule', 'add', 'INPUT', '--', '-s', '192.0.2.1', '-j', 'DROP')).toEqual({
        code: 0,
        stdout: 'ipv4 filter INPUT has the rule -s 192.0.2.1/32 -j DROP\n',
        stderr: '',
      })
      await chainmail('rule', 'add', 'INPUT', '--position', '1', '--', '-m comment --comment "a b" -j ACCEPT')
      expect(input()).toBe(
        '-P INPUT ACCEPT\n-A INPUT -m comment --comment "a b" -j ACCEPT\n-A INPUT -s 192.0.2.1/32 -j DROP\n',
      )
      const words = ['-j', 'ACCEPT', '-m', 'comment', '--comment', 'a b']
      expect(await chainmail('rule', 'delete', 'INPUT', '--', ...words)).toMatchObject({
        code: 0,
        stderr: '',
      })
      expect(await chainmail('rule', 'delete', 'INPUT', '1')).toMatchObject({ code: 0 })
      expect(input()).toBe('-P INPUT ACCEPT\n')
      expect(await chainmail('rule', 'delete', 'INPUT', '1')).toMatchObject({ code: 1 })
    }, 30_000)

    it('are refused where they shut out who types them, with the rule that does it', async () => {
      const refused = await chainmail('rule', 'add', 'INPUT', ...drop)
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('would shut out the sender') })
      expect(refused.stderr.replaceAll(/\s+/g, ' ')).toContain('-s 198.51.100.7/32 -j DROP')
      expect(await chainmail('rule', 'add', 'INPUT', '--force', ...drop)).toMatchObject({ code: 0 })
    }, 30_000)

    it('go back unless they are confirmed', async () => {
      const added = await chainmail('rule', 'add', 'INPUT', '--confirm-within', '60s', ...drop)
      expect(added).toMatchObject({ code: 0, stderr: '' })
      expect(added.stdout).toMatch(/It is on probation: taken back in \d+ s unless you run chainmail confirm/)
      expect(input()).toContain('198.51.100.7')
      expect(await chainmail('revert')).toMatchObject({ code: 0 })
      expect(input()).not.toContain('198.51.100.7')
      const banned = JSON.parse(
        (await chainmail('ban', '203.0.113.1', '--confirm-within', '60s', '--json')).stdout,
      )
      expect(await chainmail('confirm', banned.probation.id)).toMatchObject({ code: 0 })
      await chainmail('ban', '203.0.113.2', '--confirm-within', '1s')
      expect(run('ipset', 'save', 'chainmail-ban4')).toContain('203.0.113.2')
      await vi.waitFor(
        () => expect(run('ipset', 'save', 'chainmail-ban4')).not.toContain('203.0.113.2'),
        10_000,
      )
      expect(run('ipset', 'save', 'chainmail-ban4')).toContain('203.0.113.1')
      await chainmail('unban', '203.0.113.1')
    }, 30_000)
  })

  it('are asked about at a terminal', async () => {
    const words = ['rule', 'add', 'INPUT', '--socket', daemon.socket, '--confirm-within', '60s', ...drop]
    const terminal = new AtTerminal(
      `exec ${[process.execPath, main, ...words].map(shellWord).join(' ')}`,
      environment,
    )
    await terminal.says('yes')
    expect(input()).toContain('198.51.100.7')
    terminal.type('no\n')
    expect(await terminal.end()).toBe(1)
    expect(input()).not.toContain('198.51.100.7')
  }, 30_000)
})
