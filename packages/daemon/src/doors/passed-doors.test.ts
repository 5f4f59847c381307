import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { connect } from '../client.ts'
import { passedDoors } from './passed-doors.ts'

const main = join(import.meta.dirname, '../../bin/chainmail-daemon.mjs')

describeOnKernel('doors that a service manager hands over', () => {
  it('are the ones that the daemon listens on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chainmail-passed-'))
    const socket = join(folder, 'c.sock')
    // systemd-socket-activate(1) starts the daemon at the first connection, which waits for it.
    const activate = spawn(
      'systemd-socket-activate',
      [
        '-l',
        socket,
        '-l',
        '127.0.0.1:7390',
        '-l',
        '127.0.0.1:7393',
        '--fdname=socket:http:https',
        process.execPath,
        main,
        '--state-dir',
        folder,
        '--http-identity',
        'trusted',
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    const ended = once(activate, 'exit')
    let said = ''
    activate.stdout.setEncoding('utf8').on('data', (words: string) => {
      said += words
    })
    try {
      await once(activate.stderr, 'data')
      activate.stderr.resume()
      expect(await connect({ socket }).request('GET', '/v1/bans')).toMatchObject({ bans: [] })
      const answer = await fetch('http://127.0.0.1:7390/v1/bans')
      expect(answer.status).toBe(200)
      const ca = readFileSync(join(folder, 'certificates/ca.pem'), 'utf8')
      const remote = connect({ remote: { url: 'https://127.0.0.1:7393', ca } })
      await expect(remote.request('GET', '/v1/bans')).rejects.toMatchObject({ status: 401 })
      expect(said).toContain('and on https://127.0.0.1:7393 and http://127.0.0.1:7390')
    } finally {
      activate.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true })
    }
  }, 60_000)
})

it('are none for another process, or without any', () => {
  expect(passedDoors({}, 7)).toBeUndefined()
  expect(passedDoors({ LISTEN_PID: '6', LISTEN_FDS: '1', LISTEN_FDNAMES: 'socket' }, 7)).toBeUndefined()
})

it.each([
  ['socket', { socket: 3, http: [], https: [] }],
  ['socket:http:https:http', { socket: 3, http: [4, 6], https: [5] }],
  ['http:socket', { socket: 4, http: [3], https: [] }],
])('are told apart by their names: %s', (LISTEN_FDNAMES, doors) => {
  const LISTEN_FDS = String(LISTEN_FDNAMES.split(':').length)
  expect(passedDoors({ LISTEN_PID: '7', LISTEN_FDS, LISTEN_FDNAMES }, 7)).toEqual(doors)
})

it.each(['http', 'socket:socket', 'socket:ftp', ''])('are refused by the names %j', (LISTEN_FDNAMES) => {
  const LISTEN_FDS = String(LISTEN_FDNAMES.split(':').length)
  expect(() => passedDoors({ LISTEN_PID: '7', LISTEN_FDS, LISTEN_FDNAMES }, 7)).toThrow(
    expect.objectContaining({ code: 'bad-setting' }),
  )
})
