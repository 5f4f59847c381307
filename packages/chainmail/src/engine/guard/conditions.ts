import type { Negatable } from '../../model/extension.ts'
import type { Matches, MatchName, Rule } from '../../model/rule.ts'
import { contains, type NetworkBlock, networkBlock } from '../../network.ts'
import { networkBlocks } from '../../network-span.ts'
import { type Answer, all, any, isTrue, not } from './answer.ts'
import type { GuardedPacket } from './packets.ts'

/** Looks an address up in a set; undefined for one that is not known. */
export type SetLookup = (name: string, block: NetworkBlock | undefined) => Answer

/** What is known of a rule for a packet. */
export interface Judgement {
  readonly holds: Answer
  /** Whether it is the other end's address that it asks for. */
  readonly isNamed: boolean
}

/** Whether the conditions of a rule hold for a packet. Source: iptables(8), iptables-extensions(8) */
export function judgeRule(rule: Rule, packet: GuardedPacket, sets: SetLookup): Judgement {
  const source = packet.direction === 'in' ? packet.remote : packet.local
  const destination = packet.direction === 'in' ? packet.local : packet.remote
  const { inInterface, outInterface } = rule
  const plain = all([
    asked(rule.source, (text) => inNetwork(text, source)),
    asked(rule.destination, (text) => inNetwork(text, destination)),
    asked(inInterface, (name) => (packet.direction === 'in' ? byInterface(name, packet) : 'no')),
    asked(outInterface, (name) => (packet.direction === 'out' ? byInterface(name, packet) : 'no')),
    asked(rule.protocol, (name) => ofProtocol(name, packet)),
    asked(rule.fragment, () => 'no'),
  ])
  if (plain === 'no') return { holds: 'no', isNamed: false }
  const groups: readonly Matches[] = rule.matches === undefined ? [] : [rule.matches].flat()
  const inMatches = new MatchesJudge(packet, source, destination, sets)
  const holds = all([plain, ...groups.map((group) => inMatches.judge(group))])
  const named = packet.direction === 'in' ? rule.source : rule.destination
  return { holds, isNamed: typeof named === 'string' || inMatches.isNamed }
}

function asked<Value extends string | true>(
  value: Negatable<Value> | undefined,
  holds: (value: Value) => Answer,
): Answer {
  if (value === undefined) return 'yes'
  return typeof value === 'object' ? not(holds(value.not)) : holds(value)
}

function inNetwork(text: string, block: NetworkBlock | undefined): Answer {
  return inBlocks(() => [networkBlock(text)], block)
}

/** Of a network that is only partly held nothing is sure. */
export function inBlocks(read: () => readonly NetworkBlock[], block: NetworkBlock | undefined): Answer {
  if (block === undefined) return 'part'
  try {
    return any(
      read().map((held): Answer => {
        if (contains(held, block)) return 'yes'
        return contains(block, held) ? 'unknown' : 'no'
      }),
    )
  } catch {
    // A mask with gaps, or what else is no network.
    return 'unknown'
  }
}

function byInterface(name: string, packet: GuardedPacket): Answer {
  if (packet.interface === undefined) return name === 'lo' ? 'no' : 'unknown'
  return isTrue(
    name.endsWith('+') ? packet.interface.startsWith(name.slice(0, -1)) : name === packet.interface,
  )
}

function ofProtocol(name: string, { port }: GuardedPacket): Answer {
  return port === undefined ? 'part' : isTrue(name === 'tcp')
}

/** What concerns some packets of a connection, or some moments, but not all of what somebody sends. */
const SOMETIMES: ReadonlySet<string> = new Set<MatchName>([
  'bpf',
  'connbytes',
  'connlabel',
  'connlimit',
  'connmark',
  'dscp',
  'ecn',
  'hashlimit',
  'helper',
  'hl',
  'length',
  'limit',
  'mark',
  'nfacct',
  'osf',
  'owner',
  'policy',
  'quota',
  'rateest',
  'recent',
  'rpfilter',
  'socket',
  'statistic',
  'string',
  'tcpmss',
  'time',
  'tos',
  'ttl',
  'u32',
])

/** Of protocols that a packet with a port does not have. */
const OTHER_PROTOCOLS: ReadonlySet<string> = new Set<MatchName>([
  'ah',
  'dccp',
  'esp',
  'icmp',
  'icmp6',
  'ipcomp',
  'mh',
  'sctp',
  'udp',
])

class MatchesJudge {
  isNamed = false
  readonly #packet: GuardedPacket
  readonly #source: NetworkBlock | undefined
  readonly #destination: NetworkBlock | undefined
  readonly #sets: SetLookup

  constructor(
    packet: GuardedPacket,
    source: NetworkBlock | undefined,
    destination: NetworkBlock | undefined,
    sets: SetLookup,
  ) {
    this.#packet = packet
    this.#source = source
    this.#destination = destination
    this.#sets = sets
  }

