import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import type { Host } from '../../../../testing/host.ts'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { Network } from '../../../../testing/network.ts'
import { type DaemonProcess, startProcess } from '../daemon-process.ts'

const udp = { protocol: 'udp', port: 7 } as const
const ipv6 = { ...udp, family: 'ipv6' } as const

interface Answer {
  readonly status: number | undefined
  readonly body: string
}

/** A daemon in one host of a test network, asked through its socket. */
class Rfw implements AsyncDisposable {
  readonly #folder: string
  readonly #host: Host
  #daemon: DaemonProcess | undefined
  /** Paths that were put. */
  readonly #put = new Set<string>()
  readonly #allowed: string[] = []
  /** Rules that others have made. */
  readonly #foreign: (readonly [command: string, chain: string, rule: string])[] = []

  constructor(folder: string, host: Host) {
    this.#folder = folder
    this.#host = host
    mkdirSync(folder)
  }

  async start(): Promise<void> {
    const inside = [`--net=/run/netns/${this.#host.namespace}`, '--', process.execPath]
    // Answers to rfw's clients have no schema that they could be held against.
    // The host's own address lies in the networks that are dropped here.
    const words = ['--allow-by-default', 'loopback']
    this.#daemon = await startProcess(this.#folder, words, ['nsenter', ...inside], { checked: false })
  }

  async kill(): Promise<void> {
    await this.#daemon?.end('SIGKILL')
    this.#daemon = undefined
  }

