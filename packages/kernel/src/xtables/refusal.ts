import type { XtablesErrorCode } from './errors.ts'

/**
 * What iptables-save and iptables-restore say on standard error when they refuse, read into codes.
 * The words were observed with iptables 1.8.9, both backends; LC_ALL=C keeps them in English.
 */

export interface Refusal {
  readonly code: XtablesErrorCode
  /** The program's own words, without its name and its advice to ask for help. */
  readonly kernelWords: string
  /** The line of the program's input that it names, counted from 1 at its start. */
  readonly lineNumber: number | undefined
  /** The chain or target that does not exist, when the words name it. */
  readonly missingTarget: string | undefined
}

const LINE_NUMBERS = [
  /^Error occurred at line: (\d+)$/m,
  /^\S+: line (\d+) failed/m,
  /^line (\d+): [A-Z_]+ failed/m,
  /^\S+ v[\d.]+ \([a-z_]+\): Can't set policy `.*' on `.*' line (\d+): /m,
]

const MISSING_TARGET = /(?:^|: )(?:Chain '(.+)' does not exist|Couldn't load target `(.+)':)/m

const CODES: readonly (readonly [RegExp, XtablesErrorCode])[] = [
  // Before the permissions: why it cannot be opened stands behind it.
  [/can't open lock file/, 'lock-unavailable'],
  [/Permission denied|Operation not permitted/, 'not-permitted'],
  [/holding the xtables lock\. /, 'lock-timeout'],
  [
    /table name '.*' invalid|unable to initialize table|Table `.*' does not exist|Table does not exist/,
    'table-unknown',
  ],
  [/Failed to initialize nft|Protocol not supported|Address family not supported/, 'backend-unavailable'],
  [/Message too long/, 'batch-too-large'],
  [/does a matching rule exist in that chain/, 'rule-not-found'],
  [/RULE_DELETE failed \(No such file/, 'rule-not-found'],
  [/No chain\/target\/match by that name/, 'chain-not-found'],
  [/Chain '.+' does not exist|Couldn't load target `/, 'chain-not-found'],
  [/CHAIN_(?:USER_)?(?:DEL|FLUSH) failed \(No such file/, 'chain-not-found'],
  [/Chain already exists|CHAIN_(?:USER_)?ADD failed \(File exists/, 'chain-exists'],
  [/CHAIN_(?:USER_)?DEL failed \((?:Device or resource busy|Directory not empty)/, 'chain-busy'],
  // Of a built-in chain that drops by its policy, or whose rules iptables-nft has read for another line.
  [/^Directory not empty\.?$/, 'chain-busy'],
  [/failed \(Too many links\)/, 'chain-loop'],
  [/Index of (?:insertion|replacement|deletion) too big/, 'index-too-big'],
  [/Set .+ doesn't exist/, 'set-not-found'],
  [/Couldn't load match `|Extension \S+ revision \d+ not supported/, 'extension-unknown'],
  [/Bad policy name|Bad built-in chain name/, 'bad-rule'],
  [/RULE_(?:APPEND|INSERT|REPLACE) failed \(/, 'rule-refused'],
  // Of `-E` alone: `-N` has words of its own.
  [/^File exists\.?$/, 'chain-exists'],
]

/** Refusals that no single line is to blame for, although the program names the last one that it read. */
const WHOLE_BLOCK: ReadonlySet<XtablesErrorCode> = new Set([
  'batch-too-large',
  'lock-timeout',
  'lock-unavailable',
  'not-permitted',
])

/** iptables(8), "DIAGNOSTICS": errors which appear to be caused by invalid command line parameters. */
const PARAMETER_PROBLEM = 2

/** @param stderr What the program said; warnings before the refusal are passed over. */
export function parseRefusal(stderr: string, exitCode: number | undefined): Refusal {
  const words = wordsOf(stderr)
  const missing = MISSING_TARGET.exec(words)
  const code = codeOf(words, exitCode)
  return {
    code,
    kernelWords: words,
    lineNumber: WHOLE_BLOCK.has(code) ? undefined : lineNumberOf(stderr),
    missingTarget: missing?.[1] ?? missing?.[2],
  }
}

/**
 * The legacy backend refuses most commands with `line N failed` and no reason. What the command most
 * likely ran into, and what else it can be.
 */
export function reasonOfBareFailure(command: readonly string[]): { code: XtablesErrorCode; words: string } {
  const numbered = /^\d+$/.test(command[2] ?? '')
  switch (command[0]) {
    case '-A':
    case '-F':
    case '-Z':
    case '-E':
      return { code: 'chain-not-found', words: 'the chain does not exist' }
    case '-I':
    case '-R':
      return numbered
        ? { code: 'index-too-big', words: 'the chain has no rule of this number, or does not exist' }
        : { code: 'chain-not-found', words: 'the chain does not exist' }
    case '-D':
      return numbered
        ? { code: 'index-too-big', words: 'the chain has no rule of this number, or does not exist' }
        : { code: 'rule-not-found', words: 'the chain holds no such rule, or does not exist' }
    case '-C':
      return { code: 'rule-not-found', words: 'the chain holds no such rule, or does not exist' }
    case '-N':
      return { code: 'chain-exists', words: 'the chain exists already' }
    case '-X':
      return {
        code: 'chain-busy',
        words: 'the chain still holds rules, a rule still jumps to it, or it does not exist',
      }
    case '-P':
      return { code: 'bad-rule', words: 'the chain is not a built-in one, or the policy is none' }
    default:
      return { code: 'kernel-refused', words: 'no reason given' }
  }
}

function codeOf(words: string, exitCode: number | undefined): XtablesErrorCode {
  for (const [pattern, code] of CODES) if (pattern.test(words)) return code
  return exitCode === PARAMETER_PROBLEM ? 'bad-rule' : 'kernel-refused'
}

function lineNumberOf(stderr: string): number | undefined {
  for (const pattern of LINE_NUMBERS) {
    const number = pattern.exec(stderr)?.[1]
    if (number !== undefined) return Number(number)
  }
  return undefined
}

function wordsOf(stderr: string): string {
  return stderr
    .split('\n')
    .map((line) =>
      line
        .replace(/^\S+ v[\d.]+ \([a-z_]+\): ?/, '')
        .replace(/^\S+: line \d+ failed(?:: |$)/, '')
        .replace(/^line \d+: (?=[A-Z_]+ failed)/, ''),
    )
    .filter(
      (line) =>
        line !== '' && !/^(?:Error occurred at line: |Try `|# Warning: |Warning: (?!Extension))/.test(line),
    )
    .join(' ')
}
