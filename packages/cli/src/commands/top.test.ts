import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startDaemon, type TestDaemon } from '../../../../testing/daemon.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { AtTerminal, shellWord } from '../../../../testing/terminal.ts'
import { call } from '../test-call.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

/** What leaves the second screen, shows the cursor and gives the keys back. */
const RESTORED = '\u001b[?25h\u001b[?1049l'

/** The command at a terminal of its own, which says at the end how it was left. */
class TopAtTerminal extends AtTerminal {
  constructor(socket: string) {
    const command = [process.execPath, main, 'top', '--socket', socket].map(shellWord).join(' ')
    const left = "stty -a | grep -o -e '-\\?icanon' -e '-\\?echo\\b'"
    const script = `stty rows 40 cols 100; ${command} & echo "pid $!"; fg >/dev/null; code=$?; ${left}; exit $code`
    super(`bash -mc ${shellWord(script)}`, { ...process.env, TERM: 'xterm' })
  }

  get processId(): number {
    return Number(/pid (\d+)/.exec(this.output)?.[1])
  }

  /** What was said after the terminal was given back. */
  get afterwards(): readonly string[] {
    const [, ...rest] = this.output.split(RESTORED)
    return rest.join(RESTORED).split(/\s+/)
  }
}

describeOnKernel('chainmail top', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chainmail-top-'))
  let daemon: TestDaemon

  beforeAll(async () => {
    daemon = await startDaemon(folder)
    execFileSync('ip', ['link', 'set', 'lo', 'up'])
    execFileSync('iptables', ['-A', 'INPUT', '-d', '127.0.0.9', '-p', 'udp', '-j', 'DROP'])
  })
  afterAll(async () => {
    await daemon.stop()
    rmSync(folder, { recursive: true })
  })

  it('prints once what goes on, where there is no terminal', async () => {
    const packets = setInterval(() => send('127.0.0.9'), 20)
    const asked = call(['top', '--socket', daemon.socket])
    await call(['ban', '198.51.100.7', '--reason', 'noise', '--socket', daemon.socket])
    const { code, stdout, stderr } = await asked
    clearInterval(packets)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^chainmail \S+ {3}(nft|legacy) backend {3}1 ban /)
    expect(stdout).toMatch(/^requests +\d/m)
    expect(stdout).toMatch(/^ *\d[\d.]* .* iptables -t filter -A INPUT -d 127\.0\.0\.9\/32 -p udp -j DROP$/m)
    expect(stdout).toMatch(/bans: 1 banned: 198\.51\.100\.7 for ever "noise"$/m)
    expect(stdout).not.toContain('\u001b')
  })

  it('tells the same to programs', async () => {
    const { stdout } = await call(['top', '--once', '--json', '--socket', daemon.socket])
    const { figures, newest } = JSON.parse(stdout)
    expect(figures).toMatchObject({ problems: [], bans: 1, rates: { bans: 0 } })
    expect(figures.rates.requests).toBeGreaterThan(0)
    expect(newest).toHaveLength(1)
  })

  it('needs a daemon', async () => {
    expect(await call(['top', '--direct'])).toMatchObject({ code: 1, stdout: '' })
    expect(await call(['top', '--socket', join(folder, 'none.sock')])).toMatchObject({ code: 3 })
  })

  it.each([
    ['q', 'q', 0],
    ['Ctrl-C', '\u0003', 130],
  ])('draws on a terminal again and again, and gives it back at %s', async (_, key, code) => {
    const terminal = new TopAtTerminal(daemon.socket)
    await terminal.says('q leaves')
    await terminal.says('requests')
    const draws = terminal.output.split('\u001b[H').length
    await expect
      .poll(() => terminal.output.split('\u001b[H').length, { timeout: 20_000 })
      .toBeGreaterThan(draws)
    const lines = terminal.output.split('\u001b[H').at(-2)?.split('\r\n') ?? []
    for (const line of lines) expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(100)
    terminal.type(key)
    expect(await terminal.end()).toBe(code)
    expect(terminal.afterwards).toEqual(expect.arrayContaining(['icanon', 'echo']))
  })

  it('gives the terminal back when it is asked to end', async () => {
    const terminal = new TopAtTerminal(daemon.socket)
    await terminal.says('q leaves')
    process.kill(terminal.processId, 'SIGTERM')
    await terminal.end()
    expect(terminal.afterwards).toEqual(expect.arrayContaining(['icanon', 'echo']))
  })
})

function send(address: string): void {
  execFileSync('bash', ['-c', `echo x > /dev/udp/${address}/9`])
}
