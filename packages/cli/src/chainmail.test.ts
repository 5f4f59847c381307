import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDaemon, type TestDaemon } from '../../../testing/daemon.ts'
import { describeOnKernel } from '../../../testing/kernel.ts'

const runFile = promisify(execFile)
const command = join(import.meta.dirname, 'main.ts')

interface Ended {
  readonly code: unknown
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command as a shell would, in the namespace of this test. */
async function chainmail(
  words: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Ended> {
  try {
    const { stdout, stderr } = await runFile(process.execPath, [command, ...words], { env: environment })
    return { code: 0, stdout, stderr }
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'stdout' in error && 'stderr' in error) {
      return { code: error.code, stdout: String(error.stdout), stderr: String(error.stderr) }
    }
    throw error
  }
}

/** What the kernel holds, in the words of another tool. */
async function kernelSets(): Promise<string> {
  return (await runFile('ipset', ['list'])).stdout
}

describeOnKernel('the command, the daemon and the kernel', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chainmail-end-to-end-'))
  let daemon: TestDaemon

  beforeAll(async () => {
    daemon = await startDaemon(folder)
  })
  afterAll(async () => {
    await daemon.stop()
    rmSync(folder, { recursive: true })
  })

  const ask = (...words: string[]): Promise<Ended> => chainmail([...words, '--socket', daemon.socket])

  test('say that nothing is banned before anything is', async () => {
    expect(await ask('bans')).toEqual({ code: 0, stdout: 'Nothing is banned.\n', stderr: '' })
  })

  test('ban an address for a while, and the kernel has it', async () => {
    expect(await ask('ban', '198.51.100.7', '--for', '10m', '--reason', 'brute force')).toEqual({
      code: 0,
      stdout: '198.51.100.7 is banned for 10m (brute force).\n',
      stderr: '',
    })
    expect(await kernelSets()).toMatch(/^198\.51\.100\.7 timeout (600|59\d) .*comment "brute force/m)
    const { stdout } = await ask('bans')
    expect(stdout).toMatch(/^198\.51\.100\.7 {2}(10m|9m 5\ds) .* brute force$/m)
  })

  test('ban networks of both families for ever', async () => {
    expect((await ask('ban', '203.0.113.0/24')).stdout).toBe(
      '203.0.113.0/24 is banned until it is taken back.\n',
    )
    expect((await ask('ban', '2001:db8::/32')).code).toBe(0)
    const sets = await kernelSets()
    expect(sets).toMatch(/^203\.0\.113\.0\/24 timeout 0 /m)
    expect(sets).toMatch(/^2001:db8::\/32 timeout 0 /m)
  })

  test('take a ban back, once', async () => {
    await ask('ban', '192.0.2.9')
    expect((await ask('unban', '192.0.2.9')).code).toBe(0)
    expect(await kernelSets()).not.toContain('192.0.2.9')
    expect(await ask('unban', '192.0.2.9')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'chainmail: 192.0.2.9 is not banned.\n',
    })
  })

  test.each([
    ['an address that is none', 'bad-address', ['ban', '300.1.1.1']],
    ['host bits behind the prefix', 'bad-address', ['ban', '10.1.2.3/8']],
    ['an option of ipset in the address', 'bad-address', ['ban', '192.0.2.1 timeout 0']],
    ['a line break in the address', 'bad-address', ['ban', '192.0.2.1\nadd x']],
    ['a path in the address', 'bad-address', ['ban', '../status']],
    ['a duration that is none', 'bad-duration', ['ban', '192.0.2.1', '--for', 'soon']],
  ])('refuse %s as wrong usage, and change nothing', async (_, code, words) => {
    const before = await kernelSets()
    const ended = await ask(...words, '--json')
    expect(ended.code).toBe(2)
    expect(JSON.parse(ended.stderr)).toMatchObject({ code, status: 400 })
    expect((await ask(...words)).stderr).toMatch(/^chainmail: [^\n]+\n$/)
    expect(withoutTimes(await kernelSets())).toBe(withoutTimes(before))
  })

  test('show rules as the kernel has them, foreign ones and their own', async () => {
    await runFile('iptables', ['-A', 'INPUT', '-p', 'tcp', '--dport', '22', '-j', 'ACCEPT'])
    const input = await ask('rules', 'INPUT')
    expect(input.stdout).toMatch(/^1 .* -p tcp -m tcp --dport 22 -j ACCEPT$/m)
    expect(input.stdout).not.toContain('made by chainmail')
    const hooks = await ask('rules', 'PREROUTING', '--table', 'raw')
    expect(hooks.stdout).toMatch(/^\* +\d+ .*chainmail-ban4/m)
    expect(hooks.stdout).toContain('* made by chainmail')
    expect(await ask('rules', 'nowhere')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nowhere'),
    })
  })

