import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { runCommand } from '../../../testing/command.ts'
import { describeOnKernel } from '../../../testing/kernel.ts'
import { AtTerminal, shellWord } from '../../../testing/terminal.ts'
import { type DaemonProcess, startProcess } from '../../daemon/src/daemon-process.ts'
import { authenticatorOf, shownFor } from '../../daemon/src/identity/test-authenticator.ts'
import { call } from './test-call.ts'

const program = join(import.meta.dirname, 'main.ts')

describeOnKernel('a command whose daemon wants a one-time password', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chainmail-otp-'))
  let daemon: DaemonProcess
  let asAlice: string[] = []
  let password: (at: number) => string

  const onSocket = (...words: string[]) => call([...words, '--socket', join(folder, 'c.sock')])

  beforeAll(async () => {
    daemon = await startProcess(folder, ['--http-identity', 'required'])
    const { stdout } = await onSocket('keys', 'create', 'alice', '--everything', '--second-factor')
    const file = join(folder, 'key')
    writeFileSync(file, stdout)
    asAlice = ['--url', /http:\/\/127\.0\.0\.1:\d+/.exec(daemon.report)?.[0] ?? '', '--api-key-file', file]
  }, 60_000)
  afterAll(async () => {
    await daemon.end('SIGTERM')
    await runCommand('iptables', ['-t', 'raw', '-F'])
    await runCommand('ip6tables', ['-t', 'raw', '-F'])
    await runCommand('ipset', ['destroy'])
    rmSync(folder, { recursive: true })
  })
  beforeEach(async () => {
    const { code, stdout, stderr } = await onSocket('keys', 'totp', 'alice')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^otpauth:\/\/totp\/chainmail[^\n]*\n$/)
    password = authenticatorOf(stdout.trim())
  })

  const allow = (address: string, ...words: string[]) => ['allow', 'add', address, ...asAlice, ...words]

  it('sends the one of --otp', async () => {
    const now = Date.now()
    const right = password(now)
    expect(await call(allow('192.0.2.1', '--otp', right))).toMatchObject({ code: 0 })
    expect((await onSocket('keys', 'list')).stdout).toMatch(/^alice +key, totp +good/m)
    expect(await call(allow('192.0.2.2', '--otp', right))).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('was used before'),
    })
    expect(await call(allow('192.0.2.2', '--otp', password(now + shownFor)))).toMatchObject({ code: 0 })
  })

  it('says so where nobody can be asked', async () => {
    expect(await call(allow('192.0.2.3'))).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('--otp CODE'),
    })
    expect(await call(['keys', 'totp', 'bob', '--socket', join(folder, 'c.sock')])).toMatchObject({ code: 1 })
  })

  it('asks at the terminal', async () => {
    const line = [process.execPath, program, ...allow('192.0.2.4')].map(shellWord).join(' ')
    const terminal = new AtTerminal(`exec ${line}`)
    await terminal.says('One-time password: ')
    terminal.type(`${password(Date.now())}\n`)
    expect(await terminal.end()).toBe(0)
    expect((await call(['allow', 'list', '--socket', join(folder, 'c.sock')])).stdout).toContain('192.0.2.4')
  }, 60_000)

  it('asks for none where it was taken away', async () => {
    await onSocket('keys', 'totp', 'alice', '--remove')
    expect((await onSocket('keys', 'list')).stdout).toMatch(/^alice +key +good/m)
    expect(await onSocket('keys', 'totp', 'alice', '--remove')).toMatchObject({ code: 1 })
  })
})
