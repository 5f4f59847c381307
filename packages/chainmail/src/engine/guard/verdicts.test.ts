import { describe, expect, it } from 'vitest'
import { contains, networkBlock } from '../../network.ts'
import { readSave } from '../../text/save.ts'
import type { SetLookup } from './conditions.ts'
import { type GuardOptions, guardedPackets } from './packets.ts'
import { type JudgedTable, judge } from './verdicts.ts'

const SENDER = '198.51.100.7'
const LOCAL = '192.0.2.1'

const interfaces = [
  { address: '127.0.0.1', interface: 'lo' },
  { address: LOCAL, interface: 'eth0' },
  { address: '10.0.0.1', interface: 'eth1' },
]

/** The set `blocked` holds the sender, `many` some addresses beside it. */
const sets: SetLookup = (name, block) => {
  if (block === undefined) return 'part'
  if (name === 'blocked') return contains(networkBlock('198.51.100.0/24'), block) ? 'yes' : 'no'
  return 'no'
}

function tableOf(name: string, lines: readonly string[]): JudgedTable {
  const { tables } = readSave([`*${name}`, ...lines, 'COMMIT', ''].join('\n'), { family: 'ipv4' })
  const [table] = tables
  return {
    place: { table: name, family: 'ipv4' },
    chains: new Map(table?.chains.map((chain) => [chain.name, chain])),
  }
}

/** What shuts the sender out; undefined where nothing does. */
function shutOut(
  lines: readonly string[],
  options: GuardOptions = { sender: SENDER, ports: [22], local: LOCAL },
  { table = 'filter', allowed = [] }: { readonly table?: string; readonly allowed?: readonly string[] } = {},
): string | undefined {
  const list = allowed.map((address) => ({ address, family: 'ipv4' as const, origin: 'entry' as const }))
  const packets = guardedPackets(options, { allowed: list, interfaces })
  const verdicts = judge({ tables: [tableOf(table, lines)], sets: () => sets }, packets)
  const dropped = verdicts.find(({ passes }) => !passes)
  return dropped === undefined || dropped.passes ? undefined : dropped.by.text
}