  ask(method: 'GET' | 'PUT' | 'DELETE', path: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: join(this.#folder, 'c.sock'), method, path }, (response) => {
        text(response).then((body) => resolve({ status: response.statusCode, body }), reject)
      })
      asked.on('error', reject).end()
    })
  }

  /** Asks for a change that has to succeed. */
  async change(method: 'PUT' | 'DELETE', path: string): Promise<void> {
    if (method === 'PUT') this.#put.add(path.replace(/\?.*/, ''))
    expect(await this.ask(method, path)).toMatchObject({ status: 200 })
  }

  /** Puts an address on the allowlist. */
  async allow(address: string): Promise<void> {
    await this.#daemon?.client.request('PUT', `/v1/allowlist/${address}`, {})
    this.#allowed.push(address)
  }

  /** Somebody else appends a rule, or puts one in front. */
  async addForeign(how: '-A' | '-I', chain: string, rule: string, command = 'iptables'): Promise<void> {
    await this.#host.run(command, [how, chain, ...rule.split(' ')])
    this.#foreign.push([command, chain, rule])
  }

  /** Takes back whatever a test has put there, and leaves a daemon that answers. */
  async cleanUp(): Promise<void> {
    if (this.#daemon === undefined) await this.start()
    for (const path of this.#put) await this.change('DELETE', path)
    this.#put.clear()
    for (const address of this.#allowed.splice(0))
      await this.#daemon?.client.request('DELETE', `/v1/allowlist/${address}`)
    for (const [command, chain, rule] of this.#foreign.splice(0))
      await this.#host.run(command, ['-D', chain, ...rule.split(' ')])
  }

  async list(chain = ''): Promise<unknown> {
    return JSON.parse((await this.ask('GET', `/list${chain}`)).body)
  }

  /** The rules of the host, as iptables shows them. */
  async rules(chain: string, command = 'iptables'): Promise<string[]> {
    const { stdout } = await this.#host.run(command, ['-S', chain])
    return stdout.split('\n').filter((line) => line.startsWith('-A'))
  }

  /** The entries of all sets, as ipset shows them, without timeouts and counters. */
  async sets(): Promise<string[]> {
    const { stdout } = await this.#host.run('ipset', ['save'])
    const added = stdout.split('\n').filter((line) => line.startsWith('add '))
    return added.map((line) => line.split(' ').slice(1, 3).join(' ')).toSorted()
  }

  /** What somebody else may do: every rule, chain and set is gone. */
  async flushAll(): Promise<void> {
    for (const command of ['iptables', 'ip6tables']) {
      await this.#host.run(command, ['-t', 'raw', '-F'])
      await this.#host.run(command, ['-F'])
      await this.#host.run(command, ['-X'])
    }
    await this.#host.run('ipset', ['destroy'])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    await this.flushAll()
  }
}

describeOnKernel('the rfw protocol on the kernel', () => {
  let folder = ''
  let network: Network<'victim' | 'alice' | 'bob'>
  let victim: Host
  let rfw: Rfw
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chainmail-rfw-'))
    network = await Network.create({ hosts: ['victim', 'alice', 'bob'] })
    victim = network.host('victim')
    rfw = new Rfw(join(folder, 'victim'), victim)
    await rfw.start()
  }, 60_000)
  afterEach(() => rfw.cleanUp(), 60_000)
  afterAll(async () => {
    await rfw[Symbol.asyncDispose]()
    await network[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })

  /** The rules of the chain that are for one address, and not for a set. */
  async function singleRules(): Promise<string[]> {
    return (await rfw.rules('chainmail-input')).filter((rule) => !rule.includes('--match-set'))
  }

  // The first one: of what a set was for before, a rule stays that a start does not bring back.
  it('keeps entries, their order and their time through kill -9 and a foreign flush, but for what has run out meanwhile', async () => {
    for (const path of [
      '/drop/input/any/192.0.2.0/24?expire=1h',
      '/accept/input/any/192.0.2.2',
      '/reject/input/eth0/192.0.2.0/30?expire=1d',
      '/accept/input/any/192.0.2.2/31?expire=0',
      '/drop/output/any/2001:db8::9',
    ])
      await rfw.change('PUT', path)
    const state = async () => [await rfw.rules('INPUT'), await rfw.rules('chainmail-input'), await rfw.sets()]
    const before = await state()
    const listed = await rfw.list()

    await rfw.kill()
    await rfw.start()
    expect(await state()).toEqual(before)

    await rfw.change('PUT', '/drop/input/eth0/192.0.2.9?expire=1s')
    await rfw.change('PUT', '/drop/input/any/192.0.2.9?expire=1s')
    await rfw.kill()
    await vi.waitFor(async () => expect(await rfw.sets()).toEqual(before[2]), { timeout: 10_000 })
    await rfw.flushAll()
    await rfw.start()
    expect(await state()).toEqual(before)
    expect(await rfw.list()).toEqual(listed)
    const { stdout } = await victim.run('ipset', ['save', 'chainmail-input-drop4'])
    expect(Number(/timeout (\d+) packets/.exec(stdout)?.[1])).toBeGreaterThan(3_000)
    expect(await network.probe('alice', 'victim', udp)).toBe('answered')
    expect(await network.probe('bob', 'victim', udp)).toBe('answered')
  }, 120_000)

  it.each([
    ['ipv4', udp],
    ['ipv6', ipv6],
  ] as const)('drops what comes from an %s address, and takes that back', async (family, probe) => {
    const alice = network.host('alice').address(family)
    expect(await network.probe('alice', 'victim', probe)).toBe('answered')
    await rfw.change('PUT', `/drop/input/any/${alice}`)
    expect(await network.probe('alice', 'victim', probe)).toBe('lost')
    expect(await network.probe('bob', 'victim', probe)).toBe('answered')
    await rfw.change('DELETE', `/DROP/Input/any/${alice}/`)
    expect(await network.probe('alice', 'victim', probe)).toBe('answered')
    await rfw.change('DELETE', `/drop/input/any/${alice}`)
  })

  it('rejects with an answer', async () => {
    // The victim has to know where alice is: her answer to the question would be rejected too.
    expect(await network.probe('alice', 'victim', ipv6)).toBe('answered')
    await rfw.change('PUT', '/reject/input/any/192.0.2.2')
    await rfw.change('PUT', '/reject/input/any/2001:db8::2')
    expect(await network.probe('alice', 'victim', udp)).toBe('refused')
    expect(await network.probe('alice', 'victim', ipv6)).toBe('refused')
  })

  it('blocks what goes out to an address', async () => {
    await rfw.change('PUT', '/drop/output/any/192.0.2.2')
    expect(await network.probe('alice', 'victim', udp)).toBe('arrived')
    expect(await network.probe('victim', 'bob', udp)).toBe('answered')
  })

  it('blocks on the interfaces that are named, or whose names begin so', async () => {
    await rfw.change('PUT', '/drop/input/eth1/192.0.2.2')
    expect(await network.probe('alice', 'victim', udp)).toBe('answered')
    await rfw.change('PUT', '/drop/input/eth/192.0.2.2')
    expect(await network.probe('alice', 'victim', udp)).toBe('lost')
    expect(await singleRules()).toEqual([
      '-A chainmail-input -s 192.0.2.2/32 -i eth+ -j DROP',
      '-A chainmail-input -s 192.0.2.2/32 -i eth1 -j DROP',
    ])
  })

  it('blocks what is forwarded, by source, destination and interfaces', async () => {
    await using network = await Network.create({ hosts: ['router', 'alice', 'bob'], router: 'router' })
    await using rfw = new Rfw(join(folder, 'router'), network.host('router'))
    await rfw.start()
    await rfw.change('PUT', '/drop/forward/any/192.0.2.2')
    expect(await network.probe('alice', 'bob', udp)).toBe('lost')
    expect(await network.probe('alice', 'router', udp)).toBe('answered')
    await rfw.change('DELETE', '/drop/forward/any/192.0.2.2')
    await rfw.change('PUT', '/reject/forward/alice/192.0.2.0/28/bob/192.0.2.3')
    expect(await network.probe('alice', 'bob', udp)).toBe('refused')
    expect(await rfw.rules('chainmail-forward')).toEqual([
      '-A chainmail-forward -s 192.0.2.0/28 -d 192.0.2.3/32 -i alice+ -o bob+ -j REJECT --reject-with icmp-port-unreachable',
      '-A chainmail-forward -m set --match-set chainmail-forward-drop4 src -j DROP',
    ])
    await rfw.change('PUT', '/accept/forward/any/0.0.0.0/any/192.0.2.3')
    expect(await network.probe('alice', 'bob', udp)).toBe('answered')
  }, 60_000)

  it('lets the newest of overlapping entries win, and an older one come to light again', async () => {
    await rfw.change('PUT', '/drop/input/any/192.0.2.0/24')
    expect(await network.probe('alice', 'victim', udp)).toBe('lost')
    await rfw.change('PUT', '/accept/input/any/192.0.2.2')
    expect(await network.probe('alice', 'victim', udp)).toBe('answered')
    expect(await network.probe('bob', 'victim', udp)).toBe('lost')
    await rfw.change('PUT', '/reject/input/any/192.0.2.0/30')
    expect(await network.probe('alice', 'victim', udp)).toBe('refused')
    await rfw.change('PUT', '/accept/input/any/192.0.2.2')
    expect(await network.probe('alice', 'victim', udp)).toBe('refused')
    await rfw.change('DELETE', '/reject/input/any/192.0.2.0/30')
    expect(await network.probe('alice', 'victim', udp)).toBe('answered')
    await rfw.change('DELETE', '/accept/input/any/192.0.2.2')
    expect(await network.probe('alice', 'victim', udp)).toBe('lost')
  })

  it('keeps bans in a set behind one rule', async () => {
    const addresses = Array.from({ length: 60 }, (_, index) => `198.51.100.${index}`)
    await Promise.all(addresses.map((address) => rfw.change('PUT', `/drop/input/any/${address}?expire=1h`)))
    expect(await rfw.sets()).toEqual(
      addresses.map((address) => `chainmail-input-drop4 ${address}`).toSorted(),
    )
    expect(await singleRules()).toEqual([])
    expect((await rfw.rules('chainmail-input')).filter((rule) => rule.includes('input-drop4'))).toHaveLength(
      1,
    )
    await Promise.all(addresses.map((address) => rfw.change('DELETE', `/drop/input/any/${address}`)))
    expect(await rfw.sets()).toEqual([])
  })

  it('lets entries run out by themselves, in a set and as a rule', async () => {
    await rfw.change('PUT', '/drop/input/any/192.0.2.2?expire=2s')
    await rfw.change('PUT', '/drop/input/eth0/192.0.2.3?expire=2s')
    expect(await network.probe('alice', 'victim', udp)).toBe('lost')
    expect(await network.probe('bob', 'victim', udp)).toBe('lost')
    const seen = async () => [
      await network.probe('alice', 'victim', udp),
      await network.probe('bob', 'victim', udp),
    ]
    await vi.waitFor(async () => expect(await seen()).toEqual(['answered', 'answered']), { timeout: 10_000 })
    expect(await rfw.list()).toEqual([])
  })

  it('renews what is put again', async () => {
    await rfw.change('PUT', '/drop/input/any/192.0.2.2?expire=1h')
    await rfw.change('PUT', '/drop/input/any/192.0.2.2?expire=0')
    const { stdout } = await victim.run('ipset', ['save'])
    expect(stdout).toMatch(/^add chainmail-input-drop4 192\.0\.2\.2 timeout 0 /m)
  })

  it('deletes equal rules of others, and no general rule', async () => {
    const simple = ['-s', '192.0.2.2', '-j', 'DROP']
    const general = ['-A INPUT -s 192.0.2.2/32 -p tcp -j DROP', '-A INPUT -s 192.0.2.0/30 -j DROP']
    for (const rule of general) await rfw.addForeign('-A', 'INPUT', rule.replace('-A INPUT ', ''))
    await victim.run('iptables', ['-I', 'INPUT', ...simple])
    await rfw.change('PUT', '/drop/input/any/192.0.2.2')
    await victim.run('iptables', ['-A', 'INPUT', ...simple])
    await victim.run('iptables', ['-I', 'INPUT', ...simple])
    await rfw.change('DELETE', '/drop/input/any/192.0.2.2')
    const left = await rfw.rules('INPUT')
    expect(left.filter((rule) => !rule.includes('chainmail'))).toEqual(general)
  })

  it('puts a new entry in front of what others put in front meanwhile', async () => {
    await rfw.change('PUT', '/drop/input/any/192.0.2.3')
    await rfw.addForeign('-I', 'INPUT', '-s 192.0.2.0/24 -j ACCEPT')
    expect(await network.probe('bob', 'victim', udp)).toBe('answered')
    await rfw.change('PUT', '/drop/input/any/192.0.2.2')
    expect(await network.probe('alice', 'victim', udp)).toBe('lost')
    expect(await network.probe('bob', 'victim', udp)).toBe('answered')
    await rfw.change('DELETE', '/drop/input/any/192.0.2.2')
    expect(await network.probe('alice', 'victim', udp)).toBe('answered')
  })

  it('lists the simple rules of everybody with the members that rfw gives them', async () => {
    await rfw.addForeign('-A', 'INPUT', '-s 203.0.113.0/24 -i eth+ -j REJECT')
    await rfw.addForeign('-A', 'INPUT', '-p tcp -j DROP')
    await rfw.addForeign('-A', 'OUTPUT', '-d 2001:db8::7 -j ACCEPT', 'ip6tables')
    await rfw.change('PUT', '/drop/input/any/192.0.2.2')
    await rfw.change('PUT', '/accept/input/eth0/192.0.2.2')
    await rfw.change('DELETE', '/accept/input/eth0/192.0.2.2')
    expect(await network.probe('alice', 'victim', udp)).toBe('lost')
    const rest = { prot: 'all', opt: '--', out: '*', destination: '0.0.0.0/0', extra: '' }
    const input = [
      { ...rest, chain: 'INPUT', num: '1', target: 'DROP', inp: '*', source: '192.0.2.2' },
      { ...rest, chain: 'INPUT', num: '2', target: 'REJECT', inp: 'eth+', source: '203.0.113.0/24' },
    ]
    expect(await rfw.list('/input')).toMatchObject(input)
    expect(await rfw.list('/input')).toMatchObject([
      { pkts: expect.stringMatching(/^[1-9]\d*$/) },
      { pkts: '0' },
    ])
    expect(await rfw.list()).toMatchObject([
      ...input,
      { ...rest, chain: 'OUTPUT', target: 'ACCEPT', inp: '*', source: '::/0', destination: '2001:db8::7' },
    ])
    expect(await rfw.list('/forward')).toEqual([])
  })

  it('has made good with the next request what others have flushed', async () => {
    await rfw.change('PUT', '/drop/input/any/192.0.2.2')
    await victim.run('iptables', ['-F'])
    // Whether the watch for drift has been here before, nobody can tell: after the answer it stands in any case.
    await rfw.change('PUT', '/drop/input/any/203.0.113.9')
    expect(await network.probe('alice', 'victim', udp)).toBe('lost')
  })

  it('keeps nothing away that is allowed, and lets it in', async () => {
    const [alice, bob] = [network.host('alice'), network.host('bob')]
    for (const address of [alice.ipv4, alice.ipv6]) await rfw.allow(address)
    const state = async () => [await rfw.rules('INPUT'), await rfw.rules('FORWARD'), await rfw.sets()]
    const before = await state()
    for (const path of [
      `/drop/input/any/${alice.ipv4}?expire=60`,
      `/reject/input/eth0/${alice.ipv4}`,
      '/drop/input/any/192.0.2.0/24',
      `/drop/output/any/${alice.ipv6}`,
      `/drop/forward/any/${alice.ipv4}`,
      `/drop/forward/any/${bob.ipv4}/any/${alice.ipv4}`,
      `/drop/forward/any/0.0.0.0/any/${alice.ipv4}`,
      '/drop/input/any/127.0.0.1',
    ]) {
      const { status, body } = await rfw.ask('PUT', path)
      expect([path, status, body]).toEqual([path, 409, expect.stringContaining('allowed')])
    }
    expect(await state()).toEqual(before)
    await rfw.change('PUT', `/accept/input/any/${alice.ipv4}`)
    await rfw.change('PUT', `/drop/input/any/${bob.ipv4}`)
    await rfw.change('PUT', '/drop/forward/any/0.0.0.0')
    expect(await network.probe('alice', 'victim', udp)).toBe('answered')
    expect(await network.probe('bob', 'victim', udp)).toBe('lost')
  })

  it('changes nothing for what it refuses', async () => {
    await rfw.change('PUT', '/drop/input/any/192.0.2.2')
    const state = async () => [
      (await victim.run('iptables-save')).stdout.replace(/^#.*$/gm, '').replace(/\[\d+:\d+\]/g, ''),
      await rfw.sets(),
    ]
    const before = await state()
    for (const path of [
      '/drop/input/any/192.0.2.3%0a-A%20INPUT%20-j%20DROP',
      '/drop/input/any/192.0.2.3%00',
      '/drop/input/any/192.0.2.3%2f9',
      '/drop/input/eth0%20-j%20ACCEPT/192.0.2.3',
      '/drop/input/--help/192.0.2.3',
      '/drop/input/any/192.0.2.3/8',
      '/drop/input/any/0.0.0.0',
      '/drop/input/any/192.0.2.3?expire=1;reboot',
      `/drop/input/any/${'1'.repeat(10_000)}`,
    ]) {
      const { status, body } = await rfw.ask('PUT', path)
      expect([status, body]).toEqual([400, expect.stringMatching(/^ERROR: [^\n]+\n$/)])
    }
    expect(await state()).toEqual(before)
    expect(await network.probe('alice', 'victim', udp)).toBe('lost')
  })
})
