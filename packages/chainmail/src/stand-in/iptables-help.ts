import { nameOf, type Program, titleOf } from './program.ts'

const commands = [
  ['-A, --append CHAIN RULE', 'put a rule at the end of a chain'],
  ['-C, --check CHAIN RULE', 'tell whether a chain has a rule'],
  ['-D, --delete CHAIN RULE|NUMBER', 'take a rule out of a chain'],
  ['-I, --insert CHAIN [NUMBER] RULE', 'put a rule at a place in a chain, the first if not said'],
  ['-R, --replace CHAIN NUMBER RULE', 'put a rule in the place of another'],
  ['-L, --list [CHAIN [NUMBER]]', 'list rules'],
  ['-S, --list-rules [CHAIN [NUMBER]]', 'print rules as commands'],
  ['-F, --flush [CHAIN]', 'take all rules out of a chain, or of all chains'],
  ['-Z, --zero [CHAIN [NUMBER]]', 'set counters to zero'],
  ['-N, --new-chain CHAIN', 'make a chain'],
  ['-X, --delete-chain [CHAIN]', 'remove a chain, or all that are empty and unused'],
  ['-E, --rename-chain CHAIN NAME', 'give a chain another name'],
  ['-P, --policy CHAIN TARGET', 'what a chain does with what no rule has decided'],
] as const

const options = [
  ['-t, --table TABLE', 'the table, filter if not said'],
  ['-p, -s, -d, -i, -o, -m, -j, -g', 'what a rule matches, and what it does'],
  ['-n, --numeric', 'addresses and ports as numbers'],
  ['-v, --verbose', 'more of everything'],
  ['-x, --exact', 'exact counters'],
  ['--line-numbers', 'the number of each rule'],
  ['-w, --wait [SECONDS]', 'accepted: commands wait for each other in any case'],
  ['-V, --version', 'print the version'],
] as const

/** What iptables can do; in words of its own, since those of iptables itself are in its package. */
export function iptablesHelp(program: Program): string {
  const name = nameOf(program)
  const width = Math.max(...[...commands, ...options].map(([words]) => words.length))
  const lines = (rows: readonly (readonly [string, string])[]): readonly string[] =>
    rows.map(([words, about]) => `  ${words.padEnd(width)}  ${about}`)
  return [
    titleOf(program),
    '',
    `Stood in for by chainmail; ${name}(8) and iptables-extensions(8) tell more.`,
    '',
    `Usage: ${name} [OPTION...] COMMAND`,
    '',
    'Commands:',
    ...lines(commands),
    '',
    'Options:',
    ...lines(options),
    '',
  ].join('\n')
}
