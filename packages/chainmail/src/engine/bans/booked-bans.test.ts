import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { type Firewall, openFirewall } from '../firewall.ts'
import type { BookedBan } from './booked-bans.ts'

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' })
}

/** The entries of a set as ipset(8) prints them, without counters. */
function entries(set: string): string[] {
  return run('ipset', '-sorted', 'save', set)
    .split('\n')
    .filter((line) => line.startsWith('add'))
    .map((line) => line.replace(`add ${set} `, '').replace(/ packets \d+ bytes \d+/, ''))
}

const DAY = 86_400_000
const since = Date.UTC(2026, 0, 2, 3, 4, 5)

function booked(address: string, rest: Partial<BookedBan> = {}): BookedBan {
  const family = address.includes(':') ? 'ipv6' : 'ipv4'
  const plain = { scope: 'everything', until: undefined, reason: undefined, who: undefined, exempt: false }
  return { address, family, since, ...plain, ...rest }
}

describeOnKernel('bans of a book', () => {
  let firewall: Firewall

  beforeEach(async () => {
    firewall = await openFirewall({ allowByDefault: ['loopback'] })
  })
  afterEach(async () => {
    await firewall[Symbol.asyncDispose]()
    for (const command of ['iptables', 'ip6tables'])
      for (const table of ['raw', 'filter']) run(command, '-t', table, '-F')
    run('ipset', 'destroy')
  })

  async function held(): Promise<string[]> {
    const places: string[] = []
    for await (const batch of firewall.bookedBans.batches())
      places.push(...batch.map(({ place }) => `${place.address} ${place.scope}`))
    return places.toSorted()
  }

  const slots = [
    { kind: 'everything', family: 'ipv4' },
    { kind: 'ports', family: 'ipv4' },
    { kind: 'interface', family: 'ipv4' },
    { kind: 'everything', family: 'ipv6' },
  ] as const

  it('are exactly what the kernel holds after they were restored, each in its scope, by rules in place', async () => {
    await firewall.ban('198.51.100.99')
    await firewall.bookedBans.restore(slots, [
      booked('198.51.100.0/24', { reason: 'wide', who: 'alice', until: Date.now() + 60_000 }),
      booked('198.51.100.7', { exempt: true, until: Date.now() + 60_000 }),
      booked('198.51.100.7', { scope: 'tcp:22' }),
      booked('198.51.100.8', { scope: 'interface:eth+' }),
      booked('2001:db8::/32'),
    ])
    expect(await held()).toEqual([
      '198.51.100.0/24 everything',
      '198.51.100.7 tcp:22',
      '198.51.100.8 interface:eth+',
      '2001:db8::/32 everything',
    ])
    expect(entries('chainmail-ban4')).toEqual([
      expect.stringMatching(
        /^198\.51\.100\.0\/24 timeout (60|5\d) comment "wide \[by alice since 2026-01-02T03:04:05Z\]"$/,
      ),
      expect.stringMatching(/^198\.51\.100\.7 timeout (60|5\d) nomatch comment "chainmail: unbanned"$/),
    ])
    for (const set of ['chainmail-ban4', 'chainmail-ban4-ports', 'chainmail-ban4-interface'])
      expect(run('iptables-save', '-t', 'raw')).toContain(`--match-set ${set} `)
    expect(
      run('ipset', 'list', '-name')
        .split('\n')
        .filter((name) => name.includes('aside')),
    ).toEqual([])
  })

  it('are restored without what is allowed', async () => {
    await firewall.allowlist.add('198.51.100.7')
    await firewall.bookedBans.restore(slots, [booked('198.51.100.0/24'), booked('198.51.100.7')])
    expect(entries('chainmail-ban4')).toEqual([
      expect.stringMatching(/^198\.51\.100\.0\/24 timeout 0 /),
      '198.51.100.7 timeout 0 nomatch comment "chainmail: allowed"',
    ])
  })

  it('are added together, and one that is refused fails alone', async () => {
    await firewall.bookedBans.restore(slots, [])
    const refused: unknown[] = []
    const wanted = [
      booked('198.51.100.1'),
      booked('198.51.100.256'),
      booked('198.51.100.3', { scope: 'udp:53' }),
      booked('198.51.100.4'),
    ]
    firewall.bookedBans.addNow(wanted, [], (index, error) => refused.push([index, error]))
    expect(refused).toEqual([[1, expect.objectContaining({ code: 'bad-element' })]])
    expect(await held()).toEqual([
      '198.51.100.1 everything',
      '198.51.100.3 udp:53',
      '198.51.100.4 everything',
    ])
  })

  it('keep their end in the comment when they last longer than a timeout of the kernel', async () => {
    await firewall.bookedBans.restore(slots, [booked('198.51.100.1', { until: Date.now() + 90 * DAY })])
    expect(entries('chainmail-ban4')).toEqual([
      expect.stringMatching(
        /^198\.51\.100\.1 timeout 0 comment "\[since 2026-01-02T03:04:05Z until [^\]]+\]"$/,
      ),
    ])
  })

  it('say whether wider ones still hold a network that is taken out', async () => {
    await firewall.bookedBans.restore(slots, [booked('198.51.100.0/24'), booked('198.51.100.7')])
    const place = { address: '198.51.100.7', family: 'ipv4', scope: 'everything' } as const
    expect(firewall.bookedBans.takeOut(place)).toBe('covered')
    expect(firewall.bookedBans.takeOut({ ...place, address: '198.51.100.0/24' })).toBe('taken')
    expect(firewall.bookedBans.takeOut(place)).toBe('absent')
    expect(firewall.bookedBans.takeOut({ ...place, scope: 'input' })).toBe('absent')
  })
})
