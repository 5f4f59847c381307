import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startDaemon, type TestDaemon } from '../../../testing/daemon.ts'
import { describeOnKernel } from '../../../testing/kernel.ts'
import { run } from './run.ts'

const runFile = promisify(execFile)

class Text {
  text = ''

  write(piece: string): void {
    this.text += piece
  }
}

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

async function chainmail(words: readonly string[], stdin = ''): Promise<Ended> {
  const stdout = new Text()
  const stderr = new Text()
  const code = await run(words, {
    stdin: Readable.from([stdin]),
    stdout,
    stderr,
    environment: { NO_COLOR: '1' },
  })
  return { code, stdout: stdout.text, stderr: stderr.text }
}

/** The entries of a set in the words of another tool, without their options, in order. */
async function members(set: string): Promise<readonly string[]> {
  const { stdout } = await runFile('ipset', ['save', set])
  return [...stdout.matchAll(/^add \S+ (\S+)/gm)].map(([, element = '']) => element).toSorted()
}

async function setNames(): Promise<readonly string[]> {
  const { stdout } = await runFile('ipset', ['list', '-n'])
  return stdout.split('\n').filter((name) => name !== '' && !name.startsWith('chainmail-'))
}

const folder = mkdtempSync(join(tmpdir(), 'chainmail-sets-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** What holds of the command, however it reaches the kernel. */
function behaviour(way: () => readonly string[]): void {
  const ask = (...words: string[]): Promise<Ended> => chainmail([...words, ...way()])
  const told = (words: readonly string[], stdin: string): Promise<Ended> =>
    chainmail([...words, ...way()], stdin)
  const done = (stdout: string) => ({ code: 0, stdout, stderr: '' })

  test('makes a set, fills it, and takes out of it', async () => {
    expect(await ask('sets', 'create', 'customers', 'hash:net', 'timeout', '0', 'comment')).toEqual(
      done('customers is there, of type hash:net.\n'),
    )
    expect(
      await ask(
        'sets',
        'add',
        'customers',
        '192.0.2.0/24',
        '198.51.100.7',
        'timeout',
        '600',
        'comment',
        'a b',
      ),
    ).toEqual(done('2 entries are in customers.\n'))
    const { stdout } = await runFile('ipset', ['save', 'customers'])
    expect(stdout).toMatch(/^add customers 198\.51\.100\.7 timeout (600|59\d) comment "a b"$/m)
    expect(await ask('sets', 'del', 'customers', '192.0.2.0/24')).toEqual(
      done('192.0.2.0/24 is out of customers.\n'),
    )
    expect(await members('customers')).toEqual(['198.51.100.7'])
    expect((await ask('sets', 'list')).stdout).toMatch(/^customers +hash:net +1 +0 /m)
    expect((await ask('sets', 'show', 'customers')).stdout).toMatch(
      /^198\.51\.100\.7 {2}(10m|9m 5\ds) +a b$/m,
    )
    expect(JSON.parse((await ask('sets', 'show', 'customers', '--json')).stdout)).toMatchObject({
      name: 'customers',
      type: 'hash:net',
      entries: [{ element: '198.51.100.7', comment: 'a b' }],
    })
    expect(await ask('sets', 'flush', 'customers')).toEqual(done('customers is empty.\n'))
    expect(await members('customers')).toEqual([])
    expect(await ask('sets', 'destroy', 'customers')).toEqual(done('customers is gone.\n'))
    expect(await setNames()).toEqual([])
  })

  test('tells by its exit code what was wrong', async () => {
    await ask('sets', 'create', 'one', 'hash:ip')
    const codes = [
      [['add', 'one', '192.0.2.300'], 2],
      [['add', 'one', '192.0.2.1', 'tiemout', '5'], 1],
      [['add', 'one', '192.0.2.1', 'timeout', 'soon'], 2],
      [['add', 'one', '2001:db8::1'], 1],
      [['add', 'none', '192.0.2.1'], 1],
      [['add', 'one', '192.0.2.1', '192.0.2.300', '192.0.2.3'], 1],
      [['del', 'one', '192.0.2.9'], 1],
      [['create', 'one', 'hash:net'], 1],
      [['create', 'two', 'hash:nte'], 2],
      [['create', 'a-name-that-is-far-too-long-for-it', 'hash:ip'], 2],
      [['test', 'one', '192.0.2.1', '192.0.2.2'], 1],
      [['test', 'one', '192.0.2.1'], 0],
      [['flush', 'none'], 1],
      [['load', 'one', join(folder, 'none')], 1],
      [['show'], 2],
      [['shwo', 'one'], 2],
    ] as const
    for (const [words, code] of codes)
      expect({ words, code: (await ask('sets', ...words)).code }).toEqual({ words, code })
    expect(await members('one')).toEqual(['192.0.2.1', '192.0.2.3'])
    await ask('sets', 'destroy', 'one')
  })

  test('swaps and renames sets', async () => {
    await ask('sets', 'create', 'one', 'hash:ip')
    await ask('sets', 'create', 'two', 'hash:ip')
    await ask('sets', 'add', 'one', '192.0.2.1')
    expect((await ask('sets', 'swap', 'one', 'two')).code).toBe(0)
    expect(await members('two')).toEqual(['192.0.2.1'])
    expect((await ask('sets', 'rename', 'two', 'three')).code).toBe(0)
    expect((await setNames()).toSorted()).toEqual(['one', 'three'])
    await ask('sets', 'destroy', 'one')
    await ask('sets', 'destroy', 'three')
  })

  test('leaves the sets that chainmail keeps for itself alone', async () => {
    const { code, stderr } = await ask('sets', 'flush', 'chainmail-ban4')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^chainmail: The set "chainmail-ban4" is one that chainmail keeps for itself\./)
    expect((await ask('sets', 'create', 'chainmail-mine', 'hash:ip')).code).toBe(1)
  })

  test('saves what ipset restore reads, and restores what ipset save prints', async () => {
    await runFile('ipset', ['create', 'one', 'hash:ip', 'comment'])
    await runFile('ipset', ['add', 'one', '192.0.2.1', 'comment', 'a b'])
    const { stdout: saved } = await runFile('ipset', ['save', 'one'])
    expect(await ask('sets', 'save', 'one')).toEqual(done(saved))
    await runFile('ipset', ['destroy', 'one'])
    expect(await told(['sets', 'restore'], saved)).toEqual(done('2 commands are done.\n'))
    expect((await runFile('ipset', ['save', 'one'])).stdout).toBe(saved)
    expect(
      await told(['sets', 'restore', '-'], 'add one 192.0.2.2\nflush one\nadd one 192.0.2.300\n'),
    ).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^chainmail: line 3: "192\.0\.2\.300" is not an address/),
    })
    expect(await members('one')).toEqual([])
    await ask('sets', 'destroy', 'one')
  })

  test('loads a list, and replaces what was there', async () => {
    const first = file('first', '# addresses\n192.0.2.1\n192.0.2.2 ; two\n192.0.2.2\n')
    expect(await ask('sets', 'load', 'list', first)).toMatchObject({ code: 1, stdout: '' })
    expect(await ask('sets', 'load', 'list', first, '--create', 'hash:ip comment')).toEqual(
      done('list: 3 entries are in.\n'),
    )
    expect(
      await told(['sets', 'load', 'list', '-', '--replace'], 'n,ip\n1,192.0.2.2\n2,192.0.2.3\n'),
    ).toEqual(done('list: 2 entries read, 1 added, 1 kept, 1 removed.\n'))
    expect(await members('list')).toEqual(['192.0.2.2', '192.0.2.3'])
    await ask('sets', 'destroy', 'list')
  })

  test('stops at a broken line, or leaves it out, and tells its number', async () => {
    const broken = file('broken', '192.0.2.1\nexample.org\n192.0.2.3\n')
    const stopped = await ask('sets', 'load', 'list', broken, '--create', 'hash:ip')
    expect(stopped).toMatchObject({ code: 1, stdout: '' })
    expect(stopped.stderr).toMatch(/line 2: "example\.org" is not an address/)
    expect(stopped.stderr).toMatch(/The new set list was removed again\.\n--skip-broken leaves out/)
    expect(await setNames()).toEqual([])
    await ask('sets', 'create', 'list', 'hash:ip')
    const kept = await ask('sets', 'load', 'list', broken)
    expect(kept).toMatchObject({ code: 1, stdout: '' })
    expect(kept.stderr).toMatch(/line 2: .* Before that, 1 entry is in\.\n--skip-broken/)
    expect(await members('list')).toEqual(['192.0.2.1'])
    await ask('sets', 'destroy', 'list')
    for (const [unreadable, why] of [
      [tmpdir(), 'it is a directory'],
      [file('compressed', Buffer.of(0x1f, 0x8b, 0x0a)), 'is compressed'],
    ] as const) {
      const told = await ask('sets', 'load', 'list', unreadable, '--create', 'hash:ip')
      expect(told).toMatchObject({ code: 1, stderr: expect.stringContaining(why) })
      expect(told.stderr).not.toContain('--skip-broken')
    }
    const skipped = await ask(
      'sets',
      'load',
      'list',
      broken,
      '--create',
      'hash:ip',
      '--skip-broken',
      '--json',
    )
    expect(skipped.code).toBe(0)
    expect(JSON.parse(skipped.stdout)).toMatchObject({ accepted: 2, broken: 1, brokenLines: [{ line: 2 }] })
    expect(await ask('sets', 'load', 'list', broken, '--replace')).toMatchObject({ code: 1 })
    expect(await members('list')).toEqual(['192.0.2.1', '192.0.2.3'])
    await ask('sets', 'destroy', 'list')
  })

  test('merges networks, and can still take out each as it was given', async () => {
    const list = file('networks', '10.0.0.0/25\n10.0.0.128/25 ; x\n10.0.0.7\n10.0.2.0/24\n')
    const words = ['sets', 'load', 'merged', list, '--aggregate', '--create', 'hash:net']
    expect(await ask(...words)).toEqual(done('merged: 4 entries read, 4 networks in all, held as 2.\n'))
    expect(await members('merged')).toEqual(['10.0.0.0/24', '10.0.2.0/24'])
    expect((await ask('sets', 'del', 'merged', '10.0.0.0/25')).code).toBe(0)
    expect(await members('merged')).toEqual(['10.0.0.128/25', '10.0.0.7', '10.0.2.0/24'])
    expect(await ask('sets', 'del', 'merged', '10.0.0.0/24')).toMatchObject({ code: 1 })
    expect(await ask('sets', 'del', 'merged', '10.0.0.8')).toMatchObject({ code: 1 })
    expect((await ask('sets', 'add', 'merged', '10.0.0.6')).code).toBe(0)
    expect(await members('merged')).toEqual(['10.0.0.128/25', '10.0.0.6/31', '10.0.2.0/24'])
    expect((await ask('sets', 'del', 'merged', '10.0.0.6')).code).toBe(0)
    expect(await members('merged')).toEqual(['10.0.0.128/25', '10.0.0.7', '10.0.2.0/24'])
    expect((await ask('sets', 'add', 'merged', '10.0.3.0/24')).code).toBe(0)
    expect(await members('merged')).toEqual(['10.0.0.128/25', '10.0.0.7', '10.0.2.0/23'])
    expect((await ask('sets', 'rename', 'merged', 'joined')).code).toBe(0)
    expect((await told(['sets', 'load', 'joined', '-', '--aggregate'], '10.0.0.0/25')).code).toBe(0)
    expect(await members('joined')).toEqual(['10.0.0.0/24', '10.0.2.0/23'])
    expect(await members('joined~all')).toEqual([
      '10.0.0.0/25',
      '10.0.0.128/25',
      '10.0.0.7',
      '10.0.2.0/24',
      '10.0.3.0/24',
    ])
    expect(await told(['sets', 'load', 'joined', '-', '--aggregate', '--replace'], 'nonsense')).toMatchObject(
      { code: 1 },
    )
    expect(await members('joined')).toEqual(['10.0.0.0/24', '10.0.2.0/23'])
    await ask('sets', 'create', 'other', 'hash:net')
    expect((await ask('sets', 'swap', 'joined', 'other')).code).toBe(0)
    expect((await setNames()).toSorted()).toEqual(['joined', 'other', 'other~all'])
    expect((await ask('sets', 'swap', 'joined', 'other')).code).toBe(0)
    await ask('sets', 'destroy', 'other')
    await ask('sets', 'flush', 'joined')
    expect(await members('joined~all')).toEqual([])
    await ask('sets', 'destroy', 'joined')
    expect(await setNames()).toEqual([])
  })

  test('bans and unbans a list', async () => {
    const list = '# today\n198.51.100.1\n127.0.0.1\n203.0.113.0/24\nexample.org\n'
    const banned = await told(['ban', '-', '--for', '10m', '--skip-broken', '--json'], list)
    expect(banned.code).toBe(1)
    expect(JSON.parse(banned.stdout)).toMatchObject({
      banned: 2,
      refused: 1,
      refusedAddresses: [{ line: 3, address: '127.0.0.1', code: 'address-allowed' }],
      broken: 1,
      brokenLines: [{ line: 5 }],
    })
    expect(await members('chainmail-ban4')).toEqual(['198.51.100.1', '203.0.113.0/24'])
    expect(await told(['unban', '-'], '198.51.100.1\n203.0.113.0/24\n')).toEqual(
      done('2 addresses and networks are unbanned.\n'),
    )
    expect(await members('chainmail-ban4')).toEqual([])
    expect(await told(['ban', '-'], '198.51.100.1\nexample.org\n')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/line 2: .* 1 were banned before\./),
    })
    await told(['unban', '-'], '198.51.100.1\n')
  })
}

