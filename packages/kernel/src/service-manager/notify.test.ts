import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startServiceManager } from '../../../../testing/service-manager.ts'
import { notify } from './notify.ts'

async function heard(address: string, assignments: readonly string[]): Promise<void> {
  await using manager = await startServiceManager(address)
  expect(notify(address, assignments)).toBe(true)
  await expect.poll(() => manager.told).toEqual([assignments.join(' ')])
}

describe('the service manager', () => {
  it('is told by a socket with a path', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chainmail-notify-'))
    try {
      await heard(join(folder, 'n'), ['READY=1', 'STATUS=3 bans'])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('is told by an abstract socket', () => heard(`@chainmail-notify-${process.pid}`, ['WATCHDOG=1']))

  it.each(['', '/nowhere/at/all', '@nobody-listens-here', 'vsock:2:1234', '/'])(
    'that is not at %j is told nothing',
    (address) => {
      expect(notify(address, ['READY=1'])).toBe(false)
    },
  )
})
