import { chmod, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import type { Family } from '../address.ts'
import { PipedProcess } from '../process.ts'
import type { XtablesError, XtablesErrorCode } from './errors.ts'
import { type Backend, backends, families, plainName } from './programs.ts'
import { RestorePipe } from './restore.ts'
import { save } from './save.ts'

const combinations = families.flatMap((family) => backends.map((backend) => ({ family, backend })))

/** The rules of a table as iptables-save prints them, chains first, without the dates. */
async function rulesOf(family: Family, backend: Backend, table = 'filter'): Promise<string[]> {
  const { stdout } = await runCommand(`${plainName(family)}-${backend}-save`, ['-t', table])
  return stdout
    .split('\n')
    .filter((line) => /^[-:]/.test(line) && !/^:(?:INPUT|FORWARD|OUTPUT) ACCEPT/.test(line))
}

async function iptables(family: Family, backend: Backend, ...words: string[]): Promise<string> {
  const { stdout } = await runCommand(`${plainName(family)}-${backend}`, ['-w', ...words])
  return stdout
}

async function failureOf(promise: Promise<unknown>): Promise<XtablesError> {
  return await promise.then(
    () => expect.fail('it did not fail'),
    (error: XtablesError) => error,
  )
}

const address = (family: Family, number: number): string =>
  family === 'ipv4' ? `10.0.${number >> 8}.${number & 255}/32` : `2001:db8::${(number + 1).toString(16)}/128`

describeOnKernel.each(combinations)('RestorePipe, $family $backend', ({ family, backend }) => {
  const rules = (table?: string): Promise<string[]> => rulesOf(family, backend, table)
  const pipeOf = (options: { searchPath?: string; lockTimeoutSeconds?: number } = {}): RestorePipe =>
    new RestorePipe({ family, backend, ...options })

  afterEach(async () => {
    await iptables(family, backend, '-F')
    await iptables(family, backend, '-X')
  })

  test('a commit that resolved is in the kernel', async () => {
    await using pipe = pipeOf()
    await pipe.commit({
      table: 'filter',
      lines: [':mine - [0:0]', `-A mine -s ${address(family, 1)} -j DROP`, '-I INPUT -j mine'],
    })
    expect(await rules()).toEqual([
      ':mine - [0:0]',
      '-A INPUT -j mine',
      `-A mine -s ${address(family, 1)} -j DROP`,
    ])
  })

  test('one process serves many commits, and sees what others change between them', async () => {
    await using pipe = pipeOf()
    await pipe.commit({ table: 'filter', lines: ['-A INPUT -i eth1 -j DROP'] })
    const first = pipe.processId
    await iptables(family, backend, '-I', 'INPUT', '-i', 'eth2', '-j', 'DROP')
    await pipe.commit({ table: 'filter', lines: ['-I INPUT 2 -i eth3 -j DROP'] })
    await iptables(family, backend, '-D', 'INPUT', '-i', 'eth1', '-j', 'DROP')
    await pipe.commit({ table: 'filter', lines: ['-D INPUT 1'] })
    expect(pipe.processId).toBe(first)
    expect(await rules()).toEqual(['-A INPUT -i eth3 -j DROP'])
  })

  test('tables take turns in one pipe', async () => {
    await using pipe = pipeOf()
    await pipe.commit({ table: 'raw', lines: ['-A PREROUTING -i eth1 -j DROP'] })
    await pipe.commit({ table: 'mangle', lines: ['-A FORWARD -i eth2 -j DROP'] })
    expect(await rules('raw')).toContain('-A PREROUTING -i eth1 -j DROP')
    expect(await rules('mangle')).toContain('-A FORWARD -i eth2 -j DROP')
    await pipe.commit({ table: 'raw', lines: ['-F PREROUTING'] })
    await pipe.commit({ table: 'mangle', lines: ['-F FORWARD'] })
  })

  test('commits called for at once are made in the order of the calls', async () => {
    await using pipe = pipeOf()
    const numbers = Array.from({ length: 100 }, (_, number) => number)
    const results = await Promise.allSettled(
      numbers.map((number) => {
        const line =
          number % 10 === 3 ? '-A nochain -j DROP' : `-A INPUT -s ${address(family, number)} -j DROP`
        return pipe.commit({ table: 'filter', lines: [line] })
      }),
    )
    const good = numbers.filter((number) => number % 10 !== 3)
    expect(numbers.filter((number) => results[number]?.status === 'fulfilled')).toEqual(good)
    expect(await rules()).toEqual(good.map((number) => `-A INPUT -s ${address(family, number)} -j DROP`))
  })

  test('counters come with the rule', async () => {
    await using pipe = pipeOf()
    await pipe.commit({ table: 'filter', lines: ['-A INPUT -c 5 600 -i eth1 -j DROP'] })
    const { stdout } = await runCommand(`${plainName(family)}-${backend}-save`, ['-c', '-t', 'filter'])
    // ip6tables-nft 1.8.9 takes counters and forgets them.
    const counters = family === 'ipv6' && backend === 'nft' ? /\n\[(?:5:600|0:0)\] / : /\n\[5:600\] /
    expect(stdout).toMatch(counters)
  })

  test('a comment of any bytes goes in and comes out as it was', async () => {
    await using pipe = pipeOf()
    const comment = 'grün \udcff\udcfe "quoted" \\ 🔥'
    await pipe.commit({
      table: 'filter',
      lines: [`-A INPUT -m comment --comment "${comment.replaceAll(/["\\]/g, '\\$&')}" -j DROP`],
    })
    const text = await save({ family, backend, table: 'filter' })
    const line = text.split('\n').find((candidate) => candidate.startsWith('-A')) ?? ''
    expect(line).toContain('grün \udcff\udcfe ')
    await pipe.commit({ table: 'filter', lines: ['-F INPUT'] })
    await pipe.commit({ table: 'filter', lines: [line] })
    expect(await save({ family, backend, table: 'filter' })).toContain(`\n${line}\n`)
  })

  test('a rule whose text looks like an acknowledgement does not acknowledge', async () => {
    await using pipe = pipeOf()
    await iptables(family, backend, '-A', 'INPUT', '-m', 'comment', '--comment', 'x\n# 1\n', '-j', 'DROP')
    const failure = await failureOf(
      pipe.commit({ table: 'filter', lines: ['-A INPUT -i eth1 -j DROP', '-A nochain -j DROP'] }),
    )
    expect(failure).toMatchObject({ code: 'chain-not-found', lineIndex: 1 })
  })

  const refusals: [what: string, line: string, nft: XtablesErrorCode, legacy: XtablesErrorCode][] = [
    ['a chain that does not exist', '-A nochain -j DROP', 'chain-not-found', 'chain-not-found'],
    ['a jump to nowhere', '-A INPUT -j nochain', 'chain-not-found', 'chain-not-found'],
    ['deleting what is not there', '-D INPUT -i eth9 -j DROP', 'rule-not-found', 'rule-not-found'],
    ['a check that finds nothing', '-C INPUT -i eth9 -j DROP', 'rule-not-found', 'rule-not-found'],
    ['a position beyond the end', '-I INPUT 99 -j DROP', 'index-too-big', 'index-too-big'],
    ['a deletion beyond the end', '-D INPUT 99', 'index-too-big', 'index-too-big'],
    ['a chain that exists', '-N taken', 'chain-exists', 'chain-exists'],
    ['a chain in use', '-X taken', 'chain-busy', 'chain-busy'],
    ['a match that nobody knows', '-A INPUT -m nosuch -j DROP', 'extension-unknown', 'extension-unknown'],
    ['a set that does not exist', '-A INPUT -m set --match-set nope src', 'set-not-found', 'set-not-found'],
    ['an address that is none', '-A INPUT -s 999.1.2.3 -j DROP', 'bad-rule', 'bad-rule'],
    ['an option that nobody knows', '-A INPUT --bogus -j DROP', 'bad-rule', 'bad-rule'],
    ['two commands', '-A INPUT -j DROP -F INPUT', 'bad-rule', 'bad-rule'],
    ['a policy that is none', '-P INPUT BOGUS', 'bad-rule', 'bad-rule'],
    ['a chain name that is too long', `-N ${'x'.repeat(29)}`, 'bad-rule', 'bad-rule'],
  ]
  test.each(refusals)(
    '%s is refused with its line, and nothing else of the commit happens',
    async (_what, line, nft, legacy) => {
      await using pipe = pipeOf()
      await pipe.commit({ table: 'filter', lines: ['-N taken', '-A INPUT -j taken'] })
      const before = await rules()
      const lines = ['-A INPUT -i eth1 -j DROP', line, '-A INPUT -i eth2 -j DROP']
      const failure = await failureOf(pipe.commit({ table: 'filter', lines }))
      expect(failure).toMatchObject({
        name: 'RestoreError',
        code: backend === 'nft' ? nft : legacy,
        lineIndex: 1,
      })
      expect(failure.kernelWords).not.toBe('')
      expect(await rules()).toEqual(before)
      await pipe.commit({ table: 'filter', lines: ['-A INPUT -i eth3 -j DROP'] })
      expect(await rules()).toEqual([...before, '-A INPUT -i eth3 -j DROP'])
    },
  )

  test('the line is named after many commits too', async () => {
    await using pipe = pipeOf()
    for (let number = 0; number < 20; number++)
      await pipe.commit({ table: 'filter', lines: [`-A INPUT -s ${address(family, number)}`, '-D INPUT 1'] })
    const failure = await failureOf(
      pipe.commit({ table: 'filter', lines: ['-N a', '-N b', '-D b -j DROP', '-N c'] }),
    )
    expect(failure).toMatchObject({ lineIndex: 2 })
  })

  test('a table that does not exist', async () => {
    await using pipe = pipeOf()
    expect(await failureOf(pipe.commit({ table: 'nosuch', lines: [] }))).toMatchObject({
      code: 'table-unknown',
    })
    expect(await failureOf(pipe.commit({ table: 'filter\n*nat', lines: [] }))).toMatchObject({
      code: 'table-unknown',
    })
  })

  test('a line that is no single command is refused before anything is written', async () => {
    await using pipe = pipeOf()
    await pipe.commit({ table: 'filter', lines: [] })
    const process = pipe.processId
    for (const line of [
      '-A INPUT -j DROP\nCOMMIT\n*filter\n-F',
      '-A INPUT -6',
      'COMMIT',
      `-A INPUT ${'x'.repeat(1_000_000)}`,
    ]) {
      const failure = await failureOf(
        pipe.commit({ table: 'filter', lines: ['-A INPUT -i eth1 -j DROP', line] }),
      )
      expect(failure.code).toMatch(/^line-/)
      expect(failure).toMatchObject({ lineIndex: 1 })
      expect(failure.message.length).toBeLessThan(400)
    }
    expect(pipe.processId).toBe(process)
    expect(await rules()).toEqual([])
  })

  test('a value beyond what restore can take is refused, not cut', async () => {
    await using pipe = pipeOf()
    const comment = `-A INPUT -m comment --comment ${'x'.repeat(1024)} -j DROP`
    expect(await failureOf(pipe.commit({ table: 'filter', lines: [comment] }))).toMatchObject({
      code: 'bad-rule',
      lineIndex: 0,
    })
    const arguments300 = `-A INPUT${' -f'.repeat(300)} -j DROP`
    expect(await failureOf(pipe.commit({ table: 'filter', lines: [arguments300] }))).toMatchObject({
      code: 'bad-rule',
      lineIndex: 0,
    })
    expect(await rules()).toEqual([])
  })

  test('five thousand rules in one commit are all there, or refused as a whole', async () => {
    await using pipe = pipeOf()
    const lines = Array.from(
      { length: 5_000 },
      (_, number) => `-A INPUT -s ${address(family, number)} -j DROP`,
    )
    const small = lines.slice(0, 500)
    await pipe.commit({ table: 'filter', lines: small })
    expect(await rules()).toEqual(small)
    await pipe.commit({ table: 'filter', lines: ['-F INPUT'] })
    const failure = await pipe.commit({ table: 'filter', lines }).then(
      () => undefined,
      (error: XtablesError) => error,
    )
    // Only root outside of any user namespace may enlarge the socket of the nft program.
    if (backend === 'nft' && failure !== undefined) {
      expect(failure).toMatchObject({ code: 'batch-too-large', lineIndex: undefined })
      expect(await rules()).toEqual([])
    } else {
      expect(failure).toBeUndefined()
      expect(await rules()).toEqual(lines)
    }
  })

  test('a process killed while idle is replaced without a word', async () => {
    await using pipe = pipeOf()
    await pipe.commit({ table: 'filter', lines: ['-A INPUT -i eth1 -j DROP'] })
    const killed = pipe.processId ?? expect.fail('no process')
    process.kill(killed, 'SIGKILL')
    await expect.poll(() => pipe.processId).toBeUndefined()
    await pipe.commit({ table: 'filter', lines: ['-A INPUT -i eth2 -j DROP'] })
    expect(await rules()).toEqual(['-A INPUT -i eth1 -j DROP', '-A INPUT -i eth2 -j DROP'])
  })

  test('a process killed in the middle of a commit leaves its outcome unknown, and the next commit works', async () => {
    await using pipe = pipeOf()
    await pipe.commit({ table: 'filter', lines: [] })
    const killed = pipe.processId ?? expect.fail('no process')
    process.kill(killed, 'SIGSTOP')
    const failure = failureOf(pipe.commit({ table: 'filter', lines: ['-A INPUT -i eth1 -j DROP'] }))
    const next = pipe.commit({ table: 'filter', lines: ['-A INPUT -i eth2 -j DROP'] })
    process.kill(killed, 'SIGKILL')
    expect(await failure).toMatchObject({ code: 'outcome-unknown' })
    await next
    expect(await rules()).toEqual(['-A INPUT -i eth2 -j DROP'])
  })

  test('foreign writers neither fail nor lose anything beside the pipe', async () => {
    await using pipe = pipeOf()
    const foreign = [1, 2, 3].map(async (writer) => {
      for (let number = 0; number < 25; number++)
        await iptables(family, backend, '-A', 'INPUT', '-i', `eth${writer}.${number}`, '-j', 'DROP')
    })
    const own: Promise<void>[] = []
    for (let number = 0; number < 300; number++) {
      const commit = pipe.commit({
        table: 'filter',
        lines: [`-A INPUT -s ${address(family, number)} -j DROP`],
      })
      own.push(commit)
      await commit
    }
    await Promise.all([...foreign, ...own])
    const found = new Set(await rules())
    expect(found.size).toBe(375)
    for (let number = 0; number < 300; number++)
      expect(found).toContain(`-A INPUT -s ${address(family, number)} -j DROP`)
  })

  test('after the close nothing is taken, and the processes are gone', async () => {
    const pipe = pipeOf()
    const last = pipe.commit({ table: 'filter', lines: ['-A INPUT -i eth1 -j DROP'] })
    await pipe[Symbol.asyncDispose]()
    await last
    expect(await rules()).toEqual(['-A INPUT -i eth1 -j DROP'])
    expect(pipe.processId).toBeUndefined()
    expect(await failureOf(pipe.commit({ table: 'filter', lines: [] }))).toMatchObject({ code: 'closed' })
    expect(await restoresRunning()).toEqual([])
  })

  test('a program that forgets the pipe still ends by itself, and so do its processes', async () => {
    const { stdout } = await runCommand(process.execPath, [
      '--input-type=module',
      '-e',
      userOf(family, backend),
    ])
    expect(stdout).toBe('committed\n')
    await expect.poll(restoresRunning).toEqual([])
  })

  test('a program that is killed takes its restore processes with it', async () => {
    const lines: string[] = []
    const program = `${userOf(family, backend)}; setInterval(() => {}, 1000)`
    const user = new PipedProcess(process.execPath, ['--input-type=module', '-e', program], (line) =>
      lines.push(line),
    )
    await expect.poll(() => lines, { timeout: 10_000 }).toEqual(['committed'])
    expect((await restoresRunning()).length).toBeGreaterThan(0)
    process.kill(user.processId ?? expect.fail('no process'), 'SIGKILL')
    await user.ended
    await expect.poll(restoresRunning).toEqual([])
  })

  describe('without', () => {
    const folders: string[] = []
    afterEach(async () => {
      for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
    })
    const emptyFolder = async (): Promise<string> => {
      const folder = await mkdtemp(join(tmpdir(), 'chainmail-'))
      folders.push(folder)
      return folder
    }

    test('iptables, the error says what to install', async () => {
      await using pipe = pipeOf({ searchPath: await emptyFolder() })
      const failure = await failureOf(pipe.commit({ table: 'filter', lines: [] }))
      expect(failure.code).toBe('iptables-not-installed')
      expect(failure.message).toContain('apt-get install iptables')
    })

    test('privileges, the error says so and names no line', async () => {
      const folder = await emptyFolder()
      const { stdout } = await runCommand('which', ['setpriv'])
      for (const kind of ['save', 'restore']) {
        const name = `${plainName(family)}-${backend}-${kind}`
        const script = `#!/bin/sh\nexec ${stdout.trim()} --bounding-set -net_admin --inh-caps -net_admin /usr/sbin/${name} "$@"\n`
        await writeFile(join(folder, name), script)
        await chmod(join(folder, name), 0o755)
      }
      await using pipe = pipeOf({ searchPath: folder })
      for (let attempt = 0; attempt < 3; attempt++) {
        const failure = await failureOf(pipe.commit({ table: 'filter', lines: ['-A INPUT -j DROP'] }))
        expect(failure).toMatchObject({ code: 'not-permitted', lineIndex: undefined })
      }
      expect(await rules()).toEqual([])
    })
  })
})

describeOnKernel('RestorePipe, what is special to a backend', () => {
  afterEach(async () => {
    for (const backend of backends) {
      await iptables('ipv4', backend, '-F')
      await iptables('ipv4', backend, '-X')
    }
  })

  test('legacy waits for the xtables lock, then gives up with a code', async () => {
    await using pipe = new RestorePipe({ family: 'ipv4', backend: 'legacy', lockTimeoutSeconds: 1 })
    await pipe.commit({ table: 'filter', lines: [] })
    const locked: string[] = []
    const holder = new PipedProcess(
      '/usr/bin/flock',
      ['/run/xtables.lock', '/bin/sh', '-c', 'echo locked; exec cat'],
      (line) => locked.push(line),
    )
    await expect.poll(() => locked).toEqual(['locked'])
    const failure = await failureOf(pipe.commit({ table: 'filter', lines: ['-A INPUT -j DROP'] }))
    expect(failure).toMatchObject({ code: 'lock-timeout', lineIndex: undefined })
    await holder.close()
    await pipe.commit({ table: 'filter', lines: ['-A INPUT -i eth1 -j DROP'] })
    expect(await rulesOf('ipv4', 'legacy')).toEqual(['-A INPUT -i eth1 -j DROP'])
  })

  test('legacy takes the lock file that XTABLES_LOCKFILE names', async () => {
    process.env.XTABLES_LOCKFILE = '/nowhere/xtables.lock'
    try {
      await using pipe = new RestorePipe({ family: 'ipv4', backend: 'legacy' })
      expect(await failureOf(pipe.commit({ table: 'filter', lines: [] }))).toMatchObject({
        code: 'lock-unavailable',
      })
    } finally {
      delete process.env.XTABLES_LOCKFILE
    }
  })

  test('legacy holds no lock between its commits', async () => {
    await using pipe = new RestorePipe({ family: 'ipv4', backend: 'legacy' })
    await pipe.commit({ table: 'filter', lines: ['-A INPUT -i eth1 -j DROP'] })
    const { stdout } = await runCommand('flock', ['--nonblock', '/run/xtables.lock', 'echo', 'free'])
    expect(stdout).toBe('free\n')
  })

  test('a batch that crashes the nft program applies nothing', async () => {
    await using pipe = new RestorePipe({ family: 'ipv4', backend: 'nft' })
    const lines = ['-A INPUT -i eth1 -j DROP', '-R INPUT 1 -i eth2 -j DROP']
    const failure = await pipe.commit({ table: 'filter', lines }).then(
      () => undefined,
      (error: XtablesError) => error,
    )
    // Later versions than 1.8.9 may do what was asked for.
    expect(await rulesOf('ipv4', 'nft')).toEqual(failure === undefined ? ['-A INPUT -i eth2 -j DROP'] : [])
    if (failure !== undefined) expect(failure.code).toBe('outcome-unknown')
  })
})

/** A program that commits through a pipe and never closes it. */
function userOf(family: Family, backend: Backend): string {
  const url = JSON.stringify(new URL('./restore.ts', import.meta.url).href)
  return `const { RestorePipe } = await import(${url}); const pipe = new RestorePipe(${JSON.stringify({ family, backend })}); await pipe.commit({ table: 'filter', lines: ['-A INPUT -j ACCEPT'] }); console.log('committed')`
}

/** The restore processes of this network namespace. */
async function restoresRunning(): Promise<string[]> {
  const namespace = await readlink('/proc/self/ns/net')
  const found: string[] = []
  for (const id of await readdir('/proc')) {
    if (!/^\d+$/.test(id)) continue
    try {
      const command = await readFile(`/proc/${id}/cmdline`, 'utf8')
      if (command.includes('-restore\0') && (await readlink(`/proc/${id}/ns/net`)) === namespace)
        found.push(command)
    } catch {
      // It ended while we looked, or belongs to somebody else.
    }
  }
  return found
}