describeOnKernel('the commands for sets and lists', () => {
  describe('without a daemon', () => {
    behaviour(() => ['--direct'])

    test('change a set of chainmail itself only by force', async () => {
      await chainmail(['ban', '198.51.100.9', '--direct'])
      expect((await chainmail(['sets', 'flush', 'chainmail-ban4', '--direct', '--force'])).code).toBe(0)
      expect(await members('chainmail-ban4')).toEqual([])
    })

    test('keep a list of what nothing may ban', async () => {
      expect((await chainmail(['allow', 'add', '203.0.113.7', '--reason', 'office', '--direct'])).code).toBe(
        0,
      )
      expect((await chainmail(['allow', 'list', '--direct'])).stdout).toMatch(
        /^203\.0\.113\.7 +by hand +office$/m,
      )
      expect((await chainmail(['ban', '203.0.113.0/24', '--direct'])).code).toBe(1)
      const carved = await chainmail(['ban', '203.0.113.0/24', '--except-allowed', '--direct'])
      expect(carved.code).toBe(0)
      const { stdout } = await runFile('ipset', ['save', 'chainmail-ban4'])
      expect(stdout).toMatch(/^add chainmail-ban4 203\.0\.113\.7 .*nomatch/m)
      expect((await chainmail(['allow', 'del', '203.0.113.7', '--direct'])).code).toBe(0)
      expect((await chainmail(['allow', 'del', '203.0.113.7', '--direct'])).code).toBe(1)
      await chainmail(['unban', '203.0.113.0/24', '--direct'])
    })
  })

  describe('by way of a daemon', () => {
    let daemon: TestDaemon

    beforeAll(async () => {
      daemon = await startDaemon(folder)
    })
    afterAll(() => daemon.stop())

    behaviour(() => ['--socket', daemon.socket])
  })
})