describe('the guard against locking out', () => {
  it.each([
    ['-A INPUT -j DROP'],
    ['-A INPUT -s 198.51.100.0/24 -j DROP'],
    ['-A INPUT -s 198.51.100.7 -p tcp -m tcp --dport 22 -j REJECT'],
    ['-A INPUT ! -s 10.0.0.0/8 -j DROP'],
    ['-A INPUT -i eth0 -j DROP'],
    ['-A INPUT -i eth+ -p tcp -j DROP'],
    ['-A INPUT ! -i lo -j DROP'],
    ['-A INPUT -p tcp -m multiport --dports 20:25,80 -j DROP'],
    ['-A INPUT -p tcp -m tcp --sport 1024:65535 -j DROP'],
    ['-A INPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP'],
    ['-A INPUT -m conntrack --ctstate NEW -j DROP'],
    ['-A INPUT -m set --match-set blocked src -j DROP'],
    ['-A INPUT -m set ! --match-set other src -j DROP'],
    ['-A INPUT -m iprange --src-range 198.51.100.1-198.51.100.9 -j DROP'],
    ['-A INPUT -m addrtype --dst-type LOCAL -j DROP'],
    ['-A INPUT -m pkttype --pkt-type unicast -j DROP'],
    ['-A INPUT -m mac --mac-source 02:00:00:00:00:01 -j DROP'],
    ['-A OUTPUT -d 198.51.100.7 -j DROP'],
    ['-A OUTPUT -p tcp -m tcp --sport 22 -j DROP'],
    ['-A OUTPUT -m state --state ESTABLISHED -j DROP'],
  ])('is about %s', (line) => {
    expect(shutOut([':INPUT ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]', line])).toBe(line.replace(/^-A \w+ /, ''))
  })

  it.each([
    ['-A INPUT -s 203.0.113.0/24 -j DROP'],
    ['-A INPUT -p udp -j DROP'],
    ['-A INPUT -p tcp -m tcp --dport 80 -j DROP'],
    ['-A INPUT -i eth1 -j DROP'],
    ['-A INPUT -i lo -j DROP'],
    ['-A INPUT -d 10.0.0.1 -j DROP'],
    ['-A INPUT -m conntrack --ctstate INVALID -j DROP'],
    ['-A INPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE -j DROP'],
    ['-A INPUT -m limit --limit 5/sec -j DROP'],
    ['-A INPUT -m pkttype --pkt-type broadcast -j DROP'],
    ['-A INPUT -m set --match-set other src -j DROP'],
    ['-A INPUT -p icmp -m icmp --icmp-type 8 -j DROP'],
    ['-A INPUT -m comment --comment drop -j LOG'],
    ['-A OUTPUT -m conntrack --ctstate NEW -j DROP'],
    ['-A FORWARD -j DROP'],
  ])('is not about %s', (line) => {
    const chains = [':INPUT ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]', ':FORWARD ACCEPT [0:0]']
    expect(shutOut([...chains, line])).toBeUndefined()
  })

  it('sees a policy that nothing accepts before, and what does', () => {
    const drop = ':INPUT DROP [0:0]'
    expect(shutOut([drop])).toContain('the policy of INPUT')
    for (const saving of [
      '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT',
      '-A INPUT -s 198.51.100.7/32 -j ACCEPT',
      '-A INPUT -i eth0 -m conntrack --ctstate RELATED,NEW -j ACCEPT',
      '-A INPUT -p tcp -m multiport --dports 22,80 -j ACCEPT',
    ])
      expect(shutOut([drop, saving]), saving).toBeUndefined()
    for (const useless of [
      '-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
      '-A INPUT -p tcp -m tcp --dport 22 -m limit --limit 5/sec -j ACCEPT',
      '-A INPUT -m mac --mac-source 02:00:00:00:00:01 -j ACCEPT',
      '-A INPUT -s 10.0.0.0/8 -j ACCEPT',
      '-A INPUT -p tcp -m tcp --dport 22 -j LOG',
    ])
      expect(shutOut([drop, useless]), useless).toContain('the policy of INPUT')
  })

  it('lets pass what a table that is none holds, whatever it is called', () => {
    const table: JudgedTable = { place: { table: '__proto__', family: 'ipv4' }, chains: new Map() }
    const packets = guardedPackets({ sender: SENDER, ports: [22] }, { allowed: [], interfaces })
    const verdicts = judge({ tables: [table], sets: () => sets }, packets)
    expect(verdicts.every(({ passes }) => passes)).toBe(true)
  })

  it('goes through the chains in their order', () => {
    const chains = [':INPUT ACCEPT [0:0]', ':app - [0:0]', ':deep - [0:0]']
    const bad = '-A deep -j DROP'
    expect(shutOut([...chains, '-A INPUT -j app', '-A app -j deep', bad])).toBe('-j DROP')
    expect(shutOut([...chains, '-A INPUT -j app', '-A app -p tcp -j RETURN', '-A app -j deep', bad])).toBe(
      undefined,
    )
    expect(shutOut([...chains, '-A INPUT -p udp -j deep', bad])).toBe(undefined)
    expect(shutOut([...chains, '-A INPUT -g app', '-A INPUT -j DROP'])).toBe(undefined)
    expect(shutOut([...chains, '-A INPUT -m limit --limit 1/sec -j deep', bad])).toBe(undefined)
    expect(shutOut([...chains, '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT', '-A INPUT -j deep', bad])).toBe(
      undefined,
    )
  })

  it('looks at raw too, where bans stand', () => {
    const line = '-A PREROUTING -m set --match-set blocked src -j DROP'
    expect(shutOut([':PREROUTING ACCEPT [0:0]', line], undefined, { table: 'raw' })).toContain('blocked')
  })

  it('holds allowed addresses against what names them, not against what shuts everybody out', () => {
    const allowed = { allowed: ['203.0.113.0/24', '127.0.0.0/8'] }
    const chains = [':INPUT DROP [0:0]']
    expect(shutOut(chains, {}, allowed)).toBeUndefined()
    expect(shutOut([...chains, '-A INPUT -j DROP'], {}, allowed)).toBeUndefined()
    expect(shutOut([...chains, '-A INPUT -s 203.0.113.9/32 -j DROP'], {}, allowed)).toContain('203.0.113.9')
    expect(shutOut([...chains, '-A INPUT -s 203.0.0.0/16 -p tcp -j DROP'], {}, allowed)).toBeUndefined()
    expect(shutOut([...chains, '-A INPUT -s 203.0.0.0/16 -j DROP'], {}, allowed)).toContain('203.0.0.0/16')
    expect(shutOut([...chains, '-A INPUT -s 127.0.0.0/8 ! -i lo -j DROP'], {}, allowed)).toBeUndefined()
  })

  it('holds ports against what shuts everybody out from them', () => {
    const chains = [':INPUT DROP [0:0]']
    const ports = { ports: [8080] }
    expect(shutOut(chains, ports)).toContain('the policy of INPUT')
    expect(shutOut([...chains, '-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 8080 -j ACCEPT'], ports)).toBe(
      undefined,
    )
    const open = [':INPUT ACCEPT [0:0]']
    expect(shutOut([...open, '-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 8080 -j DROP'], ports)).toBe(
      undefined,
    )
    expect(shutOut([...open, '-A INPUT -p tcp -m tcp --dport 8080 -j DROP'], ports)).toContain('8080')
  })

  it('refuses a port that is none', () => {
    expect(() => shutOut([], { ports: [0] })).toThrow(expect.objectContaining({ code: 'bad-request' }))
  })
})
