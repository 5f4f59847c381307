import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { AtTerminal, shellWord } from '../../../../testing/terminal.ts'
import { call } from '../test-call.ts'

const folder = mkdtempSync(join(tmpdir(), 'chainmail-apply-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = join(folder, 'rules.v4')
writeFileSync(file, '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -s 192.0.2.0/24 -j DROP\nCOMMIT\n')
const lockOut = join(folder, 'lock-out.v4')
writeFileSync(lockOut, '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -s 198.51.100.0/24 -j DROP\nCOMMIT\n')

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const { SSH_CONNECTION: _, SUDO_UID: __, ...environment } = process.env

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' })
}

const isApplied = (): boolean => run('iptables', '-S', 'INPUT').includes('192.0.2.0/24')

/** The command at a terminal of its own. */
function atTerminal(...words: string[]): AtTerminal {
  const line = [process.execPath, main, ...words].map(shellWord).join(' ')
  return new AtTerminal(`exec ${line}`, environment)
}

const onProbation = ['apply', file, '--direct', '--confirm-within', '60s']

describeOnKernel('chainmail apply --confirm-within', () => {
  afterEach(() => {
    run('iptables', '-F')
    rmSync('/run/chainmail-probation', { recursive: true, force: true })
  })

  it('tells without a terminal how to keep the change, and confirm keeps it', async () => {
    const applied = await call(onProbation)
    expect(applied).toMatchObject({ code: 0, stderr: '' })
    const [, id = ''] = /unless you run chainmail confirm (\w{6}) --direct\.\n$/.exec(applied.stdout) ?? []
    expect(await call(['confirm', id, '--direct'])).toEqual({
      code: 0,
      stdout: `The change ${id} stays.\n`,
      stderr: '',
    })
    expect(await call(['revert', id, '--direct'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('was confirmed'),
    })
    expect(isApplied()).toBe(true)
  })

  it('is taken back by revert, and told for programs', async () => {
    const { probation, applied } = JSON.parse((await call([...onProbation, '--json'])).stdout)
    expect(applied).toMatchObject({ commits: 1 })
    expect(isApplied()).toBe(true)
    const reverted = JSON.parse((await call(['revert', '--direct', '--json'])).stdout)
    expect(reverted).toMatchObject({ id: probation.id, commits: 1, left: [] })
    expect(isApplied()).toBe(false)
    expect(JSON.parse((await call(['confirm', '--direct', '--json'])).stderr)).toMatchObject({
      code: 'probation-over',
    })
    expect(await call(['confirm', 'nobody', '--direct'])).toMatchObject({ code: 1 })
  })

  it('counts down at a terminal and takes an answer', async () => {
    const terminal = atTerminal(...onProbation)
    await terminal.says('-s 192.0.2.0/24 -j DROP')
    await terminal.says('Type yes or no')
    expect(isApplied()).toBe(true)
    await terminal.says('The change is taken back in 59 s.')
    terminal.type('perhaps\n')
    await expect.poll(() => terminal.output.split('Type yes or no').length, { timeout: 20_000 }).toBe(3)
    terminal.type('yes\n')
    expect(await terminal.end()).toBe(0)
    expect(terminal.output).toContain('The change stays.')
    expect(isApplied()).toBe(true)
    run('iptables', '-F')
    const other = atTerminal(...onProbation)
    await other.says('Type yes or no')
    other.type('no\n')
    expect(await other.end()).toBe(1)
    expect(isApplied()).toBe(false)
  })

  it('notices what is decided elsewhere', async () => {
    const kept = atTerminal(...onProbation)
    await kept.says('Type yes or no')
    await call(['confirm', '--direct'])
    expect(await kept.end()).toBe(0)
    run('iptables', '-F')
    const late = atTerminal('apply', file, '--direct', '--confirm-within', '2s')
    expect(await late.end()).toBe(1)
    expect(late.output).toContain('The change was taken back.')
    expect(isApplied()).toBe(false)
  })

  it('is taken back at once when Ctrl-C is pressed or the terminal is closed', async () => {
    const interrupted = atTerminal(...onProbation)
    await interrupted.says('Type yes or no')
    interrupted.type('\u0003')
    expect(await interrupted.end()).toBe(130)
    expect(isApplied()).toBe(false)
    const closed = atTerminal(...onProbation)
    await closed.says('Type yes or no')
    closed.child.kill('SIGKILL')
    await closed.end()
    await expect.poll(isApplied, { timeout: 20_000 }).toBe(false)
  })

  it('is left to its deadline when the terminal is closed and wait was said', async () => {
    const closed = atTerminal('apply', file, '--direct', '--confirm-within', '4s', '--on-hangup', 'wait')
    await closed.says('Type yes or no')
    closed.child.kill('SIGKILL')
    await closed.end()
    expect(isApplied()).toBe(true)
    await expect.poll(isApplied, { timeout: 20_000 }).toBe(false)
  })

  it('refuses what shuts out who comes by ssh, unless it is forced or on probation', async () => {
    const ssh = { SSH_CONNECTION: '198.51.100.7 50000 192.0.2.1 22' }
    const refused = await call(['apply', lockOut, '--direct'], { environment: ssh })
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toContain('would shut out the sender 198.51.100.7 (tcp port 22)')
    expect(run('iptables', '-S', 'INPUT')).not.toContain('198.51.100.0')
    expect(await call(['apply', lockOut, '--direct', '--force'], { environment: ssh })).toMatchObject({
      code: 0,
    })
    run('iptables', '-F')
    const tried = ['apply', lockOut, '--direct', '--confirm-within', '60s']
    expect(await call(tried, { environment: ssh })).toMatchObject({ code: 0 })
    expect(await call(['revert', '--direct'])).toMatchObject({ code: 0 })
  })
})
