import { execFileSync } from 'node:child_process'
import type { Family } from '@chainmail/kernel'
import fc from 'fast-check'
import { type Spelling, spellingOf } from '../../packages/chainmail/src/model/version.ts'
import type { Host } from './rules.ts'
import { awkwardName } from './values.ts'

export type Backend = 'nft' | 'legacy'

const sets = [
  ['addresses', 'hash:ip', 'src'],
  ['networks', 'hash:net', 'dst'],
  ['services', 'hash:ip,port', 'src,dst'],
  ['triples', 'hash:ip,port,ip', 'dst,dst,src'],
] as const

const estimators = fc.constantFrom('estimator1', 'estimator2')

/** Rules that have to be there before random ones: what these refer to. */
export const beforehand = [
  '-j RATEEST --rateest-name estimator1 --rateest-interval 250.0ms --rateest-ewmalog 500.0ms',
  '-j RATEEST --rateest-name estimator2 --rateest-interval 250.0ms --rateest-ewmalog 500.0ms',
]

/** Makes the sets that random rules refer to in this network namespace. */
export function createSets(family: Family): void {
  for (const [name, type] of sets) {
    const words = ['create', `${name}-${family}`, type, 'family', family === 'ipv4' ? 'inet' : 'inet6']
    execFileSync('ipset', [...words, 'counters', 'timeout', '0', 'skbinfo'])
  }
}

/** What the rules may refer to here, and what this kernel lacks. */
export function host(family: Family): Host {
  const reference = fc.constantFrom(
    ...sets.map(([name, , directions]) => [`${name}-${family}`, directions] as const),
  )
  return {
    lacks: new Set([...missingExtensions, ...missingOptions]),
    values: new Map<string, fc.Arbitrary<unknown>>([
      ['set.matchSet', reference],
      ['SET.addSet', reference],
      ['SET.delSet', reference],
      ['SET.mapSet', reference],
      ['CT.helper', fc.constantFrom('ftp', 'tftp')],
      ['realm.realm', fc.constantFrom(1, 255, '0x1/0xff', 'cosmos', 0)],
      ['rateest.rateest', estimators],
      ['rateest.rateest1', estimators],
      ['rateest.rateest2', estimators],
      ['RATEEST.rateestName', fc.uuid().map((name) => name.slice(0, 13))],
      // One that is still being thrown away cannot be made anew.
      ['hashlimit.name', fc.tuple(fc.uuid(), awkwardName(40)).map(([unique, name]) => `${name}${unique}`)],
      ['IDLETIMER.label', fc.uuid().map((name) => name.slice(0, 23))],
      // A user namespace has no accounts but root's.
      ['owner.uidOwner', fc.constantFrom(0, 'root')],
      ['owner.gidOwner', fc.constantFrom(0, 'root')],
      // The kernel verifies programs.
      ['bpf.bytecode', fc.constantFrom('1,6 0 0 0', '4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0')],
      // iptables 1.8.9 does not read greater masks, though it prints them.
      ['cluster.localNodemask', fc.integer({ min: 1, max: 32 })],
    ]),
    tables: new Map([['SET.mapSet', ['mangle']]]),
  }
}

/** What this kernel does not have, whatever the words of the rule. */
export const missingExtensions: ReadonlySet<string> = new Set([
  'ipvs',
  'nfacct',
  'CLUSTERIP',
  'LED',
  'SECMARK',
  'ULOG',
])

/** What needs something on the host that a test cannot make. */
const missingOptions = ['bpf.objectPinned', 'cgroup.path', 'CT.timeout']

/** Where a backend of iptables 1.8.9 does not take, or not give back, what the other one does. */
const peculiarities: readonly { readonly backend: Backend; readonly concerns: (text: string) => boolean }[] =
  [
    // The kernel has no expression for what no packet can have.
    { backend: 'nft', concerns: (text) => /! -[sd] (?:0\.0\.0\.0|::)\/0/.test(text) },
    // It becomes a comparison, and is printed as another range.
    { backend: 'nft', concerns: (text) => /! --[sd]port 0:/.test(text) },
    { backend: 'nft', concerns: (text) => text.includes('! --tcp-flags NONE') },
    // It makes one match of two.
    { backend: 'nft', concerns: (text) => /-m (tcp|udp)\b.* -m \1\b/.test(text) },
    // Its own expressions have neither.
    { backend: 'nft', concerns: (text) => /--nflog-range|-j QUEUE/.test(text) },
    // Only beside a match of SYN.
    { backend: 'legacy', concerns: (text) => text.includes('-j TCPMSS') },
    { backend: 'legacy', concerns: (text) => overflows(text, LIMITS) },
    { backend: 'nft', concerns: (text) => overflows(text, HASH_LIMITS) },
    { backend: 'legacy', concerns: (text) => overflows(text, HASH_LIMITS) },
  ]

/**
 * The kernel keeps the time for a whole burst in 32 bits, some 32,000 credits a second (hashlimit in 64, with so many
 * more of them), and refuses a rule where what is left of it after an overflow is too little. Seen on Linux 6.18.
 */
const LONGEST_BURST_SECONDS = 134_217

const LIMITS = /--limit (\d+)\/(\w+)(?: --limit-burst (\d+))?/g
const HASH_LIMITS = /--hashlimit-(?:upto|above) (\d+)\/(\w+)(?: --hashlimit-burst (\d+))?/g

function overflows(text: string, limits: RegExp): boolean {
  const units: Readonly<Record<string, number>> = { sec: 1, min: 60, hour: 3_600, day: 86_400 }
  return Array.from(text.matchAll(limits)).some(
    ([, amount, unit = '', burst = '5']) =>
      ((units[unit] ?? 0) * Number(burst)) / Number(amount) > LONGEST_BURST_SECONDS,
  )
}

/** Whether the backend is known to treat the rule otherwise than the model and the other backend do. */
export function isPeculiar(backend: Backend, text: string): boolean {
  return peculiarities.some((one) => one.backend === backend && one.concerns(text))
}

/** How the iptables of this host prints rules. */
export function hostSpelling(backend: Backend): Spelling {
  const answer = execFileSync(`iptables-${backend}`, ['--version'], { encoding: 'utf8' })
  return spellingOf(/\d+(?:\.\d+)+/.exec(answer)?.[0] ?? '')
}

/** Whether the rule matches nothing, or says nothing, which 1.8.11 refuses: a range from the greater number down, say. */
export function isFutile(text: string): boolean {
  if (/--ctproto 0(?: |$)/.test(text)) return true
  return Array.from(text.matchAll(/ --[a-z-]+ (\d+):(\d+)(?= |$)/g)).some(
    ([, first, last]) => Number(first) > Number(last),
  )
}

/** Whether a helper of connection tracking stands beside a protocol that it is not for. */
export function isForAnotherProtocol(text: string): boolean {
  return (
    (text.includes('-j CT') && text.includes('--helper ftp') && !/(?<!! )-p tcp /.test(text)) ||
    (text.includes('-j CT') && text.includes('--helper tftp') && !/(?<!! )-p udp /.test(text))
  )
}
