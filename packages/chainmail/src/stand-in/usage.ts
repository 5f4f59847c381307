import type { ChainmailError } from '../errors.ts'
import { findMatch, findTarget } from '../model/registry.ts'
import { type BaseOption, longOption, shortOption } from '../text/command/base-option.ts'
import type { Outcome } from './outcome.ts'
import { advice, exits, failed, type Program, titleOf, wrongUsage } from './program.ts'

/** What somebody asked iptables, and why it was not understood. */
interface Misunderstood {
  readonly program: Program
  readonly words: readonly string[]
  /** The parts of the error's message that its pattern names. */
  readonly found: RegExpExecArray
}

type Words = string | ((misunderstood: Misunderstood) => string)

/** The messages of the reader of commands, and what iptables 1.8.9 says in their place. */
const translations: readonly (readonly [RegExp, Words])[] = [
  [/^rule: "(.*)" is not an option of iptables/s, ({ found }) => `unknown option "${found[1]}"`],
  [/^(-.): ".*" is not an option of iptables/s, ({ found }) => `unknown option "${found[1]}"`],
  [/^--(tcp-flags|match-set): a value is missing/, ({ found }) => `--${found[1]} requires two args.`],
  [
    /^--\S+: more than one option begins so/,
    ({ found }) => `unknown option "${found[0].replace(/:.*/, '')}"`,
  ],
  [/^(-\S+): a value is missing/, ({ found }) => `option "${found[1]}" requires an argument`],
  [/^-P: a chain and a policy/, '-P requires a chain and a policy'],
  [/^-E: an old and a new name/, '-E requires old-chain-name and new-chain-name'],
  [/^-R: a chain and the number/, '-R requires a rule number'],
  [/^-R: one rule takes the place/, 'Replacement rule does not specify a unique address'],
  [
    /^(-.): a command has one operation/,
    ({ found, words }) => `Cannot use ${found[1]} with ${firstOperation(words)}`,
  ],
  [/^(-.): (".*") is not the name of a chain/s, ({ found }) => chainNameFault(plain(found[2]))],
  [/is the name of a target, so no chain/, 'chain name may not clash with target name'],
  [/: (".*") is not the number of a rule/s, ({ found }) => `Invalid rule number \`${plain(found[1])}'`],
  [/^-p: (".*") is not the name of a protocol/s, ({ found }) => `unknown protocol ${found[1]} specified`],
  [/^(-[sd]): ".*" is not an address/s, ({ found, words }) => addressFault(found[1] ?? '', words)],
  [
    /^-[io]: (".*") is not the name of an interface/s,
    ({ found }) => `interface name \`${plain(found[1])}' must be shorter than IFNAMSIZ (15)`,
  ],
  [/^fragment: IPv6 rules have no -f/, "`-f' is not supported in IPv6, use -m frag instead"],
  [/^(-.): the option stands twice/, ({ found }) => `multiple ${found[1]} flags not allowed`],
  [/several addresses cannot be negated/, '! not allowed with multiple source or destination IP addresses'],
  [/^(-\S+): this option cannot be negated/, ({ found }) => `cannot have ! before ${found[1]}`],
  [/two exclamation marks in a row/, 'multiple consecutive ! not allowed'],
  [
    /^(-\S+): this option (?:does not go|goes) with/,
    ({ found }) => `Illegal option \`${letterOf(found[1])}' with this command`,
  ],
  [/^-w: .* is not a time to wait/s, 'wait seconds not numeric'],
  [/^-W: --wait-interval means nothing/, '--wait-interval only makes sense with --wait\n'],
  [/^-c: the packets and the bytes/, '-c requires packet and byte counter'],
  [/^-c: .* is not a count/s, ({ words }) => `-c ${countFault(words)} counter not numeric`],
  [/: (".*") is not a port \(/s, ({ found }) => portFault(plain(found[1]))],
  [/ is not a list of ports and ranges that takes at most/, 'too many ports specified'],
  [
    /^matches\.(tcp|udp): \S+ needs the rule's protocol/,
    ({ found }) => `${found[1]?.toUpperCase()} match requires '-p ${found[1]}'`,
  ],
  [
    /^matches\.multiport: multiport needs the rule's protocol/,
    "multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'",
  ],
  [
    /ports need the rule's protocol to be tcp, udp, sctp or dccp/,
    'Need TCP, UDP, SCTP or DCCP with port specification',
  ],
  [
    /^(?:matches|target)\.(\S+): \S+ needs \S+ \((--\S+)\)/,
    ({ found }) => `${found[1]}: option "${found[2]}" must be specified\n`,
  ],
  [
    /^matches\.(\S+): \S+ needs at least one of/,
    ({ found }) => `${found[1]}: At least one option is required`,
  ],
  [
    /^(--\S+): ".*" is not a whole number of (\d+) to (\d+)\./s,
    (asked) => `${valueFault(asked)} (${rangeOf(asked)}).\n`,
  ],
  [
    /^(--\S+): (".*") is not a whole number of (\d+) to (\d+), or a range/s,
    ({ found, ...asked }) =>
      `${extensionOf(found[1], asked)}: bad value for option "${found[1]}" near ${found[2]}, or out of range (${found[3]}-${found[4]}).\n`,
  ],
  [
    /^(--\S+): ".*" is not a mark of/s,
    ({ found, ...asked }) =>
      `${extensionOf(found[1], asked)}: bad integer value for option "${found[1]}", or out of range.\n`,
  ],
  [/^--tcp-flags: (".*") is not two lists/s, ({ found }) => `Unknown TCP flag \`${plain(found[1])}'`],
  [/^--mac-source: /, 'Invalid MAC address specified.'],
  [
    /^(--(?:src|dst)-range): (".*") is not a range/s,
    ({ found }) => `iprange: Bad value for "${found[1]}" option: ${found[2]}`,
  ],
  [/^--pkt-type: (".*") is not/s, ({ found }) => `Bad packet type '${plain(found[1])}'`],
  [/^--mode: (".*") is not/s, ({ found }) => `Bad mode ${found[1]}`],
  [
    /^--time(?:start|stop): (".*") is not/s,
    ({ found }) =>
      `invalid time ${found[1]} specified, should be hh:mm[:ss] format and within the boundaries`,
  ],
  [
    /^matches\.recent: recent needs one of/,
    "recent: you must specify one of `--set', `--rcheck' `--update' or `--remove'",
  ],
  [
    /^(?:matches|target)\.(\S+): (\S+) cannot stand beside (\S+)\./,
    ({ found }) => `${found[1]}: option "--${found[2]}" cannot be used together with "--${found[3]}".\n`,
  ],
  [/^matches\.hashlimit: one of upto and above/, 'You have to specify --hashlimit'],
  [
    /^--to-(?:source|destination): (".*") is not \[address/s,
    ({ found }) => destinationFault(plain(found[1])),
  ],
  [/^--limit: (".*") is not a rate/s, ({ found }) => `bad rate ${found[1]}'`],
  [/^--ctstate: (".*") is not/s, ({ found }) => `Bad ctstate ${found[1]}`],
  [/^--state: (".*") is not/s, ({ found }) => `Bad state ${found[1]}`],
  [/^--reject-with: (".*") is not/s, ({ found }) => `unknown reject type ${found[1]}`],
  [/^--log-level: (".*") is not/s, ({ found }) => `log level ${found[1]} unknown\n`],
  [/^--icmp-type: (".*") is not/s, ({ found }) => `Unknown ICMP type \`${plain(found[1])}'`],
  [/^--icmpv6-type: (".*") is not/s, ({ found }) => `Unknown ICMPv6 type \`${plain(found[1])}'`],
]

/** The arguments are understood, but the kernel does not take such a rule there. */
const refusedByKernel: ReadonlySet<string> = new Set(['wrong-table', 'wrong-chain'])
const REFUSED_BY_KERNEL =
  /rejectWith tcp-reset needs the rule's protocol|^matches\.icmp6?: \S+ needs the rule's protocol/

/**
 * What iptables prints when it does not understand its arguments. Where it is not known what iptables says, chainmail's
 * own words stand in the same place; the exit code is that of iptables in any case.
 */
export function usageOutcome(program: Program, words: readonly string[], error: ChainmailError): Outcome {
  const { message, code } = error
  if (words.length === 0) return wrongUsage(program, 'no command specified')
  if (/^command: no operation is named/.test(message)) {
    const stray = words.find((word) => word.startsWith('--') && longOption(word.slice(2)) === undefined)
    return wrongUsage(program, stray === undefined ? 'no command specified' : `unknown option "${stray}"`)
  }
  if (/^-[46]: the command is for/.test(message))
    return { code: exits.usage, stdout: '', stderr: advice(program) }
  if (/ is no policy; /.test(message))
    return failed(program, "Bad policy name. Run `dmesg' for more information.")
  const [, stray] = /^command: (".*") stands where an option is wanted/s.exec(message) ?? []
  if (stray !== undefined)
    return { code: exits.usage, stdout: '', stderr: `Bad argument \`${plain(stray)}'\n${advice(program)}` }
  if (refusedByKernel.has(code) || REFUSED_BY_KERNEL.test(message)) return invalidRule(program, words)
  if (program.backend === 'legacy' && /^matches\.(?:tcp|udp): \S+ needs the rule's protocol/.test(message))
    return invalidRule(program, words)
  for (const [pattern, translated] of translations) {
    const found = pattern.exec(message)
    if (found === null) continue
    const outcome = wrongUsage(
      program,
      typeof translated === 'string' ? translated : translated({ program, words, found }),
    )
    return message.startsWith('-W') ? { ...outcome, stderr: `${DEPRECATED}\n${outcome.stderr}` } : outcome
  }
  return wrongUsage(program, message)
}

/** What iptables says first where `-W` is given. */
export const DEPRECATED = 'Ignoring deprecated --wait-interval option.'

/** A rule that iptables reads and the kernel does not take. */
function invalidRule(program: Program, words: readonly string[]): Outcome {
  const operation = firstOperation(words)
  if (operation === '-D' || operation === '-C')
    return failed(program, 'Bad rule (does a matching rule exist in that chain?).')
  if (program.backend === 'legacy')
    return failed(program, "Invalid argument. Run `dmesg' for more information.")
  const verb = operation === '-I' ? 'INSERT' : operation === '-R' ? 'REPLACE' : 'APPEND'
  const chain = words[words.findIndex((word) => operationOf(word) !== undefined) + 1] ?? ''
  return {
    code: exits.resources,
    stdout: '',
    stderr: `${titleOf(program)}:  RULE_${verb} failed (Invalid argument): rule in chain ${chain}\n`,
  }
}

/** The text that a message shows between quotation marks. */
function plain(quoted = '""'): string {
  const text: unknown = JSON.parse(quoted)
  return String(text)
}

function chainNameFault(name: string): string {
  if (name.startsWith('-') || name.startsWith('!'))
    return `chain name not allowed to start with \`${name.charAt(0)}'`
  if (Buffer.byteLength(name) > 28) return `chain name \`${name}' too long (must be under 29 chars)`
  return `Invalid chain name \`${name}'`
}

function portFault(port: string): string {
  const [first = '', last = ''] = port.split(':')
  const isRange = /^\d+$/.test(first) && /^\d+$/.test(last) && Number(last) <= 65_535
  if (isRange && Number(first) > Number(last) && Number(first) <= 65_535)
    return 'invalid portrange (min > max)'
  return `invalid port/service \`${isRange || last === '' ? first : last}' specified`
}

/** The address of `-s` or `-d`, which iptables looks up as a name, or the mask behind it. */
function addressFault(option: string, words: readonly string[]): string {
  const value = words[words.findIndex((word) => operandOption(word)?.letter === option.slice(1)) + 1] ?? ''
  const [address = '', mask] = value.split('/')
  const isAddress = /^[\d.]+$/.test(address)
    ? address.split('.').every((part) => Number(part) < 256)
    : address.includes(':')
  return mask !== undefined && isAddress
    ? `invalid mask \`${mask}' specified`
    : `host/network \`${address}' not found`
}

function destinationFault(destination: string): string {
  const port = /:(\d+)$/.exec(destination)?.[1]
  return port !== undefined && Number(port) > 65_535
    ? `Port \`${port}' not valid`
    : `Bad IP address "${destination.replace(/:.*$/, '')}"`
}

function valueFault({ found, ...asked }: Misunderstood): string {
  return `${extensionOf(found[1], asked)}: bad value for option "${found[1]}", or out of range`
}

function rangeOf({ found }: Misunderstood): string {
  return `${found[2]}-${found[3]}`
}

/** The name of the match or target that an option belongs to: the last one named before it that has it. */
function extensionOf(flag = '', { program, words }: Omit<Misunderstood, 'found'>): string {
  const named = words.flatMap((word, at) => {
    const letter = operandOption(word)?.letter
    const name = words[at + 1] ?? ''
    const extension =
      letter === 'j'
        ? findTarget(name, program.family)
        : letter === 'm' || letter === 'p'
          ? findMatch(name, program.family)
          : undefined
    return extension?.flags.has(flag) === true ? [extension.name] : []
  })
  return named.at(-1) ?? ''
}

function countFault(words: readonly string[]): string {
  const packets = words[words.findIndex((word) => operandOption(word)?.letter === 'c') + 1] ?? ''
  return /^\d+/.test(packets) ? 'byte' : 'packet'
}

function letterOf(option = ''): string {
  return option === '--line-numbers' ? '-0' : option
}

function firstOperation(words: readonly string[]): string {
  for (const word of words) {
    const operation = operationOf(word)
    if (operation !== undefined) return `-${operation.letter}`
  }
  return ''
}

function operationOf(word: string): BaseOption | undefined {
  const option = operandOption(word)
  return option?.role === 'operation' ? option : undefined
}

function operandOption(word: string): BaseOption | undefined {
  if (word.startsWith('--')) return longOption(word.slice(2))
  return word.startsWith('-') ? shortOption(word.charAt(1)) : undefined
}
