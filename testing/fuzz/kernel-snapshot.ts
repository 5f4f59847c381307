import type { Family } from '@chainmail/kernel'
import { runCommand } from '../command.ts'
import { savedWords } from './saved-words.ts'

/** A place of the kernel and a line that stands there, as the standard tools print it. */
export interface HeldLine {
  /** `ipv4 filter INPUT`, or `set NAME`. */
  readonly place: string
  readonly line: string
  /** Seconds until the kernel itself takes it out. */
  readonly ends?: number
}

export interface HeldRule {
  readonly family: Family
  readonly table: string
  readonly chain: string
  readonly text: string
}

/** Everything that the kernel holds, by the standard tools. */
export interface Snapshot {
  /** Milliseconds. */
  readonly time: number
  readonly lines: readonly HeldLine[]
  readonly rules: readonly HeldRule[]
}

/** Sets that rules on the way of packets may fill. */
const filledByPackets = /^(?:addresses|networks|services|triples)-ipv[46]$/

export async function readSnapshot(): Promise<Snapshot> {
  const read = async (program: string, ...words: string[]) => (await runCommand(program, words)).stdout
  const [sets, ipv4, ipv6] = await Promise.all([
    read('ipset', 'save'),
    read('iptables-save'),
    read('ip6tables-save'),
  ])
  return snapshotOf(sets, ipv4, ipv6)
}

/** What the programs have printed. */
export function snapshotOf(sets: string, ipv4: string, ipv6: string): Snapshot {
  const lines: HeldLine[] = sets.split('\n').flatMap(setLine)
  const rules: HeldRule[] = []
  for (const [family, dump] of [
    ['ipv4', ipv4],
    ['ipv6', ipv6],
  ] as const) {
    let table = ''
    for (const line of dump.split('\n')) {
      if (line.startsWith('*')) table = line.slice(1)
      const [, chain, policy] = /^:(\S+) (\S+) /.exec(line) ?? []
      if (chain !== undefined) {
        const isEmptyBuiltIn = policy === 'ACCEPT'
        if (!isEmptyBuiltIn) lines.push({ place: `${family} ${table} ${chain}`, line: `:${policy}` })
      } else if (line.startsWith('-A ')) {
        const space = line.indexOf(' ', 3)
        const [name, text] =
          space === -1 ? [line.slice(3), ''] : [line.slice(3, space), line.slice(space + 1)]
        lines.push({ place: `${family} ${table} ${name}`, line: text })
        rules.push({ family, table, chain: name, text })
      } else if (!/^(?:\*|#|COMMIT|$)/.test(line))
        lines.push({ place: 'what iptables-save does not print', line })
    }
  }
  return { time: Date.now(), lines, rules }
}

function setLine(text: string): HeldLine[] {
  if (text === '') return []
  const [verb = '', name = ''] = text.split(' ', 2)
  if (verb !== 'create' && verb !== 'add') return [{ place: 'what ipset does not print', line: text }]
  if (filledByPackets.test(name)) return []
  const line = text.replace(/ packets \d+ bytes \d+/, '')
  if (verb === 'create')
    return [{ place: `set ${name}`, line: line.replace(/ (?:hashsize|initval|bucketsize) \S+/g, '') }]
  const ends = / timeout (\d+)/.exec(line)?.[1]
  if (ends === undefined || ends === '0') return [{ place: `set ${name}`, line }]
  return [{ place: `set ${name}`, line: line.replace(/ timeout \d+/, ' timeout …'), ends: Number(ends) }]
}

/** Seconds by which the kernel's clock may be off. */
const LEEWAY = 3

/** Places that are not what they were, with a line that has come or gone. */
export function differences(before: Snapshot, after: Snapshot): Map<string, string> {
  const seconds = (after.time - before.time) / 1000 + LEEWAY
  const found = new Map<string, string>()
  const [was, is] = [byPlace(before), byPlace(after)]
  for (const place of new Set([...was.keys(), ...is.keys()])) {
    const [old, now] = [was.get(place) ?? [], is.get(place) ?? []]
    const gone = lacking(old, now).filter(({ ends }) => ends === undefined || ends > seconds)
    const come = lacking(now, old)
    const isMoved =
      !place.startsWith('set ') &&
      old.length === now.length &&
      old.some(({ line }, at) => line !== now[at]?.line)
    const [first] = come.length > 0 ? come.map(({ line }) => `+${line}`) : gone.map(({ line }) => `-${line}`)
    if (first !== undefined || isMoved) found.set(place, first ?? 'in another order')
  }
  return found
}

function byPlace({ lines }: Snapshot): Map<string, HeldLine[]> {
  const places = new Map<string, HeldLine[]>()
  for (const one of lines) {
    const list = places.get(one.place)
    if (list === undefined) places.set(one.place, [one])
    else list.push(one)
  }
  return places
}

/** Those of the first that are not in the second, however often each stands there. */
function lacking(lines: readonly HeldLine[], others: readonly HeldLine[]): HeldLine[] {
  const counts = new Map<string, number>()
  for (const { line } of others) counts.set(line, (counts.get(line) ?? 0) + 1)
  return lines.filter(({ line }) => {
    const left = counts.get(line) ?? 0
    counts.set(line, left - 1)
    return left <= 0
  })
}

/** Rules that were not there before. */
export function newRules(before: Snapshot, after: Snapshot): readonly HeldRule[] {
  const known = new Set(before.rules.map(({ family, text }) => `${family} ${text}`))
  return after.rules.filter(({ family, text }) => !known.has(`${family} ${text}`))
}

/** Options that stand behind the element of an entry, with their values; flags have none. */
export function entryOptions(line: string): ReadonlyMap<string, string> {
  const [, , , ...words] = savedWords(line)
  const options = new Map<string, string>()
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === 'nomatch' || word === 'wildcard') options.set(word, '')
    else options.set(word, words[++at] ?? '')
  }
  return options
}
