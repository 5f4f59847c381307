import { describe, expect, it } from 'vitest'
import { readInvocation } from './invocation.ts'
import { LiveConfiguration } from './live.ts'

function read(...words: string[]) {
  const invocation = readInvocation(words, { system: true, home: '/root', environment: {} })
  if (invocation.kind !== 'run') throw new Error('not to run')
  return invocation
}

describe('a configuration that is reloaded', () => {
  it('changes what can change, where it is read', () => {
    const live = new LiveConfiguration(read())
    const { rfw } = live
    const next = read(
      '--log-level',
      'warn',
      '--drift',
      'report',
      '--ban-ipv6-prefix',
      '64',
      '--rfw-default-expire',
      '60',
    )
    expect(live.reload(next)).toEqual({
      changed: ['log.level', 'firewall.drift', 'bans.ipv6-prefix', 'rfw.default-expire'],
      needRestart: [],
    })
    expect(live).toMatchObject({ logLevel: 'warn', drift: 'report', banIpv6Prefix: 64 })
    expect(rfw.defaultExpire).toBe(60)
  })

  it('keeps what takes a restart, and says so every time', () => {
    const live = new LiveConfiguration(read('--port', '1'))
    for (const _ of ['once', 'again'])
      expect(live.reload(read('--port', '2'))).toEqual({ changed: [], needRestart: ['http.port'] })
    expect(live.http?.port).toBe(1)
    expect(live.reload(read('--port', '1'))).toEqual({ changed: [], needRestart: [] })
  })
})
