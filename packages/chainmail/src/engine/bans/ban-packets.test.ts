import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Outcome } from '../../../../../testing/agent-messages.ts'
import { runCommand } from '../../../../../testing/command.ts'
import { describeOnKernel } from '../../../../../testing/kernel.ts'
import { Network } from '../../../../../testing/network.ts'
import { type Firewall, openFirewall } from '../firewall.ts'

/** This namespace is the firewall: alice is before it, web behind it, and a port of it is published by DNAT. */
const here = { ipv4: '198.51.100.1', ipv6: '2001:db8:a::1' } as const
const alice = { ipv4: '198.51.100.2', ipv6: '2001:db8:a::2' } as const
const web = '203.0.113.2'
const [ECHO, OTHER, PUBLISHED, SERVICE] = [7, 8, 8080, 80]

const ip = (...lines: string[]): Promise<unknown> =>
  runCommand('ip', ['-batch', '-'], { input: `${lines.join('\n')}\n` })

describeOnKernel.each(['nft', 'legacy'] as const)('packets and bans on the %s backend', (backend) => {
  let network: Network<'alice' | 'web'>
  let firewall: Firewall
  const servers: Server[] = []
  let received = 0

  const iptables = (...words: string[]): string =>
    execFileSync(`iptables-${backend}`, words, { encoding: 'utf8' })

  beforeAll(async () => {
    network = await Network.create({ hosts: ['alice', 'web'] })
    const { namespace: one } = network.host('alice')
    const { namespace: other } = network.host('web')
    await ip(
      'link set lo up',
      `link add alice0 type veth peer name gate netns ${one}`,
      `link add web0 type veth peer name gate netns ${other}`,
      `address add ${here.ipv4}/24 dev alice0`,
      `address add ${here.ipv6}/64 dev alice0 nodad`,
      'address add 203.0.113.1/24 dev web0',
      'link set alice0 up',
      'link set web0 up',
    )
    await network.host('alice').run('ip', ['-batch', '-'], {
      input: `link set gate up\naddress add ${alice.ipv4}/24 dev gate\naddress add ${alice.ipv6}/64 dev gate nodad\nroute add 203.0.113.0/24 via ${here.ipv4}\n`,
    })
    await network.host('web').run('ip', ['-batch', '-'], {
      input:
        'link set gate up\naddress add 203.0.113.2/24 dev gate\nroute add 198.51.100.0/24 via 203.0.113.1\n',
    })
    writeFileSync('/proc/sys/net/ipv4/ip_forward', '1')
    for (const port of [ECHO, OTHER]) {
      const server = createServer((connection) => {
        connection.on('error', () => connection.destroy())
        connection.on('data', ({ length }) => {
          received += length
        })
      })
      servers.push(server.listen(port, '::'))
      await once(server, 'listening')
    }
    await network.host('web').ask({ kind: 'listen', protocol: 'tcp', address: web, port: SERVICE })
  })

  afterAll(async () => {
    for (const server of servers) server.close()
    // The kernel takes the devices of a deleted namespace away in its own time.
    await ip('link delete alice0', 'link delete web0')
    await network[Symbol.asyncDispose]()
  })

  beforeEach(async () => {
    firewall = await openFirewall({ backend })
  })

  afterEach(async () => {
    await firewall[Symbol.asyncDispose]()
    for (const command of ['iptables', 'ip6tables'])
      for (const table of ['raw', 'filter', 'nat']) execFileSync(`${command}-${backend}`, ['-t', table, '-F'])
    execFileSync('ipset', ['destroy'])
  })

  const probe = async (address: string, port = ECHO, waitMs = 150): Promise<Outcome | boolean> =>
    network
      .host('alice')
      .ask({ kind: 'probe', protocol: 'tcp', address, port, sourcePort: 0, mark: '', waitMs })

  /** What alice gets through to: this host, the one behind it. */
  const reach = async (): Promise<readonly (Outcome | boolean)[]> =>
    Promise.all([probe(here.ipv4), probe(web, SERVICE)])

  it.each([
    ['everything', ['lost', 'lost']],
    ['input', ['lost', 'answered']],
    ['forward', ['answered', 'lost']],
    ['output', ['lost', 'answered']],
    [{ interface: 'alice0' }, ['lost', 'lost']],
    [{ interface: 'ali+' }, ['lost', 'lost']],
    [{ interface: 'web0' }, ['answered', 'answered']],
    [{ ports: [`tcp:${ECHO}`] }, ['lost', 'answered']],
    [{ ports: ['udp:7', `tcp:${SERVICE}-90`] }, ['answered', 'lost']],
  ] as const)('are dropped as the scope %j says', async (scope, outcomes) => {
    expect(await reach()).toEqual(['answered', 'answered'])
    await firewall.ban(alice.ipv4, { scope })
    expect(await reach()).toEqual(outcomes)
    expect(await firewall.isBanned(alice.ipv4)).toMatchObject({ address: alice.ipv4 })
    await firewall.unban(alice.ipv4)
    expect(await reach()).toEqual(['answered', 'answered'])
    expect(await firewall.isBanned(alice.ipv4)).toBeUndefined()
  })

  it.each(['everything', 'input', 'output', { interface: 'alice0' }, { ports: [`tcp:${ECHO}`] }] as const)(
    'of IPv6 are dropped as the scope %j says, of a whole /64 if told so',
    async (scope) => {
      expect(await probe(here.ipv6)).toBe('answered')
      await expect(firewall.ban('2001:db8:a::77', { scope, ipv6Prefix: 64 })).rejects.toMatchObject({
        code: 'address-allowed',
      })
      await firewall.ban('2001:db8:a::77', { scope, ipv6Prefix: 64, exceptAllowed: true })
      expect(await probe(here.ipv6)).toBe('lost')
      expect(await firewall.isBanned(alice.ipv6)).toMatchObject({ address: '2001:db8:a::/64' })
      expect(await firewall.isBanned(here.ipv6)).toBeUndefined()
      await firewall.unban('2001:db8:a::77', { ipv6Prefix: 64 })
      expect(await probe(here.ipv6)).toBe('answered')
    },
  )

  it('of a port that is published by DNAT are dropped', async () => {
    const words = ['-t', 'nat', '-A', 'PREROUTING', '-p', 'tcp', '--dport', `${PUBLISHED}`]
    iptables(...words, '-j', 'DNAT', '--to-destination', `${web}:${SERVICE}`)
    expect(await probe(here.ipv4, PUBLISHED)).toBe('answered')
    await firewall.ban(alice.ipv4)
    expect(await probe(here.ipv4, PUBLISHED)).toBe('lost')
    await firewall.unban(alice.ipv4)
    await firewall.ban(alice.ipv4, { scope: { ports: [`tcp:${PUBLISHED}`] } })
    expect([await probe(here.ipv4, PUBLISHED), await probe(web, SERVICE)]).toEqual(['lost', 'answered'])
  })

  it('of an open connection stop at once and go on when the ban is taken back', async () => {
    const talk = `require('node:net').connect(${ECHO}, '${here.ipv4}', function () {
      setInterval(() => this.write('x'), 20)
    })`
    const talker = network.host('alice').spawn(process.execPath, ['-e', talk])
    const more = async (): Promise<void> => {
      for (const before = received; received === before; ) await setTimeout(10)
    }
    await more()
    await firewall.ban(alice.ipv4)
    // What the kernel had taken in before the ban still comes up.
    await setTimeout(50)
    const before = received
    await setTimeout(400)
    expect(received).toBe(before)
    await firewall.unban(alice.ipv4)
    await more()
    talker.kill()
  })

  it('of one address pass when it is unbanned inside a banned network, until it is banned again', async () => {
    await firewall.ban('198.51.100.0/25', { for: '1h', exceptAllowed: true })
    expect(await probe(here.ipv4)).toBe('lost')
    await firewall.unban(alice.ipv4)
    expect(await probe(here.ipv4)).toBe('answered')
    expect(execFileSync('ipset', ['save', 'chainmail-ban4'], { encoding: 'utf8' })).toMatch(
      /add chainmail-ban4 198\.51\.100\.2 timeout 3[56]\d\d nomatch .* comment "chainmail: unbanned"/,
    )
    expect(await firewall.isBanned('198.51.100.3')).toMatchObject({ address: '198.51.100.0/25' })
    await expect(firewall.unban(alice.ipv4)).rejects.toMatchObject({ code: 'not-banned' })
    expect(await probe(here.ipv4)).toBe('answered')
    await firewall.ban(alice.ipv4)
    expect(await probe(here.ipv4)).toBe('lost')
    await firewall.unban('198.51.100.0/25')
    expect(await probe(here.ipv4)).toBe('lost')
    await firewall.unban(alice.ipv4)
    expect(await probe(here.ipv4)).toBe('answered')
  })

  it('are dropped by a ban inside a ban when the wider one has ended', async () => {
    await firewall.ban(alice.ipv4)
    await firewall.ban('198.51.100.0/24', { for: 1, exceptAllowed: true })
    expect(await firewall.isBanned('198.51.100.9')).toMatchObject({ address: '198.51.100.0/24' })
    for (;;) if ((await firewall.isBanned('198.51.100.9')) === undefined) break
    expect(await firewall.isBanned(alice.ipv4)).toMatchObject({ address: alice.ipv4 })
    expect(await probe(here.ipv4)).toBe('lost')
  })

  it('of an address pass from the moment on in which it is allowed', async () => {
    await firewall.ban('198.51.100.0/24', { exceptAllowed: true })
    await firewall.ban(alice.ipv4, { scope: 'input' })
    await firewall.ban('198.51.100.0/24', { scope: { ports: [`tcp:${ECHO}`] }, exceptAllowed: true })
    expect(await probe(here.ipv4)).toBe('lost')
    await firewall.allowlist.add(alice.ipv4, { reason: 'monitoring' })
    expect(await probe(here.ipv4)).toBe('answered')
    await expect(firewall.ban(alice.ipv4)).rejects.toMatchObject({ code: 'address-allowed' })
    await firewall.allowlist.remove(alice.ipv4)
    expect(await probe(here.ipv4)).toBe('lost')
  })

  it('are counted by the ban that dropped them', async () => {
    await firewall.ban(alice.ipv4)
    await probe(here.ipv4)
    const ban = await firewall.isBanned(alice.ipv4)
    expect(Number(ban?.packets)).toBeGreaterThan(0)
    expect(Number(ban?.bytes)).toBeGreaterThan(Number(ban?.packets))
  })
})
