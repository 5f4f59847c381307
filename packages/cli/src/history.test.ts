import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnKernel } from '../../../testing/kernel.ts'
import { type DaemonProcess, startProcess } from '../../daemon/src/daemon-process.ts'
import { run } from './run.ts'
import { call, type Ended } from './test-call.ts'

let folder: string
let daemon: DaemonProcess

function chainmail(...words: string[]): Promise<Ended> {
  return call([...words, '--socket', daemon.client.place])
}

function iptables(...words: string[]): string {
  return execFileSync('iptables', words, { encoding: 'utf8' })
}

describeOnKernel('chainmail log, show, diff, rollback and watch', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-history-'))
    daemon = await startProcess(folder, ['--log-level', 'error'])
  })
  afterAll(async () => {
    await daemon.end('SIGTERM')
    rmSync(folder, { recursive: true })
    for (const program of ['iptables', 'ip6tables']) {
      execFileSync(program, ['-t', 'raw', '-F'])
      execFileSync(program, ['-t', 'raw', '-X'])
    }
    iptables('-F')
    execFileSync('ipset', ['destroy'])
  })

  it('list, show and undo what was changed', async () => {
    expect(await chainmail('log')).toMatchObject({ code: 0, stdout: 'Nothing was changed yet.\n' })
    await daemon.client.request(
      'POST',
      '/v1/tables/filter/chains/INPUT/rules',
      { rule: '-s 192.0.2.1 -j DROP' },
      { why: 'an example' },
    )
    await chainmail('ban', '198.51.100.7', '--for', '1h', '--reason', 'noise')
    await chainmail('ban', '198.51.100.8')
    const log = await chainmail('log')
    expect(
      log.stdout.split('\n').map((line) => line.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, 'NOW')),
    ).toEqual(
      [
        'REVISION  TIME                 BY      DOOR    WHAT   CHANGES       WHY',
        '       3  NOW  socket  socket  bans   1 banned      ',
        '       2  NOW  socket  socket  bans   1 banned      ',
        '       1  NOW  socket  socket  rules  1 rule added  an example',
        '',
      ].map((line) => line.trimEnd()),
    )
    expect((await chainmail('show', '1')).stdout).toMatch(
      /^1 {2}.* socket {2}rules: 1 rule added {2}\(an example\)\n\nipv4 filter INPUT\n\+ -s 192\.0\.2\.1\/32 -j DROP\n$/,
    )
    expect((await chainmail('diff', '0')).stdout).toMatch(
      /^ipv4 filter INPUT\n\+ -s 192\.0\.2\.1\/32 -j DROP\n\nbans\n\+ 198\.51\.100\.7 until \S+ "noise"\n\+ 198\.51\.100\.8 for ever\n$/,
    )
    expect(await chainmail('show', '2', '--verify')).toMatchObject({
      code: 0,
      stdout: 'What revision 2 has made is so.\n',
    })
    const rolledBack = await chainmail('rollback', '1', '--why', 'enough')
    expect(rolledBack).toMatchObject({
      code: 0,
      stdout: 'All is as it was after revision 1; this is revision 4.\n',
    })
    expect((await chainmail('bans')).stdout).toBe('Nothing is banned.\n')
    expect((await chainmail('diff', '1', '4')).stdout).toBe('Nothing has changed.\n')
    expect(await chainmail('show', '2', '--verify')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('198.51.100.7'),
    })
    expect(iptables('-S', 'INPUT')).toContain('192.0.2.1')
  })

  it('refuse what there is not, and what only a daemon has', async () => {
    expect(await chainmail('show', '99')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no revision 99'),
    })
    expect(await chainmail('show', 'x')).toMatchObject({ code: 2 })
    expect(await call(['log', '--direct'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('daemon'),
    })
  })

  it('make plans, and apply what was shown', async () => {
    const rules =
      '*filter\n:INPUT ACCEPT [0:0]\n:app - [0:0]\n-A INPUT -j app\n-A app -s 10.0.0.0/8 -j ACCEPT\nCOMMIT\n'
    const plan = await call(['plan', '--socket', daemon.client.place], { stdin: rules })
    expect(plan).toMatchObject({ code: 2, stderr: '' })
    expect(plan.stdout).toContain('+   1  -s 10.0.0.0/8 -j ACCEPT')
    const applied = await call(['apply', '--why', 'an app', '--socket', daemon.client.place], {
      stdin: rules,
    })
    expect(applied).toMatchObject({ code: 0, stdout: `${plan.stdout}Applied.\n`, stderr: '' })
    expect(iptables('-S', 'app')).toContain('-A app -s 10.0.0.0/8 -j ACCEPT')
    expect(await call(['plan', '--socket', daemon.client.place], { stdin: rules })).toMatchObject({
      code: 0,
    })
    const [latest] = JSON.parse((await chainmail('log', '--json')).stdout).revisions
    expect(latest).toMatchObject({
      what: 'plan',
      why: 'an app',
      summary: { chainsCreated: 1, rulesAdded: 2 },
    })
    expect((await chainmail('show', String(latest.number))).stdout).toContain(
      'ipv4 filter app (created)\n+ -s 10',
    )
    await chainmail('rollback', String(latest.number - 1))
    expect(iptables('-S')).not.toContain('app')
    expect(await chainmail('rollback', String(latest.number))).toMatchObject({ code: 0 })
    expect(iptables('-S', 'app')).toContain('-A app -s 10.0.0.0/8 -j ACCEPT')
    await chainmail('rollback', String(latest.number - 1))
  })

  it('put a change on probation, and tell in the log what became of it', async () => {
    const apply = (rule: string): Promise<Ended> =>
      call(['apply', '--confirm-within', '60s', '--json', '--socket', daemon.client.place], {
        stdin: `iptables -A INPUT ${rule}\n`,
      })
    const first = await apply('-s 192.0.2.77 -j DROP')
    const { id } = JSON.parse(first.stdout).applied.probation
    expect(iptables('-S', 'INPUT')).toContain('192.0.2.77')
    expect(await chainmail('revert', id)).toMatchObject({ code: 0 })
    expect(iptables('-S', 'INPUT')).not.toContain('192.0.2.77')
    expect(await chainmail('confirm', id)).toMatchObject({ code: 1 })
    await apply('-s 192.0.2.78 -j DROP')
    expect(await chainmail('confirm')).toMatchObject({ code: 0 })
    const decided = (): Promise<unknown[]> =>
      chainmail('log', '--json').then(({ stdout }) =>
        JSON.parse(stdout).revisions.filter(({ what }: { what: string }) => what === 'probation'),
      )
    await expect
      .poll(decided, { timeout: 10_000 })
      .toMatchObject([
        { why: expect.stringMatching(/was confirmed/) },
        { why: expect.stringMatching(/was taken back/), summary: { rulesRemoved: 1 } },
      ])
  })

  it('tell what happens, each in a line', async () => {
    const lines: string[] = []
    const two = Promise.withResolvers<void>()
    async function* nothing(): AsyncGenerator<string> {}
    const sink = {
      write: (text: string): void => {
        lines.push(text)
        if (lines.length >= 2) two.resolve()
      },
    }
    const watching = run(['watch', '--json', '--after', '3', '--socket', daemon.client.place], {
      stdin: nothing(),
      stdout: sink,
      stderr: { write: () => undefined },
      environment: {},
    })
    await chainmail('ban', '198.51.100.9')
    await two.promise
    expect(lines.slice(0, 2).map((line) => JSON.parse(line))).toMatchObject([
      { event: 'change', number: 4, what: 'rollback', why: 'enough' },
      { event: 'change', number: 5 },
    ])
    expect(await Promise.race([watching, 'still watching'])).toBe('still watching')
  })
})