  judge(group: Matches): Answer {
    const { comment: _, tcp, conntrack, state, multiport, set, iprange, addrtype, pkttype, ...others } = group
    return all([
      tcp === undefined ? 'yes' : this.#tcp(tcp),
      conntrack === undefined ? 'yes' : this.#conntrack(conntrack),
      this.#state(state?.state),
      multiport === undefined ? 'yes' : this.#multiport(multiport),
      set === undefined ? 'yes' : this.#set(set),
      iprange === undefined ? 'yes' : this.#range(iprange),
      addrtype === undefined ? 'yes' : this.#addressType(addrtype),
      pkttype === undefined ? 'yes' : unless(pkttype.pktType, (type) => isTrue(type === 'unicast')),
      ...Object.keys(others).map((name): Answer => {
        if (SOMETIMES.has(name)) return 'sometimes'
        if (OTHER_PROTOCOLS.has(name)) return this.#packet.port === undefined ? 'part' : 'no'
        return 'unknown'
      }),
    ])
  }

  #tcp({ sport, dport, tcpFlags, tcpOption }: NonNullable<Matches['tcp']>): Answer {
    const up = this.#packet.direction === 'in' ? ['SYN'] : ['SYN', 'ACK']
    return all([
      this.#packet.port === undefined ? 'part' : 'yes',
      unless(sport, (ports) => this.#port([ports], 'source')),
      unless(dport, (ports) => this.#port([ports], 'destination')),
      unless(tcpFlags, ({ mask, set }) =>
        isTrue(mask.every((flag) => up.includes(flag) === set.some((one) => one === flag))),
      ),
      tcpOption === undefined ? 'yes' : 'sometimes',
    ])
  }

  #multiport({ sports, dports, ports }: NonNullable<Matches['multiport']>): Answer {
    return all([
      this.#packet.port === undefined ? 'part' : 'yes',
      unless(sports, (list) => this.#port(list, 'source')),
      unless(dports, (list) => this.#port(list, 'destination')),
      unless(ports, (list) => any([this.#port(list, 'source'), this.#port(list, 'destination')])),
    ])
  }

  /** The other end's port is any of those that systems choose by themselves. */
  #port(list: readonly (number | string)[], end: 'source' | 'destination'): Answer {
    const spans = list.map((item): readonly [number, number] => {
      const [first, last = first] = String(item).split(':').map(Number)
      return [first ?? 0, last ?? 0]
    })
    const isOurs = (end === 'destination') === (this.#packet.direction === 'in')
    if (!isOurs)
      return any(
        spans.map(([first, last]): Answer => {
          if (first <= EPHEMERAL[0] && last >= EPHEMERAL[1]) return 'yes'
          return last < EPHEMERAL[0] ? 'no' : 'part'
        }),
      )
    const { port } = this.#packet
    if (port === undefined) return 'part'
    return isTrue(spans.some(([first, last]) => first <= port && port <= last))
  }

  #conntrack({ ctstate, ctdir, ...others }: NonNullable<Matches['conntrack']>): Answer {
    if (Object.keys(others).length > 0) return 'unknown'
    const isOriginal = this.#packet.direction === 'in'
    return all([
      this.#state(ctstate),
      ctdir === undefined ? 'yes' : isTrue((ctdir === 'ORIGINAL') === isOriginal),
    ])
  }

  #state(states: Negatable<readonly string[]> | undefined): Answer {
    const own = this.#packet.direction === 'in' ? 'NEW' : 'ESTABLISHED'
    return unless(states, (list) => isTrue(list.includes(own)))
  }

  #set({ matchSet, ...others }: NonNullable<Matches['set']>): Answer {
    const counts = Object.keys(others).some((name) => name.startsWith('packets') || name.startsWith('bytes'))
    if (counts || others.returnNomatch !== undefined) return 'sometimes'
    return unless(matchSet, ([name, directions]) => {
      const isSource = directions.startsWith('src')
      const found = this.#sets(name, isSource ? this.#source : this.#destination)
      if (isSource === (this.#packet.direction === 'in') && found !== 'no') this.isNamed = true
      return found
    })
  }

  #range({ srcRange, dstRange }: NonNullable<Matches['iprange']>): Answer {
    const [remote, local] = this.#packet.direction === 'in' ? [srcRange, dstRange] : [dstRange, srcRange]
    if (typeof remote === 'string') this.isNamed = true
    return all([
      unless(remote, (range) => inBlocks(() => networkBlocks(range), this.#packet.remote)),
      unless(local, (range) => inBlocks(() => networkBlocks(range), this.#packet.local)),
    ])
  }

  #addressType({ srcType, dstType, ...others }: NonNullable<Matches['addrtype']>): Answer {
    if (Object.keys(others).length > 0) return 'unknown'
    const isHere = this.#packet.interface === 'lo'
    const [ours, theirs] = this.#packet.direction === 'in' ? [dstType, srcType] : [srcType, dstType]
    return all([
      unless(ours, (types) => isTrue(types.some((type) => type === 'LOCAL'))),
      unless(theirs, (types) => isTrue(types.some((type) => type === (isHere ? 'LOCAL' : 'UNICAST')))),
    ])
  }
}

/** ip(7), ip_local_port_range: what Linux chooses from; others choose from a part of it, or from 49152 on. */
const EPHEMERAL = [32768, 60999] as const

function unless<Value>(value: Negatable<Value> | undefined, holds: (value: Value) => Answer): Answer {
  if (value === undefined) return 'yes'
  return isNegated(value) ? not(holds(value.not)) : holds(value)
}

function isNegated<Value>(value: Negatable<Value>): value is { readonly not: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && 'not' in value
}
