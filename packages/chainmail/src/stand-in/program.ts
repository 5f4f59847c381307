import type { Backend, Family } from '@chainmail/kernel'
import type { Outcome } from './outcome.ts'

/** The program that is stood in for. */
export interface Program {
  readonly family: Family
  readonly backend: Backend
  /** Such as `1.8.9`. */
  readonly version: string
}

/** `iptables` or `ip6tables`, as the program names itself whatever it was called by. */
export function nameOf({ family }: Program): string {
  return family === 'ipv4' ? 'iptables' : 'ip6tables'
}

/** As the program names itself before what is wrong with its arguments: `iptables v1.8.9 (nf_tables)`. */
export function titleOf(program: Program): string {
  return `${nameOf(program)} v${program.version} (${program.backend === 'nft' ? 'nf_tables' : 'legacy'})`
}

/** iptables(8), DIAGNOSTICS: 2 for wrong parameters; 1 for other errors; 4, which is not named there, for lack of resources. */
export const exits = { failed: 1, usage: 2, version: 3, resources: 4 } as const

/** What the kernel or the state of the rules does not allow. */
export function failed(program: Program, words: string): Outcome {
  return { code: exits.failed, stdout: '', stderr: `${nameOf(program)}: ${words}\n` }
}

/** What is wrong with the arguments, with the advice that iptables gives then. */
export function wrongUsage(program: Program, words: string): Outcome {
  return { code: exits.usage, stdout: '', stderr: `${titleOf(program)}: ${words}\n${advice(program)}` }
}

export function advice(program: Program): string {
  const name = nameOf(program)
  return `Try \`${name} -h' or '${name} --help' for more information.\n`
}
