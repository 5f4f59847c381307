import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { findProgram, PipedProcess, RunningProgram, run, startApart } from './process.ts'

const node = process.execPath

describe('run', () => {
  test('gives exit status, output and errors apart', async () => {
    const program =
      'process.stdin.on("data", (d) => { process.stdout.write(d); console.error("oops"); process.exitCode = 3 })'
    const result = await run(node, ['-e', program], { input: Buffer.from('in') })
    expect(result).toMatchObject({ code: 3, signal: undefined, stderr: 'oops\n' })
    expect(result.stdout.toString()).toBe('in')
  })

  test('hands arguments over as they are, without a shell', async () => {
    const words = ['$HOME', '`id`', '; true', '*', 'a b', '"']
    const result = await run(node, ['-p', 'JSON.stringify(process.argv.slice(1))', '--', ...words])
    expect(JSON.parse(result.stdout.toString())).toEqual(words)
  })

  test('gives the program a small environment in English, with the folders of the system’s tools', async () => {
    process.env.LANG = 'de_DE.UTF-8'
    const result = await run('/usr/bin/env', [])
    const names = result.stdout.toString().trimEnd().split('\n')
    expect(names.map((line) => line.split('=')[0]).sort()).toEqual(['LC_ALL', 'PATH'])
    expect(names).toContain('LC_ALL=C')
    expect(names.find((line) => line.startsWith('PATH='))).toMatch(/:\/usr\/sbin:\/sbin$/)
  })

  test('ends a program that writes more than it may', async () => {
    const endless = run(node, ['-e', 'const w = () => process.stdout.write("x".repeat(65536), w); w()'], {
      maxOutput: 100_000,
    })
    await expect(endless).rejects.toMatchObject({ code: 'output-too-large' })
  })

  test('ends a program that takes longer than it may', async () => {
    await expect(run(node, ['-e', 'setInterval(() => {}, 1000)'], { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'time-over',
    })
  })

  test('survives a program that does not read its input', async () => {
    const result = await run('/bin/true', [], { input: Buffer.alloc(10_000_000) })
    expect(result.code).toBe(0)
  })

  test('hands over its three streams and nothing else, with no signal ignored or blocked', async () => {
    const { stdout } = await run('/bin/ls', ['/proc/self/fd'])
    // What a test's own starter has left open, Node hands over too.
    expect(stdout.toString()).toBe(execFileSync('/bin/ls', ['/proc/self/fd'], { encoding: 'utf8' }))
    const signals = await run('/bin/grep', ['-E', '^Sig(Ign|Blk):', '/proc/self/status'])
    expect(signals.stdout.toString().match(/\S+$/gm)).toEqual(Array(2).fill('0'.repeat(16)))
  })

  test('leaves no dead program behind, and no descriptor', async () => {
    const open = () => readdirSync('/proc/self/fd').length
    await run('/bin/true', [])
    const before = open()
    await Promise.all(Array.from({ length: 20 }, () => run('/bin/true', [])))
    await Promise.allSettled(Array.from({ length: 20 }, () => run('/nowhere/iptables', [])))
    expect(open()).toBe(before)
    const { stdout } = await run('/bin/ps', ['-o', 'stat=', '--ppid', String(process.pid)])
    expect(stdout.toString()).not.toMatch(/^Z/m)
  })

  test('tells of the signal that ended a program', async () => {
    expect(await run('/bin/sh', ['-c', 'kill -TERM $$'])).toMatchObject({
      code: undefined,
      signal: 'SIGTERM',
    })
  })

  test('starts nothing with a word that C would cut', async () => {
    await expect(run('/bin/echo', ['one\0two'])).rejects.toMatchObject({ code: 'program-not-started' })
  })

  test('says which program could not be started', async () => {
    await expect(run('/nowhere/iptables', [])).rejects.toMatchObject({
      code: 'program-not-started',
      program: '/nowhere/iptables',
    })
  })
})

describe('RunningProgram', () => {
  const endless = 'const write = () => process.stdout.write("x".repeat(65536), write); write()'

  test('waits while nobody takes its output, and is ended when whoever takes it goes away', async () => {
    const running = new RunningProgram(node, ['-e', endless])
    let taken = 0
    for await (const piece of running) {
      taken += piece.length
      if (taken > 1_000_000) break
    }
    expect(await running.ended).toMatchObject({ code: undefined, signal: 'SIGKILL' })
  })

  test('has no output and says why when it could not be started', async () => {
    const running = new RunningProgram('/nowhere/iptables-save', [])
    expect(await Array.fromAsync(running)).toEqual([])
    await expect(running.ended).rejects.toMatchObject({ code: 'program-not-started' })
  })
})

describe('findProgram', () => {
  test('takes the first folder that has the program', async () => {
    expect(await findProgram('sh', '/nowhere:/bin:/usr/bin')).toBe('/bin/sh')
  })

  test('finds nothing in relative folders, nor what is not executable', async () => {
    expect(await findProgram('sh', 'bin:.:')).toBeUndefined()
    expect(await findProgram('passwd', '/etc')).toBeUndefined()
  })
})

describe('PipedProcess', () => {
  test('hands over whole lines, whatever the pieces they arrive in', async () => {
    const lines: string[] = []
    const echo = new PipedProcess('/bin/cat', [], (line) => lines.push(line))
    for (const piece of ['on', 'e\ntwo\nth', 'ree\n']) echo.write(Buffer.from(piece))
    expect(await echo.close()).toMatchObject({ code: 0, signal: undefined })
    expect(lines).toEqual(['one', 'two', 'three'])
  })

  test('tells how the program ended and the last of what it complained about', async () => {
    const noisy = new PipedProcess(
      node,
      ['-e', 'process.stderr.write("warning\\n".repeat(50000) + "the reason\\n", () => process.exit(4))'],
      () => {},
    )
    const end = await noisy.ended
    expect(end.code).toBe(4)
    expect(end.stderr).toMatch(/the reason\n$/)
    expect(end.stderr.length).toBeLessThan(200_000)
    expect(noisy.running).toBe(false)
  })

  test('a program that cannot be started ends with the failure', async () => {
    const end = await new PipedProcess('/nowhere/iptables-restore', [], () => {}).ended
    expect(end.failure?.message).toContain('ENOENT')
  })
})

describe('startApart', () => {
  test('starts a program in a session of its own that says when it is ready', async () => {
    const pid = await startApart(node, ['-e', 'console.log("ready"); setTimeout(() => {}, 60_000)'])
    try {
      const { stdout } = await run('/bin/ps', ['-o', 'sid=,tty=', '-p', String(pid)])
      expect(stdout.toString().trim().split(/\s+/)).toEqual([String(pid), '?'])
    } finally {
      process.kill(pid, 'SIGKILL')
    }
  })

  test('tells why a program was never ready', async () => {
    const broken = startApart(node, ['-e', 'console.error("no way"); process.exit(1)'])
    await expect(broken).rejects.toMatchObject({
      code: 'program-not-started',
      message: expect.stringContaining('no way'),
    })
    await expect(startApart('/nowhere/guard', [])).rejects.toMatchObject({ code: 'program-not-started' })
    const silent = startApart(node, ['-e', 'setInterval(() => {}, 1000)'], { timeoutMs: 50 })
    await expect(silent).rejects.toMatchObject({ code: 'time-over' })
  })
})
