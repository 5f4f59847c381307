import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { Network } from '../../../../../testing/network.ts'

const testing = join(import.meta.dirname, '../../../../../testing')
const PORT = '9'

/** How many packets each rule of `raw PREROUTING` has counted, by its comment. */
function counted(text: string): Map<string, number> {
  return new Map(
    Array.from(text.matchAll(/^\[(\d+):\d+\].* --comment (\S+)/gm), ([, packets, comment = '']) => [
      comment,
      Number(packets),
    ]),
  )
}

describeOnKernel('packets that meet a set', () => {
  it('see the old content or the new one while it is replaced 1,000 times', { timeout: 60_000 }, async () => {
    await using network = await Network.create({ hosts: ['victim', 'listed', 'other'] })
    const victim = network.host('victim')
    const prerouting = ['-t', 'raw', '-A', 'PREROUTING']
    const count = async (host: 'listed' | 'other', place: string): Promise<void> => {
      const flood = ['-s', network.host(host).ipv4, '-p', 'udp', '--dport', PORT]
      await victim.run('iptables', [
        ...prerouting,
        ...flood,
        '-m',
        'comment',
        '--comment',
        `${host}-${place}`,
      ])
    }
    await victim.run('ipset', ['create', 'blocked', 'hash:ip'])
    await victim.run('ipset', ['add', 'blocked', network.host('listed').ipv4])
    for (const host of ['listed', 'other'] as const) await count(host, 'came')
    await victim.run('iptables', [...prerouting, '-m', 'set', '--match-set', 'blocked', 'src', '-j', 'DROP'])
    for (const host of ['listed', 'other'] as const) await count(host, 'passed')

    const floods = (['listed', 'other'] as const).map((host) =>
      network.host(host).spawn(process.execPath, [join(testing, 'flood.ts'), victim.ipv4, PORT], {
        stdio: ['pipe', 'ignore', 'inherit'],
      }),
    )
    await victim.node(join(testing, 'replace-set.ts'), ['blocked', '1000', network.host('listed').ipv4])
    await Promise.all(
      floods.map(async (flood) => {
        const ended = once(flood, 'exit')
        flood.stdin?.end()
        await ended
      }),
    )

    const { stdout } = await victim.run('iptables-save', ['-c', '-t', 'raw'])
    const packets = counted(stdout)
    expect(packets.get('listed-came')).toBeGreaterThan(1_000)
    expect(packets.get('other-came')).toBeGreaterThan(1_000)
    expect(packets.get('listed-passed')).toBe(0)
    expect(packets.get('other-passed')).toBe(packets.get('other-came'))
    const { stdout: sets } = await victim.run('ipset', ['list', '-n'])
    expect(sets).toBe('blocked\n')
  })
})
