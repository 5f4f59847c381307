import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { startDaemon } from '../../../../testing/daemon.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'

const runFile = promisify(execFile)
const launcher = join(import.meta.dirname, '../../bin/chainmail.mjs')

describeOnKernel('a link that is named like a program of iptables', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chainmail-link-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  for (const program of ['iptables', 'ip6tables', 'iptables-save', 'iptables-restore'])
    symlinkSync(launcher, join(folder, program))
  // The links come first on the path, as they do where they are installed.
  const path = `${folder}:${process.env.PATH}`
  const script = (
    lines: string,
    environment: NodeJS.ProcessEnv,
  ): Promise<{ stdout: string; stderr: string }> =>
    runFile('/bin/sh', ['-c', lines], { env: { ...process.env, PATH: path, ...environment } })

  it('serves a script by way of the daemon, whose history has each change', async () => {
    const daemon = await startDaemon(folder)
    const environment = { CHAINMAIL_SOCKET: daemon.socket }
    try {
      const { stdout, stderr } = await script(
        `iptables -N app && iptables -A app -s 192.0.2.7 -j DROP && iptables -I INPUT -j app
         iptables -C app -s 192.0.2.9 -j DROP || echo "not there: $?"
         iptables -S app; iptables -t nope -L; echo $?`,
        environment,
      )
      expect(stdout).toBe('not there: 1\n-N app\n-A app -s 192.0.2.7/32 -j DROP\n3\n')
      expect(stderr).toMatch(/^iptables: Bad rule .*\niptables v.* does not exist.*\nPerhaps iptables or /)
      const { stdout: real } = await runFile('/usr/sbin/iptables-save')
      expect(real).toContain('-A INPUT -j app\n-A app -s 192.0.2.7/32 -j DROP\n')
      await script(
        `printf '*filter\\n-A app -s 192.0.2.8 -j DROP\\nCOMMIT\\n' | iptables-restore -n`,
        environment,
      )
      const { stdout: restored } = await script('iptables -S app 2', environment)
      expect(restored).toBe('-A app -s 192.0.2.8/32 -j DROP\n')
      const { stdout: history } = await runFile('curl', [
        '-s',
        '--unix-socket',
        daemon.socket,
        'http://localhost/v1/revisions',
      ])
      expect(JSON.parse(history).revisions).toHaveLength(4)
    } finally {
      await daemon.stop()
    }
  }, 30_000)

  it('goes to the kernel itself where the environment says so, and never calls itself', async () => {
    const { stdout } = await script(
      'iptables -A FORWARD -j DROP; iptables-save -t filter; ip6tables -S INPUT',
      {
        CHAINMAIL_DIRECT: '1',
      },
    )
    expect(stdout).toContain('-A FORWARD -j DROP\n')
    expect(stdout.endsWith('-P INPUT ACCEPT\n')).toBe(true)
  }, 30_000)
})
