import { type Family, splitLine } from '@chainmail/kernel'
import {
  ChainmailError,
  type Command,
  concernedSets,
  type DesiredState,
  isOwnedName,
  parseCommand,
  type Rule,
  type StandInProgram,
} from 'chainmail'
import type { Need, NeededChain, NeededEdit } from './needs.ts'
import { writtenSets } from './written-sets.ts'

/** Changing one chain. @param rules that come into it */
export function chainNeed(family: Family, table: string, chain: string, rules: readonly Rule[] = []): Need {
  return withRules({ kind: 'edit', chains: [{ family, table, chain }], sets: [] }, family, rules)
}

/** Of rules that come in, the sets that they write are needed too; of one that writes chainmail's own, everything. */
export function withRules(need: NeededEdit, family: Family, rules: readonly Rule[]): Need {
  const written = rules.map((rule) => writtenSets(rule, family))
  const known = written.filter((names) => names !== undefined).flat()
  if (known.some(isOwnedName))
    return { kind: 'everything', of: "a rule that writes a set of chainmail's own" }
  if (written.includes(undefined))
    return { kind: 'everything', of: 'a rule with SET or recent, and with an extension that is not known,' }
  return known.length === 0 ? need : { ...need, sets: [...new Set([...need.sets, ...known])] }
}

/** Changing sets. */
export function setsNeed(...sets: readonly string[]): Need {
  return { kind: 'edit', chains: [], sets }
}

/** Changing a list of the match recent. */
export function recentNeed(name: string): Need {
  return setsNeed(`recent:${name}`)
}

/** Making the kernel hold a desired state. Of a whole table every chain is needed, since those not named go. */
export function desiredNeeds({ tables, sets, scope }: DesiredState, isForced: boolean): readonly Need[] {
  const chains = tables.flatMap(({ place, chains: named }): NeededChain[] =>
    (scope === 'table' ? ['*'] : [...named.keys()]).map((chain) => ({ ...place, chain })),
  )
  const edit: Need = { kind: 'edit', chains, sets: sets.map(({ name }) => name) }
  const come = tables.map(({ place, chains: named }) => {
    const rules = [...named.values()].flatMap(({ rules = [] }) => rules.map(({ rule }) => rule))
    return withRules({ kind: 'edit', chains: [], sets: [] }, place.family, rules)
  })
  return [edit, ...come, ...(isForced ? [{ kind: 'everything', of: 'force' } as const] : [])]
}

/** Keeping or taking back a change on probation: `ipv4 filter INPUT`, `set customers`. */
export function touchedNeed(touches: readonly string[]): Need {
  const chains: NeededChain[] = []
  const sets: string[] = []
  for (const touched of touches) {
    const [, kind = '', rest = ''] = /^(\S+) (.*)$/s.exec(touched) ?? []
    if (kind === 'set') sets.push(rest)
    else {
      const [, table = '', chain = ''] = /^(\S+) (.*)$/s.exec(rest) ?? []
      // What chainmail keeps for itself belongs to the chains beside it.
      if (!isOwnedName(chain)) chains.push({ family: kind === 'ipv6' ? 'ipv6' : 'ipv4', table, chain })
    }
  }
  return { kind: 'edit', chains, sets }
}

/** Doing what a program of iptables, or ipset, would. What cannot be read beforehand needs everything. */
export function programNeed(program: StandInProgram, words: readonly string[], input: string): Need {
  switch (program) {
    case 'iptables':
      return callNeed(words, 'ipv4')
    case 'ip6tables':
      return callNeed(words, 'ipv6')
    case 'iptables-save':
    case 'ip6tables-save':
      return { kind: 'read' }
    case 'iptables-restore':
      return restoreNeed('ipv4', input)
    case 'ip6tables-restore':
      return restoreNeed('ipv6', input)
    case 'ipset': {
      const { names, all } = concernedSets(words, input)
      if (!all && names.length === 0) return { kind: 'read' }
      return setsNeed(...names, ...(all ? ['*'] : []))
    }
  }
}

const unreadable: Need = { kind: 'everything', of: 'a command that names hosts, or cannot be read,' }

function callNeed(words: readonly string[], family: Family): Need {
  try {
    return commandNeed(parseCommand(words, { family }))
  } catch (error) {
    if (!(error instanceof ChainmailError)) throw error
    return unreadable
  }
}

/** Each table of the input is flushed, or may be. */
function restoreNeed(family: Family, input: string): Need {
  const chains: NeededChain[] = []
  const sets = new Set<string>()
  let table = ''
  for (const line of input.split('\n')) {
    if (line.startsWith('*')) {
      table = line.slice(1).trim()
      chains.push({ family, table, chain: '*' })
    } else if (!/^(?:[:#]|(?:COMMIT)?$)/.test(line)) {
      const words = splitLine(line.replace(/^\[\d+:\d+\] */, ''))
      const need = words === undefined ? unreadable : callNeed(['-t', table, ...words], family)
      if (need.kind === 'everything') return need
      if (need.kind === 'edit') for (const name of need.sets) sets.add(name)
    }
  }
  return { kind: 'edit', chains, sets: [...sets] }
}

function commandNeed(command: Command): Need {
  const { family, table, operation } = command
  const edit = (...chains: readonly string[]): Need => ({
    kind: 'edit',
    chains: chains.map((chain) => ({ family, table, chain })),
    sets: [],
  })
  switch (operation) {
    case 'check':
      return { kind: 'read' }
    case 'list':
    case 'list-rules':
      return command.zero === true ? edit(command.chain ?? '*') : { kind: 'read' }
    case 'flush':
    case 'zero':
    case 'delete-chain':
      return edit(command.chain ?? '*')
    case 'rename-chain':
      return edit(command.chain, command.to)
    case 'append':
    case 'insert':
      return chainNeed(family, table, command.chain, command.rules)
    case 'replace':
      return chainNeed(family, table, command.chain, [command.rule])
    case 'delete':
    case 'delete-number':
    case 'new-chain':
    case 'policy':
      return edit(command.chain)
  }
}
