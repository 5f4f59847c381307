import type { Counters, ListedRule } from 'chainmail'
import type { Scope } from './entries.ts'
import type { Entry } from './entry.ts'
import type { FamilySnapshot, KernelDoor } from './kernel-door.ts'
import { builtInChain, ownedChain, readLine } from './lines.ts'
import { entryOf } from './scope-change.ts'

/** A simple rule as `iptables -L -n -v -x --line-numbers` shows it, every member a text. */
export interface ListedEntry {
  readonly chain: string
  /** Its place among all rules and set entries of the chain, in the order in which packets meet them. */
  readonly num: string
  readonly pkts: string
  readonly bytes: string
  readonly target: string
  readonly prot: string
  readonly opt: string
  readonly inp: string
  readonly out: string
  readonly source: string
  readonly destination: string
  readonly extra: string
}

const none: Counters = { packets: 0, bytes: 0 }

/**
 * The simple rules of a chain: those that stand in it, and in the place of the jump to the owned chain the rules
 * of that and the entries of its sets. General rules are counted and not shown.
 */
export async function listScope(
  scope: Scope,
  snapshot: FamilySnapshot,
  kernel: KernelDoor,
): Promise<ListedEntry[]> {
  const listed: ListedEntry[] = []
  let number = 0
  const show = (entry: Entry, counters: Counters): void => {
    number += 1
    listed.push(listedEntry(entry, number, counters))
  }
  const walk = async (rules: readonly ListedRule[]): Promise<void> => {
    for (const rule of rules) {
      const line = readLine(rule, scope)
      if (line.is === 'entry') show(line.entry, rule.counters ?? none)
      else if (line.is === 'jump') await walk(snapshot.chain(ownedChain(scope.chain)) ?? [])
      else if (line.is === 'general') number += 1
      else
        for (const element of await kernel.elements(scope, line.action))
          show(entryOf(scope, line.action, element.network), element)
    }
  }
  await walk(snapshot.chain(builtInChain(scope.chain)) ?? [])
  return listed
}

function listedEntry(entry: Entry, number: number, { packets, bytes }: Counters): ListedEntry {
  const any = entry.family === 'ipv4' ? '0.0.0.0/0' : '::/0'
  return {
    chain: builtInChain(entry.chain),
    num: String(number),
    pkts: String(packets),
    bytes: String(bytes),
    target: entry.action.toUpperCase(),
    prot: 'all',
    opt: '--',
    inp: entry.inInterface ?? '*',
    out: entry.outInterface ?? '*',
    source: entry.source?.text ?? any,
    destination: entry.destination?.text ?? any,
    extra: '',
  }
}
