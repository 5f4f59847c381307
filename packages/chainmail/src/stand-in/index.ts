import { ipset } from './ipset/ipset.ts'
import { type CommandFirewall, iptables } from './iptables.ts'
import { iptablesRestore } from './iptables-restore.ts'
import { iptablesSave } from './iptables-save.ts'
import type { Outcome } from './outcome.ts'

export { type ConcernedSets, concernedSets } from './ipset/concerned.ts'
export type { CommandSets } from './ipset/sets.ts'
export type { CommandFirewall } from './iptables.ts'
export type { Outcome } from './outcome.ts'

/** The programs that can be stood in for. */
export const standInPrograms = [
  'iptables',
  'ip6tables',
  'iptables-save',
  'ip6tables-save',
  'iptables-restore',
  'ip6tables-restore',
  'ipset',
] as const

export type StandInProgram = (typeof standInPrograms)[number]

export function isStandInProgram(name: string): name is StandInProgram {
  const names: readonly string[] = standInPrograms
  return names.includes(name)
}

/**
 * Does what a program of iptables, or ipset, would do with these arguments, and prints and ends as it would.
 *
 * @param input what comes by its standard input
 * @throws what is not the program's to tell: that the firewall is closed, or cannot be read
 */
export function standIn(
  program: StandInProgram,
  words: readonly string[],
  firewall: CommandFirewall,
  input = '',
): Promise<Outcome> {
  switch (program) {
    case 'iptables':
      return iptables(words, 'ipv4', firewall)
    case 'ip6tables':
      return iptables(words, 'ipv6', firewall)
    case 'iptables-save':
      return iptablesSave(words, 'ipv4', firewall)
    case 'ip6tables-save':
      return iptablesSave(words, 'ipv6', firewall)
    case 'iptables-restore':
      return iptablesRestore(words, 'ipv4', firewall, input)
    case 'ip6tables-restore':
      return iptablesRestore(words, 'ipv6', firewall, input)
    case 'ipset':
      return ipset(words, firewall.setCommands, input)
  }
}
