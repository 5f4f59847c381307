import { createSocket } from 'node:dgram'
import { accessSync, constants, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel, onKernel } from '../../../../testing/kernel.ts'
import { RecentLists } from './recent.ts'

const odd = 'o dd"\n-é'
const folder = '/proc/net/xt_recent'

/** The lists as the kernel prints them. */
function printed(name: string): string {
  return readFileSync(`${folder}/${name}`, 'utf8')
}

function append(program: string, name: string, ...words: string[]): Promise<unknown> {
  return runCommand(program, ['-A', 'INPUT', '-m', 'recent', '--name', name, '--set', ...words])
}

async function sendPacket(type: 'udp4' | 'udp6', address: string): Promise<void> {
  const socket = createSocket(type)
  await new Promise<void>((resolve, reject) =>
    socket.send('x', 9, address, (error) => (error ? reject(error) : resolve())),
  )
  await new Promise<void>((resolve) => socket.close(() => resolve()))
}

/**
 * In the namespace of a user who is not root outside, the files of the lists belong to nobody. There a change is
 * refused; elsewhere it is made.
 */
function changes(change: () => void): boolean {
  if (mayWrite) change()
  else expect(change).toThrow(expect.objectContaining({ code: 'not-permitted' }))
  return mayWrite
}

let mayWrite = false

beforeAll(async () => {
  if (!onKernel) return
  await runCommand('ip', ['link', 'set', 'lo', 'up'])
  expect(new RecentLists().names()).toEqual([])
  await append('iptables', 'v4', '-p', 'udp')
  await append('ip6tables', 'v6', '-p', 'udp')
  await append('iptables', odd, '-p', 'tcp')
  await append('iptables', 'filled', '-p', 'tcp')
  try {
    accessSync(`${folder}/v4`, constants.W_OK)
    mayWrite = true
  } catch {
    mayWrite = false
  }
})
afterAll(async () => {
  if (!onKernel) return
  await runCommand('iptables', ['-F', 'INPUT'])
  await runCommand('ip6tables', ['-F', 'INPUT'])
})

describeOnKernel('recent lists', () => {
  const lists = onKernel ? new RecentLists() : undefined
  const recent = (): RecentLists => {
    if (lists === undefined) throw new Error('no kernel')
    return lists
  }

  it('are named as the rules name them, whatever characters a name has', () => {
    expect(recent().names()).toEqual(['filled', odd, 'v4', 'v6'])
    expect(recent().entries(odd)).toEqual([])
  })

  it('hold what packets came from, and when', async () => {
    const before = Date.now()
    await sendPacket('udp4', '127.0.0.1')
    await sendPacket('udp4', '127.0.0.1')
    await sendPacket('udp6', '::1')
    const [entry] = recent().entries('v4')
    expect(entry).toMatchObject({ address: '127.0.0.1', family: 'ipv4', ttl: 64 })
    expect(entry?.seen).toHaveLength(2)
    expect(entry?.seen.at(-1)).toEqual(entry?.lastSeen)
    // The kernel's counter lags behind by less than its beginning was late.
    const age = Date.now() - (entry?.lastSeen.getTime() ?? 0)
    expect(age).toBeGreaterThanOrEqual(0)
    expect(age).toBeLessThan(Date.now() - before + 5000)
    expect(recent().entries('v6')).toMatchObject([{ address: '::1', family: 'ipv6' }])
  })

  it('take addresses of both families in and out', () => {
    if (!changes(() => recent().add('v4', '192.0.2.1'))) return
    recent().add('v4', '192.0.2.1')
    recent().add('v4', '2001:DB8:0::1')
    expect(printed('v4')).toMatch(/^src=192\.0\.2\.1 ttl: 0 last_seen: \d+ oldest_pkt: 2 \d+, \d+$/m)
    expect(printed('v4')).toContain('src=2001:0db8:0000:0000:0000:0000:0000:0001 ttl: 0')
    expect(recent().has('v4', '2001:db8::1')).toBe(true)
    recent().delete('v4', '192.0.2.1')
    expect(printed('v4')).not.toContain('192.0.2.1 ')
    expect(() => recent().delete('v4', '192.0.2.1')).toThrow(
      expect.objectContaining({ code: 'entry-not-found' }),
    )
    expect(recent().has('v4', '192.0.2.1')).toBe(false)
  })

  it('take addresses whatever their name is, and forget all of them', () => {
    if (!changes(() => recent().add(odd, '192.0.2.1'))) return
    expect(printed(odd)).toContain('src=192.0.2.1 ')
    recent().flush(odd)
    expect(printed(odd)).toBe('')
  })

  it('forget what was seen the longest ago when they are full', () => {
    const address = (number: number): string => `10.0.${number >> 8}.${number & 255}`
    if (!changes(() => recent().add('filled', address(0)))) return
    const limit = recent().limit() ?? 0
    expect(limit).toBeGreaterThan(0)
    for (let number = 1; number <= limit; number++) recent().add('filled', address(number))
    expect(recent().entries('filled')).toHaveLength(limit)
    expect(recent().has('filled', address(0))).toBe(false)
    expect(recent().has('filled', address(limit))).toBe(true)
  })

  it('that no rule names are not found', () => {
    for (const call of [
      () => recent().entries('nowhere'),
      () => recent().has('nowhere', '192.0.2.1'),
      () => recent().add('nowhere', '192.0.2.1'),
      () => recent().delete('nowhere', '192.0.2.1'),
      () => recent().flush('nowhere'),
    ])
      expect(call).toThrow(expect.objectContaining({ code: 'recent-not-found' }))
  })

  it.each(['192.0.2.0/24', '192.0.2.1 ', '192.0.2.1\n+192.0.2.2', '/', '', '192.0.2.256', 'localhost'])(
    'do not take %j for an address',
    (address) => {
      const before = printed('v4')
      for (const call of [
        () => recent().add('v4', address),
        () => recent().delete('v4', address),
        () => recent().has('v4', address),
      ])
        expect(call).toThrow(expect.objectContaining({ code: 'bad-address' }))
      expect(printed('v4')).toBe(before)
    },
  )
})

describe('the name of a recent list', () => {
  it.each([
    '',
    '.',
    '..',
    '../xt_recent/v4',
    '../../../../tmp/x',
    'a/b',
    '/etc/passwd',
    'a\0b',
    'x'.repeat(200),
    'é'.repeat(100),
    '\ud800',
  ])('is not %j', (name) => {
    const recent = new RecentLists()
    for (const call of [
      () => recent.entries(name),
      () => recent.add(name, '192.0.2.1'),
      () => recent.delete(name, '192.0.2.1'),
      () => recent.flush(name),
    ])
      expect(call).toThrow(expect.objectContaining({ code: 'bad-recent-name' }))
  })
})
