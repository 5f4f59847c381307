import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnKernel } from '../../../testing/kernel.ts'
import { startServiceManager, type TestServiceManager } from '../../../testing/service-manager.ts'
import { type DaemonProcess, startProcess } from './daemon-process.ts'

describeOnKernel('a daemon under a service manager', () => {
  let folder: string
  let manager: TestServiceManager
  let daemon: DaemonProcess
  let log = ''

  const configure = (text: string) => writeFileSync(join(folder, 'chainmail.toml'), text)
  /** Sends SIGHUP, and resolves when the log has the words. */
  const reload = async (words: string) => {
    log = ''
    daemon.child.kill('SIGHUP')
    await expect.poll(() => log, { timeout: 20_000 }).toContain(words)
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-reload-'))
    configure('[rfw]\nnon-restful = false\n')
    manager = await startServiceManager(join(folder, 'notify'))
    daemon = await startProcess(
      folder,
      [],
      ['env', `NOTIFY_SOCKET=${join(folder, 'notify')}`, 'WATCHDOG_USEC=600000', process.execPath],
    )
    daemon.child.stderr?.on('data', (piece: string) => {
      log += piece
    })
  }, 60_000)
  afterAll(async () => {
    daemon.child.kill('SIGKILL')
    await manager[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })

  it('tells when it is ready, and then that it is alive', async () => {
    await expect.poll(() => manager.told[0]).toBe('READY=1 STATUS=0 bans restored')
    await expect.poll(() => manager.told, { timeout: 20_000 }).toContain('WATCHDOG=1')
  })

  it('takes new settings over on SIGHUP, and the connection that is open stays', async () => {
    const connection = connect(join(folder, 'c.sock')).setEncoding('utf8')
    const ask = async (): Promise<string> => {
      connection.write('GET /drop/input/any/192.0.2.1?modify=insert HTTP/1.1\r\nHost: localhost\r\n\r\n')
      const [answer] = await once(connection, 'data')
      return String(answer).split('\r\n')[0] ?? ''
    }
    try {
      expect(await ask()).toBe('HTTP/1.1 400 Bad Request')
      configure('[rfw]\nnon-restful = true\n[history]\nlimit = 5\n')
      await reload('a restart only')
      expect(log).toContain('"changed":["rfw.non-restful"]')
      expect(await ask()).toBe('HTTP/1.1 200 OK')
      expect(manager.told.some((words) => /^RELOADING=1 MONOTONIC_USEC=\d+$/.test(words))).toBe(true)
    } finally {
      connection.destroy()
    }
  }, 60_000)

  it('keeps its settings when the file is wrong, and says where', async () => {
    configure('[rfw]\nnon-restful = 3\n')
    await reload('stay as they were')
    expect(log).toContain('chainmail.toml:2:15: rfw.non-restful: 3 is not true or false.')
    const answer = await daemon.client.request('GET', '/v1/bans')
    expect(answer).toMatchObject({ bans: [] })
  }, 60_000)

  it('tells that it stops', async () => {
    expect(await daemon.end('SIGTERM')).toBe(0)
    await expect.poll(() => manager.told).toContain('STOPPING=1')
  }, 60_000)
})
