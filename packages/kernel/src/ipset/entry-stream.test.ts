import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runCommand } from '../../../../testing/command.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import type { EntryInput } from './entry.ts'
import type { StreamOptions } from './entry-stream.ts'
import { Ipset } from './ipset.ts'

const addresses = Array.from({ length: 5_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`)

async function listed(name: string): Promise<string[]> {
  const { stdout } = await runCommand('ipset', ['save', name])
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('add '))
    .map((line) => line.slice(`add ${name} `.length))
    .sort()
}

describeOnKernel('a stream of entries', () => {
  let sets: Ipset

  beforeEach(() => {
    sets = new Ipset()
    sets.create('a', 'hash:ip')
  })

  afterEach(() => {
    sets.destroyAll()
    sets.close()
  })

  async function send(entries: readonly EntryInput[], options: StreamOptions = {}): Promise<number> {
    await using stream = sets.stream('add', 'a', options)
    for (const entry of entries) if (stream.append(entry)) await stream.room()
    await stream.flush()
    return stream.accepted
  }

  test('adds everything', async () => {
    expect(await send(addresses)).toBe(addresses.length)
    expect(await listed('a')).toEqual([...addresses].sort())
  })

  test('goes on behind what is refused, and says which it was', async () => {
    const entries = addresses.with(0, '::1').with(77, 'x').with(4_999, '::2')
    const refused: unknown[] = []
    const accepted = await send(entries, {
      onError: ({ line, code }, entry) => refused.push([line, code, entry]),
    })
    expect(accepted).toBe(4_997)
    expect(refused).toHaveLength(3)
    expect(refused).toEqual(
      expect.arrayContaining([
        [0, 'set-family-mismatch', '::1'],
        [77, 'bad-element', 'x'],
        [4_999, 'set-family-mismatch', '::2'],
      ]),
    )
  })

  test('sends what has come while nothing else comes', async () => {
    await using stream = sets.stream('add', 'a')
    for (const [index, address] of addresses.slice(0, 3).entries()) {
      stream.append(address)
      await vi.waitFor(() => expect(stream.accepted).toBe(index + 1))
      expect(await listed('a')).toHaveLength(index + 1)
    }
  })

  test('lets the event loop turn while nothing but broken entries come', async () => {
    let turns = 0
    const turn = setInterval(() => turns++, 0)
    try {
      const broken = Array.from({ length: 20_000 }, (_, index) => `x${index}`)
      expect(await send(broken, { onError: () => undefined })).toBe(0)
    } finally {
      clearInterval(turn)
    }
    expect(turns).toBeGreaterThan(5)
  })

  test('waits for what is on its way when it is given up', async () => {
    const before = readFileSync('/proc/self/net/netlink', 'utf8').split('\n').length
    {
      await using stream = sets.stream('add', 'a')
      for (const address of addresses) if (stream.append(address)) await stream.room()
    }
    expect(readFileSync('/proc/self/net/netlink', 'utf8').split('\n')).toHaveLength(before)
    const there = (await listed('a')).length
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await listed('a')).toHaveLength(there)
  })

  test('ends at the first refusal unless told otherwise, and at every later attempt', async () => {
    await using stream = sets.stream('add', 'a')
    for (const entry of ['192.0.2.1', '::1', '192.0.2.2']) stream.append(entry)
    for (let attempt = 0; attempt < 2; attempt++)
      await expect(stream.flush()).rejects.toMatchObject({ code: 'set-family-mismatch', line: 1 })
    expect([stream.accepted, stream.appended]).toEqual([1, 3])
  })

  test('asks for room when the set is full, and goes on where it was', async () => {
    sets.destroy('a')
    sets.create('a', 'hash:ip', { maxelem: 3 })
    let asked = 0
    const accepted = await send(addresses.slice(0, 10), {
      onFull: async () => {
        asked++
        sets.create('b', 'hash:ip', { maxelem: 3 * 2 ** asked })
        sets.addMany('b', sets.allEntries('a'))
        sets.swap('a', 'b')
        sets.destroy('b')
        return true
      },
    })
    expect([accepted, asked]).toEqual([10, 2])
    expect(await listed('a')).toEqual(addresses.slice(0, 10).sort())
  })

  test('refuses what does not fit when there is no room to be had', async () => {
    sets.destroy('a')
    sets.create('a', 'hash:ip', { maxelem: 3 })
    const lines: unknown[] = []
    const onError: StreamOptions['onError'] = ({ line, code }) => lines.push([line, code])
    expect(await send(addresses.slice(0, 5), { onFull: async () => false, onError })).toBe(3)
    expect(lines).toEqual([
      [3, 'set-full'],
      [4, 'set-full'],
    ])
  })

  test('copies entries with everything that they carry', async () => {
    const options = { timeout: 0, counters: true, comment: true, skbinfo: true }
    sets.create('from', 'hash:net,port', options)
    sets.create('to', 'hash:net,port', options)
    for (let index = 0; index < 3_000; index++)
      sets.add('from', {
        element: `10.${index >> 8}.${index & 255}.0/24,udp:${index + 1}`,
        packets: index,
        bytes: 2n ** 40n,
        comment: `entry ${index}`,
        nomatch: index % 2 === 0,
        skbmark: '0x1/0xff',
        skbprio: '1:10',
        skbqueue: 3,
      })
    await using stream = sets.stream('add', 'to')
    for await (const entries of sets.listedEntries('from')) await stream.copy(entries)
    await stream.flush()
    expect(stream.accepted).toBe(3_000)
    expect(await listed('to')).toEqual(await listed('from'))
  })

  test('says what a set is, and makes one, in another thread', async () => {
    await sets.createInThread('b', 'hash:net', { comment: true, hashsize: 2 ** 16 })
    const described = await sets.describe('b')
    expect(described).toEqual(sets.list('b')[0])
    await expect(sets.describe('nothing')).rejects.toMatchObject({ code: 'set-not-found' })
    await expect(sets.createInThread('b', 'hash:net')).rejects.toMatchObject({ code: 'set-exists' })
    await expect(sets.createInThread('b', 'hash:net', { netmask: 1 })).rejects.toMatchObject({
      code: 'bad-set-option',
    })
  })

  test('leaves a listing that is given up to the kernel, which frees the set', async () => {
    sets.addMany('a', addresses)
    for await (const _ of sets.listedEntries('a')) break
    expect(sets.isReferenced('a')).toBe(false)
    sets.destroy('a')
    expect(sets.names()).toEqual([])
  })
})
