import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { serviceManager } from './service-manager.ts'

describe('the service manager', () => {
  const told: string[] = []
  const send = (address: string, assignments: readonly string[]) => {
    told.push(`${address} ${assignments.join(' ')}`)
    return true
  }
  beforeEach(() => {
    told.length = 0
    vi.useFakeTimers()
  })
  afterEach(() => vi.useRealTimers())

  it('is told when the daemon is ready, reads its settings anew, and stops', () => {
    const manager = serviceManager({ NOTIFY_SOCKET: '/run/n' }, send)
    manager.ready('3 bans\nrestored')
    manager.reloading()
    manager.stopping()
    expect(told).toEqual([
      '/run/n READY=1 STATUS=3 bans restored',
      expect.stringMatching(/^\/run\/n RELOADING=1 MONOTONIC_USEC=\d+$/),
      '/run/n STOPPING=1',
    ])
    vi.advanceTimersByTime(60_000)
    expect(told).toHaveLength(3)
  })

  it('hears three times in each span of its watchdog, once the daemon is ready', () => {
    const manager = serviceManager(
      { NOTIFY_SOCKET: '/run/n', WATCHDOG_USEC: '30000000', WATCHDOG_PID: String(process.pid) },
      send,
    )
    vi.advanceTimersByTime(30_000)
    expect(told).toEqual([])
    manager.ready('')
    manager.ready('')
    vi.advanceTimersByTime(30_000)
    expect(told.filter((words) => words === '/run/n WATCHDOG=1')).toHaveLength(3)
  })

  it.each([[{}], [{ WATCHDOG_USEC: '1000' }], [{ NOTIFY_SOCKET: '' }]])(
    'that is not there (%j) is told nothing',
    (environment) => {
      const manager = serviceManager(environment, send)
      manager.ready('')
      vi.advanceTimersByTime(60_000)
      expect(told).toEqual([])
    },
  )

  it('is not told of life for another process', () => {
    serviceManager({ NOTIFY_SOCKET: '/n', WATCHDOG_USEC: '3000', WATCHDOG_PID: '1' }, send).ready('')
    vi.advanceTimersByTime(60_000)
    expect(told).toHaveLength(1)
  })
})
