/** How many values an option of iptables itself takes, as getopt_long(3) counts. */
export type Argument = 'none' | 'required' | 'optional'

/** An option of iptables itself, that every command line may hold. */
export interface BaseOption {
  /** The short option, without its dash. */
  readonly letter: string
  /** The long spellings, without their dashes. */
  readonly names: readonly string[]
  readonly argument: Argument
  /** Whether it asks for an operation, sets how the command works, or is part of a rule. */
  readonly role: 'operation' | 'setting' | 'rule'
}

function option(
  role: BaseOption['role'],
  letter: string,
  names: readonly string[],
  argument: Argument,
): BaseOption {
  return { letter, names, argument, role }
}

/** iptables(8), OPTIONS */
export const baseOptions: readonly BaseOption[] = [
  option('operation', 'A', ['append'], 'required'),
  option('operation', 'D', ['delete'], 'required'),
  option('operation', 'C', ['check'], 'required'),
  option('operation', 'I', ['insert'], 'required'),
  option('operation', 'R', ['replace'], 'required'),
  option('operation', 'L', ['list'], 'optional'),
  option('operation', 'S', ['list-rules'], 'optional'),
  option('operation', 'F', ['flush'], 'optional'),
  option('operation', 'Z', ['zero'], 'optional'),
  option('operation', 'N', ['new-chain'], 'required'),
  option('operation', 'X', ['delete-chain'], 'optional'),
  option('operation', 'E', ['rename-chain'], 'required'),
  option('operation', 'P', ['policy'], 'required'),
  option('rule', 's', ['source', 'src'], 'required'),
  option('rule', 'd', ['destination', 'dst'], 'required'),
  option('rule', 'p', ['protocol'], 'required'),
  option('rule', 'i', ['in-interface'], 'required'),
  option('rule', 'o', ['out-interface'], 'required'),
  option('rule', 'f', ['fragments', 'fragment'], 'none'),
  option('rule', 'm', ['match'], 'required'),
  option('rule', 'j', ['jump'], 'required'),
  option('rule', 'g', ['goto'], 'required'),
  option('rule', 'c', ['set-counters'], 'required'),
  option('setting', 't', ['table'], 'required'),
  option('setting', 'n', ['numeric'], 'none'),
  option('setting', 'v', ['verbose'], 'none'),
  option('setting', 'x', ['exact'], 'none'),
  option('setting', '0', ['line-numbers'], 'none'),
  option('setting', 'w', ['wait'], 'optional'),
  option('setting', 'W', ['wait-interval'], 'required'),
  option('setting', 'M', ['modprobe'], 'required'),
  option('setting', '4', ['ipv4'], 'none'),
  option('setting', '6', ['ipv6'], 'none'),
  option('setting', 'h', ['help'], 'optional'),
  option('setting', 'V', ['version'], 'none'),
]

const byLetter = new Map(baseOptions.map((base) => [base.letter, base]))
const byName = new Map(baseOptions.flatMap((base) => base.names.map((name) => [name, base])))

/** `--line-numbers` is known to getopt by the digit 0, which is no short option. */
export function shortOption(letter: string): BaseOption | undefined {
  return letter === '0' ? undefined : byLetter.get(letter)
}

export function longOption(name: string): BaseOption | undefined {
  return byName.get(name)
}

/** The options that have a long spelling which begins so. */
export function longOptionsBeginning(beginning: string): readonly BaseOption[] {
  return baseOptions.filter(({ names }) => names.some((name) => name.startsWith(beginning)))
}

/** The option as it is named in messages. */
export function spelling({ letter, names }: BaseOption): string {
  return letter === '0' ? `--${names[0]}` : `-${letter}`
}
