import type { Family } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { shown } from '../../model/kind.ts'
import { OWNED_PREFIX } from '../ownership.ts'

/**
 * What a ban keeps away.
 * - `everything` (the default): what comes from the address, to this host or through it.
 * - `input`: what comes from it to this host. `output`: what this host sends to it. `forward`: what comes from it
 *   and goes through this host.
 * - `interface`: what comes from it by this interface; `eth+` is every interface whose name begins with `eth`.
 * - `ports`: what comes from it to these ports, of this host or behind it: `tcp:22`, `udp:5000-5010`.
 */
export type BanScope =
  | 'everything'
  | 'input'
  | 'output'
  | 'forward'
  | { readonly interface: string }
  | { readonly ports: readonly string[] }

export type ScopeKind = 'everything' | 'input' | 'output' | 'forward' | 'interface' | 'ports'

/** Where the bans of a kind of scope are held, and which rule looks them up. */
export interface ScopeDefinition {
  /** The name of its set behind `chainmail-ban4` and `chainmail-ban6`. */
  readonly suffix: string
  readonly type: 'hash:net' | 'hash:net,iface' | 'hash:net,port'
  readonly table: 'raw' | 'filter'
  readonly chain: 'PREROUTING' | 'INPUT' | 'OUTPUT' | 'FORWARD'
  /** The second word of --match-set, iptables-extensions(8). */
  readonly directions: string
}

/** `raw PREROUTING` sees what arrives before connections are tracked and before DNAT. */
export const scopeDefinitions: Readonly<Record<ScopeKind, ScopeDefinition>> = {
  everything: { suffix: '', type: 'hash:net', table: 'raw', chain: 'PREROUTING', directions: 'src' },
  input: { suffix: '-input', type: 'hash:net', table: 'filter', chain: 'INPUT', directions: 'src' },
  output: { suffix: '-output', type: 'hash:net', table: 'filter', chain: 'OUTPUT', directions: 'dst' },
  forward: { suffix: '-forward', type: 'hash:net', table: 'filter', chain: 'FORWARD', directions: 'src' },
  interface: {
    suffix: '-interface',
    type: 'hash:net,iface',
    table: 'raw',
    chain: 'PREROUTING',
    directions: 'src,src',
  },
  ports: {
    suffix: '-ports',
    type: 'hash:net,port',
    table: 'raw',
    chain: 'PREROUTING',
    directions: 'src,dst',
  },
}

export const scopeKinds: readonly ScopeKind[] = [
  'everything',
  'input',
  'output',
  'forward',
  'interface',
  'ports',
]

const setNames: Readonly<Record<Family, Readonly<Record<ScopeKind, string>>>> = {
  ipv4: namesOf(4),
  ipv6: namesOf(6),
}

/** The name of the owned set that holds the bans of a family and a kind of scope. */
export function banSetName(kind: ScopeKind, family: Family): string {
  return setNames[family][kind]
}

/** What stands behind an address in the elements of a scope's set: one part for each element. */
export interface ElementTail {
  /** Empty, or with the comma in front: `,eth0`, `,tcp:22`. */
  readonly text: string
  readonly wildcard?: true
}

/** A scope that was read. */
export interface Scope {
  readonly kind: ScopeKind
  readonly tails: readonly ElementTail[]
  /** As the caller gave it. */
  readonly asGiven: BanScope
}

/** Elements of one ban; more are better said by the scope `everything`. */
const MAX_PORTS = 1_024

const PORTS = /^(tcp|udp|sctp|udplite):(\d{1,5})(?:-(\d{1,5}))?$/
const INTERFACE = /^[^\s,"[\]/]{1,15}$/

const plainTails: readonly ElementTail[] = [{ text: '' }]
const everything: Scope = { kind: 'everything', tails: plainTails, asGiven: 'everything' }

/** @throws ChainmailError `bad-scope` */
export function parseScope(scope: BanScope = 'everything'): Scope {
  if (scope === 'everything') return everything
  if (scope === 'input' || scope === 'output' || scope === 'forward')
    return { kind: scope, tails: plainTails, asGiven: scope }
  if (typeof scope === 'object' && scope !== null) {
    if ('interface' in scope)
      return { kind: 'interface', tails: [interfaceTail(scope.interface)], asGiven: scope }
    if ('ports' in scope) return { kind: 'ports', tails: portTails(scope.ports), asGiven: scope }
  }
  throw badScope(
    `scope: ${shown(scope)} is not everything, input, output, forward, { interface: 'eth0' } or { ports: ['tcp:22'] }.`,
    'scope',
  )
}

/** The address and the scope that an element of a set stands for. */
export function readElement(
  kind: ScopeKind,
  element: string,
  wildcard = false,
): { readonly address: string; readonly scope: BanScope } {
  if (kind !== 'interface' && kind !== 'ports') return { address: element, scope: kind }
  const comma = element.indexOf(',')
  const address = element.slice(0, comma)
  const tail = element.slice(comma + 1)
  return {
    address,
    scope: kind === 'ports' ? { ports: [tail] } : { interface: wildcard ? `${tail}+` : tail },
  }
}

function interfaceTail(name: unknown): ElementTail {
  const wildcard = typeof name === 'string' && name.endsWith('+')
  const text = typeof name === 'string' ? name.slice(0, wildcard ? -1 : undefined) : ''
  if (!INTERFACE.test(text))
    throw badScope(
      `scope.interface: ${shown(name)} is not the name of an interface, of 1 to 15 bytes, or the beginning of one and +.`,
      'scope.interface',
    )
  return wildcard ? { text: `,${text}`, wildcard } : { text: `,${text}` }
}

function portTails(ports: readonly unknown[]): ElementTail[] {
  const tails = new Set<string>()
  for (const words of Array.isArray(ports) ? ports : [ports]) {
    const [, protocol, from, to = from] = (typeof words === 'string' ? PORTS.exec(words) : null) ?? []
    const [first, last] = [Number(from), Number(to)]
    if (protocol === undefined || first > last || last > 0xffff)
      throw badScope(
        `scope.ports: ${shown(words)} is not a protocol and ports such as tcp:22 or udp:5000-5010; the protocols are tcp, udp, sctp and udplite.`,
        'scope.ports',
      )
    for (let port = first; port <= last && tails.size <= MAX_PORTS; port++) tails.add(`,${protocol}:${port}`)
  }
  if (tails.size > 0 && tails.size <= MAX_PORTS) return Array.from(tails, (text) => ({ text }))
  throw badScope(
    `scope.ports: a ban is of 1 to ${MAX_PORTS} ports; for more, leave the scope out.`,
    'scope.ports',
  )
}

function badScope(message: string, path: string): ChainmailError {
  return new ChainmailError('bad-scope', message, { path })
}

function namesOf(version: 4 | 6): Record<ScopeKind, string> {
  const name = (kind: ScopeKind): string => `${OWNED_PREFIX}ban${version}${scopeDefinitions[kind].suffix}`
  return {
    everything: name('everything'),
    input: name('input'),
    output: name('output'),
    forward: name('forward'),
    interface: name('interface'),
    ports: name('ports'),
  }
}
