import { randomBytes } from 'node:crypto'
import { isOutcome, type Outcome, type Protocol } from './agent-messages.ts'
import { runCommand } from './command.ts'
import { Host } from './host.ts'

/** Every host has one address of each family in these networks, which are set aside for examples. */
const ipv4Network = '192.0.2.'
const ipv6Network = '2001:db8::'

export interface NetworkOptions<Name extends string> {
  /** At most 200. Each name is an interface's too: 15 bytes at most, see netdevice(7). */
  hosts: readonly Name[]
  /** The host that joins and routes between all others. Without one, all hosts share one Ethernet. */
  router?: NoInfer<Name>
}

export interface Probe {
  protocol: Protocol
  port: number
  family?: 'ipv4' | 'ipv6'
  /** The sender's port; otherwise the kernel chooses one. */
  sourcePort?: number
  /** How long silence has to last to count as a loss, in milliseconds: 250 unless told otherwise. */
  waitMs?: number
}

/**
 * Hosts joined by veth pairs, each a network namespace. It needs root in the current network and mount
 * namespace. The first host has the addresses 192.0.2.1 and 2001:db8::1, the second 192.0.2.2, and so on.
 *
 * `await using network = await Network.create({ hosts: ['victim', 'alice', 'bob'] })`
 */
export class Network<Name extends string> {
  readonly #hosts: ReadonlyMap<Name, Host>
  readonly #namespaces: readonly string[]

  private constructor(hosts: ReadonlyMap<Name, Host>, namespaces: readonly string[]) {
    this.#hosts = hosts
    this.#namespaces = namespaces
  }

  /** @throws {Error} with the words of ip(8) when the namespaces can't be made; then nothing stays behind */
  static async create<const Name extends string>(options: NetworkOptions<Name>): Promise<Network<Name>> {
    const prefix = `chainmail-${randomBytes(4).toString('hex')}-`
    const names = options.hosts
    const namespaces = names.map((name) => prefix + name)
    const middle = options.router === undefined ? `${prefix}ethernet` : prefix + options.router
    if (options.router === undefined) namespaces.push(middle)

    const hosts = new Map<Name, Host>()
    const network = new Network(hosts, namespaces)
    try {
      await ipBatch(namespaces.map((namespace) => `netns add ${namespace}`))
      if (options.router === undefined) await joinByEthernet(prefix, middle, names)
      else await joinByRouter(prefix, middle, names, options.router)
      for (const [index, name] of names.entries()) {
        hosts.set(
          name,
          new Host(name, prefix + name, ipv4Network + (index + 1), ipv6Network + hex(index + 1)),
        )
      }
      if (options.router !== undefined) await forwardPackets(network.host(options.router))
      return network
    } catch (error) {
      await network[Symbol.asyncDispose]()
      throw error
    }
  }

  host(name: Name): Host {
    const host = this.#hosts.get(name)
    if (host === undefined) throw new RangeError(`this network has no host ${name}`)
    return host
  }

  /** Sends a packet from one host to another, where an echo answers it, and tells what became of it. */
  async probe(from: Name, to: Name, probe: Probe): Promise<Outcome> {
    const { protocol, port, family = 'ipv4', sourcePort = 0, waitMs = 250 } = probe
    const [sender, receiver] = [this.host(from), this.host(to)]
    const address = receiver.address(family)
    const mark = randomBytes(8).toString('hex')
    await receiver.ask({ kind: 'listen', protocol, address, port })
    const outcome = await sender.ask({ kind: 'probe', protocol, address, port, sourcePort, mark, waitMs })
    if (!isOutcome(outcome)) throw new TypeError(`${from}: a probe has no outcome ${outcome}`)
    if (protocol === 'tcp' || outcome === 'answered') return outcome
    return (await receiver.ask({ kind: 'seen', mark })) === true ? 'arrived' : outcome
  }

