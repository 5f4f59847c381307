import { Pace, type SetEntry } from '@chainmail/kernel'
import type { Firewall, ListedRule } from 'chainmail'
import type { Samples } from './exposition.ts'

/** Whose packets and bytes are wanted: reading them takes time that grows with the rules and the entries. */
export const packetCounters = ['rules', 'sets'] as const
export type PacketCounters = (typeof packetCounters)[number]

export interface CountingFirewall extends Pick<Firewall, 'tables'> {
  set(name: string): Promise<{ entryBatches(): AsyncIterable<readonly SetEntry[]> }>
}

/** Rules that are shown one by one: those that drop come first, then those that were there first. */
const MOST_RULES = 1_000

/** Characters of a rule's text. */
const LONGEST_RULE = 250

interface RuleCount {
  readonly labels: readonly string[]
  readonly drops: boolean
  rules: number
  packets: number
  bytes: number
}

/** What each rule has matched. Equal rules of a chain count together. */
export async function collectRules(firewall: CountingFirewall, samples: Samples): Promise<void> {
  const counts = new Map<string, RuleCount>()
  for (const family of ['ipv4', 'ipv6'] as const) {
    const pace = new Pace()
    for (const { name: table, chains } of await firewall.tables({ family }).catch(() => [])) {
      for (const { name: chain, rules } of chains) {
        for (const rule of rules) {
          count([family, table, chain, targetOf(rule), rule.text.slice(0, LONGEST_RULE)], rule)
          await pace.step()
        }
      }
    }
  }
  const sorted = [...counts.values()].toSorted((one, other) => Number(other.drops) - Number(one.drops))
  const shown = sorted.slice(0, MOST_RULES)
  for (const { labels, packets, bytes } of shown) {
    samples.add('chainmail_rule_packets_total', packets, ...labels)
    samples.add('chainmail_rule_bytes_total', bytes, ...labels)
  }
  samples.add('chainmail_rules', amount(shown), 'yes')
  samples.add('chainmail_rules', amount(sorted.slice(MOST_RULES)), 'no')

  function count(labels: readonly string[], { counters = { packets: 0, bytes: 0 } }: ListedRule): void {
    const key = labels.join('\n')
    const found = counts.get(key) ?? { labels, drops: drops(labels[3]), rules: 0, packets: 0, bytes: 0 }
    found.rules++
    found.packets += Number(counters.packets)
    found.bytes += Number(counters.bytes)
    counts.set(key, found)
  }
}

/** What the entries of some sets have matched. */
export async function collectSetPackets(
  firewall: CountingFirewall,
  sets: readonly string[],
  samples: Samples,
): Promise<void> {
  for (const name of sets) {
    let [packets, bytes, counts] = [0, 0, false]
    try {
      const set = await firewall.set(name)
      for await (const batch of set.entryBatches()) {
        for (const entry of batch) {
          if (entry.packets === undefined) continue
          counts = true
          packets += Number(entry.packets)
          bytes += Number(entry.bytes ?? 0n)
        }
      }
    } catch {
      // It is gone meanwhile, or was never there: nothing is told of it.
      continue
    }
    if (!counts) continue
    samples.add('chainmail_set_packets', packets, name)
    samples.add('chainmail_set_bytes', bytes, name)
  }
}

function drops(target: string | undefined): boolean {
  return target === 'DROP' || target === 'REJECT' || target === 'TARPIT'
}

function targetOf({ target }: ListedRule): string {
  if (target === undefined) return ''
  return typeof target === 'string' ? target : (Object.keys(target)[0] ?? '')
}

function amount(counts: readonly RuleCount[]): number {
  return counts.reduce((sum, { rules }) => sum + rules, 0)
}
