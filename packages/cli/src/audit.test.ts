import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runCommand } from '../../../testing/command.ts'
import { describeOnKernel } from '../../../testing/kernel.ts'
import { type DaemonProcess, startProcess } from '../../daemon/src/daemon-process.ts'
import { run } from './run.ts'
import { call, type Ended } from './test-call.ts'

describeOnKernel('chainmail audit', () => {
  let folder = ''
  let daemon: DaemonProcess

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-audit-'))
    daemon = await startProcess(folder, ['--log-level', 'error'])
  })
  afterAll(async () => {
    await daemon.end('SIGTERM')
    rmSync(folder, { recursive: true })
    for (const program of ['iptables', 'ip6tables']) await runCommand(program, ['-t', 'raw', '-F'])
    await runCommand('ipset', ['destroy'])
  })

  function chainmail(...words: string[]): Promise<Ended> {
    return call([...words, '--socket', join(folder, 'c.sock')])
  }

  it('lists what was done and refused, with who and from where', async () => {
    await chainmail('ban', '198.51.100.7', '--reason', 'noise')
    await chainmail('unban', '198.51.100.8')
    const { code, stdout } = await chainmail('audit')
    expect(code).toBe(0)
    const lines = stdout.split('\n').map((line) => line.replace(/^\d+ {2}[\d: -]{19} {2}/, ''))
    const from = `socket (user 0, process ${process.pid})`
    expect(lines.slice(1)).toEqual([
      'socket revision 1, bans: banned 1',
      `${from} PUT /v1/bans/198.51.100.7 → 200 (revision 1)`,
      `${from} DELETE /v1/bans/198.51.100.8 → 404 not-banned`,
      '',
    ])
    expect((await chainmail('audit', '--count', '1')).stdout).toContain('not-banned')
    expect((await chainmail('audit', '--since', '1h')).stdout).toBe(stdout)
    expect((await chainmail('audit', '--since', '2999-01-01')).stdout).toBe('')
    const documents = (await chainmail('audit', '--json', '--count', '2')).stdout.trim().split('\n')
    expect(documents.map((line) => JSON.parse(line).status)).toEqual([200, 404])
  })

  it('goes on with what comes', async () => {
    let printed = ''
    const watching = Promise.withResolvers<void>()
    const over = new Error('enough was seen')
    const following = run(['audit', '--follow', '--count', '1', '--socket', join(folder, 'c.sock')], {
      stdin: (async function* () {})(),
      stdout: {
        write: (text: string) => {
          printed += text
          watching.resolve()
          // As when the terminal is closed.
          if (printed.includes('198.51.100.9')) throw over
        },
      },
      stderr: { write: () => undefined },
      environment: { NO_COLOR: '1' },
    })
    const ended = expect(following).rejects.toBe(over)
    await watching.promise
    await chainmail('unban', '198.51.100.9')
    await ended
  })

  it('exports lines that sha256sum can follow, and verifies them by a hash that was noted', async () => {
    const verified = await chainmail('audit', 'verify')
    expect(verified.code).toBe(0)
    expect(verified.stdout).toMatch(
      /^\d+ records, nothing is wrong\.\nRecord \d+ has the hash [0-9a-f]{64}\n$/,
    )
    const head = /[0-9a-f]{64}/.exec(verified.stdout)?.[0] ?? ''
    const lines = (await chainmail('audit', 'export')).stdout.trimEnd().split('\n')
    for (const [index, line] of lines.entries())
      expect(JSON.parse(lines[index + 1] ?? `{"previous":"${head}"}`).previous).toBe(
        createHash('sha256').update(line).digest('hex'),
      )
    expect(await chainmail('audit', 'verify', '--head', head)).toMatchObject({ code: 0 })
    expect(await chainmail('audit', 'verify', '--head', '0'.repeat(64))).toMatchObject({ code: 1 })
  })

  it('tells what was changed', async () => {
    const file = join(folder, 'state/audit/audit-000000000001.jsonl')
    const before = readFileSync(file, 'utf8')
    writeFileSync(file, before.replace('"path":"/v1/bans/198.51.100.7"', '"path":"/v1/bans/203.0.113.7"'))
    const { code, stdout } = await chainmail('audit', 'verify')
    writeFileSync(file, before)
    expect([code, stdout.split('\n')[0]]).toEqual([1, 'Record 3 was changed.'])
  })

  it('refuses words that it does not know', async () => {
    for (const words of [['nonsense'], ['--since', 'yesterday'], ['--count', '0'], ['--head', 'x']])
      expect(await chainmail('audit', ...words)).toMatchObject({ code: 2 })
  })
})
