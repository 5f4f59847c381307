import { runCommand } from '../command.ts'
import type { Held, State } from './model.ts'
import { chainName, PLANNED_PREFIX, ruleName, setName, TEST_PREFIX } from './names.ts'

/** What the kernel holds, as ipset and iptables tell it. */
export interface KernelState {
  readonly state: State
  /** Sets whose entries no rule looks up, or more than one; chains of plans that are not noted as such. */
  readonly faults: readonly string[]
}

const OWNED_PREFIX = 'chainmail-'

/** Notes the chains that plans have made, in the commits that make them. */
const REGISTRY = 'chainmail-chains'

/** Reads the sets and rules of this network namespace with the programs of iptables and ipset. */
export async function readKernel(): Promise<KernelState> {
  const read = async (program: string, ...words: string[]) => (await runCommand(program, words)).stdout
  const [sets, ipv4, ipv6] = await Promise.all([
    read('ipset', 'save'),
    read('iptables-save'),
    read('ip6tables-save'),
  ])
  return kernelState(sets, `${ipv4}${ipv6}`, Date.now())
}

/**
 * @param sets what `ipset save` printed
 * @param rules what `iptables-save` and `ip6tables-save` printed
 * @param now when, in milliseconds since 1970
 */
export function kernelState(sets: string, rules: string, now: number): KernelState {
  const state = new Map<string, Held>()
  const whole = new Map<string, string[]>()
  const filled = new Set<string>()
  for (const line of sets.split('\n')) {
    const [, verb, set = '', element = ''] = /^(create|add) (\S+) (\S+)/.exec(line) ?? []
    if (verb === 'create' && !set.startsWith(OWNED_PREFIX) && !set.startsWith(TEST_PREFIX))
      state.set(setName(set), { text: 'a set' })
    if (verb !== 'add') continue
    if (!set.startsWith(OWNED_PREFIX)) {
      addTo(whole, setName(set), element)
      continue
    }
    filled.add(set)
    state.set(`${set} ${element}`, heldEntry(line, now))
  }
  const lookups = new Map<string, number>()
  const planned = new Set<string>()
  const registered = new Set<string>()
  for (const line of rules.split('\n')) {
    const [, made] = /^:(\S+) /.exec(line) ?? []
    if (made?.startsWith(PLANNED_PREFIX)) planned.add(made)
    if (!line.startsWith('-A ')) continue
    const space = line.indexOf(' ', 3)
    const chain = line.slice(3, space)
    const text = line.slice(space + 1)
    const set = /--match-set (\S+) /.exec(text)?.[1]
    if (set !== undefined) lookups.set(set, (lookups.get(set) ?? 0) + 1)
    else if (chain.startsWith(TEST_PREFIX)) addTo(whole, chainName(chain), text)
    else if (chain === REGISTRY) registered.add(/:([^:"]+)"?$/.exec(text)?.[1] ?? text)
    else if (chain.startsWith(OWNED_PREFIX)) {
      const name = ruleName(chain, text)
      state.set(name, { text: state.has(name) ? 'twice' : 'a rule' })
    }
  }
  for (const [name, parts] of whole)
    state.set(name, { text: (name.startsWith('set ') ? parts.toSorted() : parts).join('\n') })
  const faults = [...filled]
    .filter((set) => !set.startsWith(`${OWNED_PREFIX}allow`) && lookups.get(set) !== 1)
    .map((set) => `${lookups.get(set) ?? 0} rules look up ${set}`)
  for (const chain of planned)
    if (!registered.has(chain)) faults.push(`${chain} is there and nobody has noted it`)
  for (const chain of registered) if (!planned.has(chain)) faults.push(`${chain} is noted and not there`)
  return { state, faults }
}

function addTo(lists: Map<string, string[]>, name: string, item: string): void {
  const list = lists.get(name)
  if (list === undefined) lists.set(name, [item])
  else list.push(item)
}

/** The reason of a ban stands before what chainmail says of it in brackets. */
function heldEntry(line: string, now: number): Held {
  const comment = / comment "([^"]*)"/.exec(line)?.[1] ?? ''
  const reason = comment.replace(/ ?\[[^[\]]*\]$/, '')
  const text = / nomatch\b/.test(line) ? `free: ${reason}` : reason
  const seconds = Number(/ timeout (\d+)/.exec(line)?.[1] ?? 0)
  return seconds === 0 ? { text } : { text, until: now + seconds * 1000 }
}
