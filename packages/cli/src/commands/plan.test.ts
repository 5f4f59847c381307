import { execFileSync } from 'node:child_process'
import { afterEach, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { call } from '../test-call.ts'

const dump = `*filter
:INPUT DROP [0:0]
:app - [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -j app
-A app -s 10.0.0.0/8 -p tcp --dport 22 -j ACCEPT
COMMIT
`

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' })
}

describeOnKernel('chainmail plan and apply', () => {
  afterEach(() => {
    run('iptables', '-P', 'INPUT', 'ACCEPT')
    run('iptables', '-F')
    run('iptables', '-X')
  })

  it('show what would change and change nothing, and then make it', async () => {
    const planned = await call(['plan', '--direct'], { stdin: dump })
    expect(planned).toMatchObject({ code: 2, stderr: '' })
    expect(planned.stdout).toContain('policy ACCEPT → DROP')
    expect(planned.stdout).toContain('+ ipv4 filter app')
    expect(planned.stdout).toContain('+   1  -s 10.0.0.0/8 -p tcp -m tcp --dport 22 -j ACCEPT')
    expect(planned.stdout).toMatch(/rules: 3 added; chains: 1 created, 1 policies\.\n$/)
    expect(run('iptables', '-S')).not.toContain('app')
    const applied = await call(['apply', '-', '--direct'], { stdin: dump })
    expect(applied).toMatchObject({ code: 0, stdout: `${planned.stdout}Applied.\n` })
    expect(run('iptables', '-S', 'app')).toContain('-A app -s 10.0.0.0/8 -p tcp -m tcp --dport 22 -j ACCEPT')
    expect(await call(['plan', '--direct'], { stdin: dump })).toMatchObject({
      code: 0,
      stdout: 'Nothing to do: the kernel holds what is desired.\n',
    })
  })

  it('tell it for programs, and as the text that would be sent', async () => {
    const text = await call(['plan', '--direct', '--text', '--owner', 'web'], { stdin: dump })
    expect(text.code).toBe(2)
    expect(text.stdout).toContain('-A INPUT -i lo -m comment --comment "chainmail:web" -j ACCEPT\n')
    const { restore, summary } = JSON.parse(
      (await call(['plan', '--direct', '--json', '--owner', 'web'], { stdin: dump })).stdout,
    )
    expect(restore.ipv4).toBe(text.stdout)
    expect(summary.rules.added).toBe(3)
    run('iptables-restore', '--noflush', '--test')
  })

  it('end with 1 where the file is wrong, which is not the 2 of changes', async () => {
    expect(await call(['plan', '--direct'], { stdin: '*filter\n-A INPUT -j X\n' })).toMatchObject({ code: 1 })
    expect(await call(['plan', '--no-such-option'])).toMatchObject({ code: 1 })
    expect(await call(['plan', '--socket', '/nowhere/c.sock'], { stdin: dump })).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('--direct'),
    })
  })

  it('make a whole table so when they are told', async () => {
    run('iptables', '-N', 'foreign')
    run('iptables', '-A', 'INPUT', '-s', '192.0.2.1', '-j', 'DROP')
    await call(['apply', '--direct', '--whole-tables'], { stdin: dump })
    expect(run('iptables', '-S').split('\n').slice(0, -1)).toEqual([
      '-P INPUT DROP',
      '-P FORWARD ACCEPT',
      '-P OUTPUT ACCEPT',
      '-N app',
      '-N chainmail-chains',
      '-A INPUT -i lo -j ACCEPT',
      '-A INPUT -j app',
      '-A app -s 10.0.0.0/8 -p tcp -m tcp --dport 22 -j ACCEPT',
      '-A chainmail-chains -m comment --comment "main:app"',
    ])
  })
})
