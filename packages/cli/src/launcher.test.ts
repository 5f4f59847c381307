import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'

const runFile = promisify(execFile)
const launcher = join(import.meta.dirname, '../bin/chainmail.mjs')
const folder = mkdtempSync(join(tmpdir(), 'chainmail-launcher-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The Node of the machine, if it has one that runs no TypeScript. */
const systemNode = '/usr/bin/node'
const systemNodeIsOld =
  existsSync(systemNode) && /^v(1\d|20|21)\./.test((await runFile(systemNode, ['--version'])).stdout)

describe('the program of the command', () => {
  test('runs under the Node that runs the tests', async () => {
    const { stdout } = await runFile(process.execPath, [launcher, '--version'])
    expect(stdout).toBe(`chainmail 0.1.0 (Node.js ${process.version})\n`)
  })

  test.runIf(systemNodeIsOld)('under an old Node hands over to the pinned one', async () => {
    const { stdout } = await runFile(systemNode, [launcher, '--version'])
    expect(stdout).toBe(`chainmail 0.1.0 (Node.js ${process.version})\n`)
    await expect(runFile(systemNode, [launcher, 'bnas'])).rejects.toMatchObject({ code: 2 })
  })

  test.runIf(systemNodeIsOld)('under an old Node without a pinned one says which is needed', async () => {
    const alone = join(folder, 'checkout/packages/cli/bin')
    mkdirSync(alone, { recursive: true })
    copyFileSync(launcher, join(alone, 'chainmail.mjs'))
    await expect(runFile(systemNode, [join(alone, 'chainmail.mjs')])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^chainmail: it needs Node\.js 22\.18 or newer, and this is /),
    })
  })

  test('is quiet when its reader has seen enough', async () => {
    const { stderr, stdout } = await runFile('sh', [
      '-c',
      '"$0" "$1" help ban | true; "$0" "$1" help | head -n 1',
      process.execPath,
      launcher,
    ])
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^chainmail — .*\n$/)
  })

  test.each([process.execPath, ...(systemNodeIsOld ? [systemNode] : [])])(
    'ends by Ctrl-C while a daemon keeps it waiting, under %s',
    async (node) => {
      const socket = join(folder, 'silent.sock')
      await using silent = createServer()
      const asked = once(silent, 'request')
      await once(silent.listen(socket), 'listening')
      const shell = spawn(
        'sh',
        ['-c', 'trap : INT; "$@"; echo "ended with $?"', 'sh', node, launcher, 'bans', '--socket', socket],
        {
          detached: true,
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      )
      let output = ''
      shell.stdout.on('data', (chunk) => {
        output += String(chunk)
      })
      await asked
      // As a terminal does: to every process in the foreground.
      process.kill(-(shell.pid ?? 0), 'SIGINT')
      await once(shell, 'close')
      silent.closeAllConnections()
      expect(output).toBe('ended with 130\n')
    },
  )
})
