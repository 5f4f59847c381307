import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startServiceManager } from '../../../../testing/service-manager.ts'
import { AuditLog } from './audit-log.ts'
import { sendToSyslog } from './syslog.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainmail-syslog-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

it("sends each record with its hash to the system's log, and the worse ones as such", async () => {
  const path = join(folder, 'log')
  const log = new AuditLog({ folder: join(folder, 'audit'), size: 1024 ** 2 })
  const faults: string[] = []
  const end = sendToSyslog(log, () => faults.push('unheard'), path)
  const request = { kind: 'request', who: 'alice', door: 'https', method: 'PUT', path: '/v1/bans/x' } as const
  log.append({ ...request, status: 200 })
  log.flush()
  log.append({ ...request, status: 200 })
  log.flush()
  // Nobody listens yet; that is told once.
  expect(faults).toEqual(['unheard'])
  await using system = await startServiceManager(path)
  log.append({ ...request, status: 200 })
  log.append({ ...request, status: 403, code: 'permission-missing' })
  log.append({ kind: 'missing', from: 1, to: 2 })
  log.flush()
  await expect.poll(() => system.told).toHaveLength(3)
  const stamp = String.raw`\w{3} [ \d]\d \d\d:\d\d:\d\d chainmail\[${process.pid}\]: audit [0-9a-f]{64} \{"number":`
  for (const [place, severity] of [6, 5, 4].entries())
    expect(system.told[place]).toMatch(new RegExp(`^<${10 * 8 + severity}>${stamp}${place + 3},`))
  expect(system.told[2]).toContain(log.written.hash)
  end()
  log.close()
})