  /**
   * Whether a packet gets there: for UDP, whether the receiver saw the datagram; for TCP, whether the
   * connection came about.
   */
  async reaches(from: Name, to: Name, probe: Probe): Promise<boolean> {
    const outcome = await this.probe(from, to, probe)
    return outcome === 'answered' || outcome === 'arrived'
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#hosts.values()].map((host) => host[Symbol.asyncDispose]()))
    const present = await namespacesPresent()
    await ipBatch(this.#namespaces.filter((name) => present.has(name)).map((name) => `netns delete ${name}`))
  }
}

/** One spawn for many commands; see ip(8), -batch. */
async function ipBatch(lines: readonly string[], namespace?: string): Promise<void> {
  const where = namespace === undefined ? [] : ['-netns', namespace]
  await runCommand('ip', [...where, '-batch', '-'], { input: `${lines.join('\n')}\n` })
}

async function namespacesPresent(): Promise<Set<string>> {
  const { stdout } = await runCommand('ip', ['netns', 'list'])
  return new Set(stdout.split('\n').map((line) => line.split(' ', 1)[0] ?? ''))
}

const hex = (value: number): string => value.toString(16)

/**
 * A device that is ready at once: the link-local address that the kernel would give it, and asks for its
 * neighbours with, is unusable for a second while duplicates are looked for.
 */
function deviceUp(device: string, index: number): string[] {
  return [
    `link set ${device} addrgenmode none`,
    `link set ${device} up`,
    `address add fe80::${hex(index + 1)}/64 dev ${device} nodad`,
  ]
}

/** A bridge in a namespace of its own: no rule of a host sees its frames. */
async function joinByEthernet(prefix: string, ethernet: string, names: readonly string[]): Promise<void> {
  await ipBatch(
    ['link add name bridge type bridge stp_state 0 mcast_snooping 0', 'link set bridge up'],
    ethernet,
  )
  await ipBatch(
    names.map((name) => `link add eth0 netns ${prefix}${name} type veth peer name ${name} netns ${ethernet}`),
  )
  await ipBatch(
    names.map((name) => `link set ${name} master bridge up`),
    ethernet,
  )
  for (const [index, name] of names.entries()) {
    await ipBatch(
      [
        'link set lo up',
        ...deviceUp('eth0', index),
        `address add ${ipv4Network}${index + 1}/24 dev eth0`,
        `address add ${ipv6Network}${hex(index + 1)}/64 dev eth0 nodad`,
      ],
      prefix + name,
    )
  }
}

/** The router has one address on all of its links, and a route to each host behind them. */
async function joinByRouter(
  prefix: string,
  router: string,
  names: readonly string[],
  routerName: string,
): Promise<void> {
  const own = names.indexOf(routerName) + 1
  await ipBatch(['link set lo up'], router)
  for (const [index, name] of names.entries()) {
    if (name === routerName) continue
    await ipBatch([`link add eth0 netns ${prefix}${name} type veth peer name ${name} netns ${router}`])
    await ipBatch(
      [
        ...deviceUp(name, own - 1),
        `address add ${ipv4Network}${own}/32 dev ${name}`,
        `address add ${ipv6Network}${hex(own)}/128 dev ${name} nodad`,
        `route add ${ipv4Network}${index + 1} dev ${name}`,
        `route add ${ipv6Network}${hex(index + 1)} dev ${name}`,
      ],
      router,
    )
    await ipBatch(
      [
        'link set lo up',
        ...deviceUp('eth0', index),
        `address add ${ipv4Network}${index + 1}/32 dev eth0`,
        `address add ${ipv6Network}${hex(index + 1)}/128 dev eth0 nodad`,
        `route add default via ${ipv4Network}${own} dev eth0 onlink`,
        `route add default via ${ipv6Network}${hex(own)} dev eth0 onlink`,
      ],
      prefix + name,
    )
  }
}

async function forwardPackets(router: Host): Promise<void> {
  for (const setting of ['ipv4/ip_forward', 'ipv6/conf/all/forwarding']) {
    await router.run('tee', [`/proc/sys/net/${setting}`], { input: '1' })
  }
}
