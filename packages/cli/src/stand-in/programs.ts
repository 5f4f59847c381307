/** The programs that chainmail stands in for, called by their names or by a link that has one of them. */
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