  test('keep the lists of the match recent', async () => {
    const list = '/proc/net/xt_recent/kn ock'
    const rule = ['INPUT', '-m', 'recent', '--name', 'kn ock', '--update', '-j', 'ACCEPT']
    await runFile('iptables', ['-A', ...rule])
    expect((await ask('recent', 'list')).stdout).toMatch(/^kn ock\n/)
    expect((await ask('recent', 'show', 'kn ock')).stdout).toBe('The list is empty.\n')
    const added = await ask('recent', 'add', 'kn ock', '2001:DB8::1')
    // Where the user is not root outside the namespace, the lists belong to nobody.
    if (added.code !== 4) {
      expect(added).toEqual({ code: 0, stdout: '2001:DB8::1 is in kn ock.\n', stderr: '' })
      expect(readFileSync(list, 'utf8')).toContain('src=2001:0db8:0000:0000:0000:0000:0000:0001 ')
      expect((await ask('recent', 'show', 'kn ock')).stdout).toMatch(
        /^ADDRESS .*\n2001:db8::1 +(\d+m )?\d+s ago +1$/m,
      )
      const direct = await chainmail(['recent', 'show', 'kn ock', '--direct', '--json'])
      expect(JSON.parse(direct.stdout)).toMatchObject({ entries: [{ address: '2001:db8::1', ttl: 0 }] })
      expect((await chainmail(['recent', 'del', 'kn ock', '2001:db8::1', '--direct'])).code).toBe(0)
      expect(await ask('recent', 'del', 'kn ock', '2001:db8::1')).toMatchObject({ code: 1, stdout: '' })
      await ask('recent', 'add', 'kn ock', '192.0.2.1')
      expect((await ask('recent', 'flush', 'kn ock')).code).toBe(0)
      expect(readFileSync(list, 'utf8')).toBe('')
    }
    await runFile('iptables', ['-D', ...rule])
  })

  test.each([
    ['a network', 2, ['add', 'kn ock', '192.0.2.0/24']],
    ['a way out of the folder of the lists', 2, ['flush', '../../../etc/passwd']],
    ['a list that no rule names', 1, ['show', 'nowhere']],
  ])('refuse %s, of the lists of the match recent', async (_, code, words) => {
    expect((await ask('recent', ...words)).code).toBe(code)
  })

  test('tell what the daemon found', async () => {
    const { code, stdout } = await ask('status', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ backend: expect.stringMatching(/^(nft|legacy)$/), bans: 3 })
    const { stdout: page } = await ask('status')
    expect(page.split('\n')).toContainEqual(expect.stringMatching(/^socket /))
    expect(page).toContain(` ${daemon.socket}\n`)
    expect(page).toMatch(/^sets +chainmail-ban[46] has \d of \d+ entries, 0 %$/m)
    expect(page).not.toContain('PROBLEM')
  })

  test('find each other by the environment', async () => {
    const { code, stdout } = await chainmail(['bans', '--json'], {
      ...process.env,
      CHAINMAIL_SOCKET: daemon.socket,
    })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      bans: expect.arrayContaining([expect.objectContaining({ address: '198.51.100.7' })]),
    })
  })

  test('agree with the kernel when it is asked without the daemon', async () => {
    const direct = await chainmail(['bans', '--direct', '--json'])
    const { stdout } = await ask('bans', '--json')
    const addresses = (text: string): readonly string[] =>
      Array.from(text.matchAll(/"address": "(.*)"/g), ([, address = '']) => address).toSorted()
    expect(addresses(direct.stdout)).toEqual(addresses(stdout))
    expect((await chainmail(['rules', 'INPUT', '--direct'])).stdout).toBe(
      (await ask('rules', 'INPUT')).stdout,
    )
  })

  test('tell what a ban keeps away where that is not everything', async () => {
    await ask('ban', '192.0.2.20', '--scope', 'input')
    await ask('ban', '192.0.2.20', '--scope', 'tcp:22')
    await ask('ban', '192.0.2.20', '--scope', 'interface:eth0')
    const { stdout } = await ask('bans')
    expect(stdout).toMatch(/^ADDRESS +SCOPE +LEFT /)
    for (const scope of ['input', 'tcp:22', 'interface:eth0'])
      expect(stdout).toMatch(new RegExp(`^192\\.0\\.2\\.20 +${scope} +for ever`, 'm'))
    expect((await ask('unban', '192.0.2.20')).code).toBe(0)
  })
})

describeOnKernel('the command without a daemon', () => {
  test('bans, lists and takes back by --direct', async () => {
    expect((await chainmail(['ban', '192.0.2.77', '--for', '1h', '--direct'])).stdout).toBe(
      '192.0.2.77 is banned for 1h.\n',
    )
    expect(await kernelSets()).toMatch(/^192\.0\.2\.77 timeout 3[56]\d\d /m)
    const listed = await chainmail(['bans', '--direct'])
    expect(listed.stdout).toMatch(/^192\.0\.2\.77 /m)
    expect(listed.stdout).not.toContain('SCOPE')
    expect((await chainmail(['status', '--direct'])).code).toBe(0)
    expect((await chainmail(['unban', '192.0.2.77', '--direct'])).code).toBe(0)
    expect(await kernelSets()).not.toContain('192.0.2.77')
    expect((await chainmail(['unban', '192.0.2.77', '--direct'])).code).toBe(1)
    expect((await chainmail(['ban', 'nonsense', '--direct'])).code).toBe(2)
  })

  test('tells with exit code 4 that --direct is not permitted', async () => {
    const words = ['--user', '--map-user=1000', '--', process.execPath, command, 'bans', '--direct']
    await expect(runFile('unshare', words)).rejects.toMatchObject({
      code: 4,
      stderr: expect.stringContaining('sudo'),
    })
  })
})

/** What runs on by itself left out. */
function withoutTimes(sets: string): string {
  return sets.replace(/timeout \d+/g, 'timeout')
}
