import { standInPrograms } from 'chainmail'
import type { Chance } from './chance.ts'
import { hostileText } from './hostile.ts'

/** Chains that the fuzz makes, fills and removes; those of the kernel come beside them. */
export const chainNames = ['fuzz-a', 'fuzz-b', 'fuzz-c', 'fuzz-d', 'fuzz-e', 'fuzz-f'] as const
const builtIn = ['INPUT', 'OUTPUT', 'FORWARD', 'PREROUTING', 'POSTROUTING'] as const

/** Where random rules jump to. */
export const ELSEWHERE = 'elsewhere'

export interface KnownSet {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
  element(chance: Chance): string
}

const octet = (chance: Chance) => chance.below(256)
const ipv4 = (chance: Chance) => `198.51.${100 + chance.below(4)}.${octet(chance)}`
const ipv6 = (chance: Chance) => `2001:db8:${chance.below(16).toString(16)}::${octet(chance).toString(16)}`
const network4 = (chance: Chance) =>
  chance.one([
    `198.51.${100 + 4 * chance.below(4)}.0/22`,
    `198.51.${100 + chance.below(4)}.0/24`,
    `198.51.100.${16 * chance.below(16)}/28`,
    `${ipv4(chance)}/32`,
    `${ipv4(chance)}/${chance.between(20, 31)}`,
  ])
const network6 = (chance: Chance) =>
  chance.one([`2001:db8:${chance.below(16).toString(16)}::/48`, `${ipv6(chance)}/128`, `${ipv6(chance)}/64`])
const port = (chance: Chance) => `${chance.one(['', 'tcp:', 'udp:', 'sctp:'])}${chance.below(65_536)}`
const mac = (chance: Chance) => `02:00:00:00:00:${(16 + chance.below(240)).toString(16)}`

/** Sets that the fuzz makes: what each of them holds is known by its name. */
export const knownSets: readonly KnownSet[] = [
  { name: 'fuzz-ip', options: { type: 'hash:ip' }, element: ipv4 },
  {
    name: 'fuzz-words',
    options: { type: 'hash:ip', comment: true, timeout: 600, counters: true },
    element: ipv4,
  },
  { name: 'fuzz-net', options: { type: 'hash:net', comment: true }, element: network4 },
  { name: 'fuzz-net-2', options: { type: 'hash:net', comment: true, timeout: 0 }, element: network4 },
  { name: 'fuzz-six', options: { type: 'hash:net', family: 'inet6', comment: true }, element: network6 },
  {
    name: 'fuzz-port',
    options: { type: 'hash:ip,port', skbinfo: true },
    element: (chance) => `${ipv4(chance)},${port(chance)}`,
  },
  {
    name: 'fuzz-bits',
    options: { type: 'bitmap:port', range: '0-1023', comment: true },
    element: (chance) => String(chance.below(1_100)),
  },
  { name: 'fuzz-mac', options: { type: 'hash:mac' }, element: mac },
  {
    name: 'fuzz-face',
    options: { type: 'hash:net,iface', maxelem: 64 },
    element: (chance) => `${network4(chance)},${chance.one(['eth0', 'lo', 'physdev:br0'])}`,
  },
  {
    name: 'fuzz-list',
    options: { type: 'list:set', size: 8 },
    element: (chance) => chance.one(['fuzz-ip', 'fuzz-net', 'fuzz-port', 'fuzz-mac']),
  },
]

export const keyNames = ['fuzz-key-1', 'fuzz-key-2', 'fuzz-key-3'] as const
const recentNames = ['fuzz-recent', 'DEFAULT'] as const

/** What answers have told, and later requests name: it makes them fit. */
export class Told {
  readonly #lists = new Map<string, string[]>()

  note(what: 'etag' | 'probation' | 'cursor' | 'token', value: string): void {
    const list = this.#lists.get(what) ?? []
    list.push(value)
    // What is old fits no longer.
    if (list.length > 12) list.shift()
    this.#lists.set(what, list)
  }

  one(what: 'etag' | 'probation' | 'cursor' | 'token', chance: Chance): string | undefined {
    const list = this.#lists.get(what) ?? []
    return list.length === 0 ? undefined : chance.one(list)
  }

  /** Of the history. */
  revision = 0
}

export function anyAddress(chance: Chance): string {
  switch (chance.below(10)) {
    case 0:
      return ipv6(chance)
    case 1:
      return network6(chance)
    case 2:
    case 3:
      return network4(chance)
    case 4:
      return `198.51.100.${chance.between(1, 20)}-198.51.100.${chance.between(21, 250)}`
    case 5:
      return chance.one([
        '0.0.0.0/0',
        '127.0.0.1',
        '::1',
        '198.51.100.7/255.255.255.0',
        '198.51.100.007',
        '1.2.3',
      ])
    default:
      return ipv4(chance)
  }
}

export function anyChain(chance: Chance): string {
  if (chance.comes(0.85)) return chance.one(chainNames)
  return chance.comes(0.8) ? chance.one(builtIn) : chance.one([ELSEWHERE, 'fuzz-none', hostileText(chance)])
}

export function anySet(chance: Chance): KnownSet {
  return chance.one(knownSets)
}

export function setName(chance: Chance): string {
  if (chance.comes(0.93)) return anySet(chance).name
  return chance.one(['fuzz-none', 'chainmail-bans-v4', 'chainmail', hostileText(chance)])
}

export function recentName(chance: Chance): string {
  return chance.comes(0.9) ? chance.one(recentNames) : hostileText(chance)
}

export function keyName(chance: Chance): string {
  return chance.comes(0.95) ? chance.one(keyNames) : hostileText(chance)
}

export function scopeWord(chance: Chance): string {
  const known = [
    'everything',
    'input',
    'output',
    'forward',
    'interface:eth0',
    'tcp:22',
    'tcp:22,udp:5000-5010',
  ]
  return chance.comes(0.9) ? chance.one(known) : hostileText(chance)
}

export function duration(chance: Chance): string | number {
  return chance.one(['90s', '10m', '24h', '7d', '2w', 600, 86_400, '0s', '1h', '9999d', '1y', -5])
}

export function programName(chance: Chance): string {
  return chance.one(standInPrograms)
}
