/** A dump that iptables-restore refuses, or ought to, and where its fault is. */
export interface BadDump {
  readonly what: string
  readonly text: string
  readonly code: string
  /** Counted from 1. */
  readonly line: number
  /** Counted from 1. */
  readonly column: number
  /** What stands at that place; nothing where it is the end of the line. */
  readonly at: string
}

const HEAD = '*filter\n:INPUT ACCEPT [0:0]\n'

/** A dump with one line in it that is wrong from the marked place on. */
function inRule(what: string, marked: string, code: string): BadDump {
  const column = marked.indexOf('¶') + 1
  const line = marked.replace('¶', '')
  return { what, text: `${HEAD}${line}\nCOMMIT\n`, code, line: 3, column, at: marked.slice(column) }
}

function whole(what: string, marked: string, code: string): BadDump {
  const before = marked.slice(0, marked.indexOf('¶')).split('\n')
  const column = (before.at(-1) ?? '').length + 1
  const at = marked.slice(marked.indexOf('¶') + 1).split('\n')[0] ?? ''
  return { what, text: marked.replace('¶', ''), code, line: before.length, column, at }
}

export const badDumps: readonly BadDump[] = [
  whole('truncated in a rule', `${HEAD}-A INPUT -p tcp -m tcp ¶--dport`, 'bad-rule'),
  whole('truncated in a quotation', `${HEAD}-A INPUT -m comment --comment ¶"half`, 'bad-dump'),
  whole('truncated behind a rule', `${HEAD}-A INPUT -j DROP\n¶`, 'bad-dump'),
  whole('without a COMMIT before the next table', `${HEAD}¶*nat\nCOMMIT\n`, 'bad-dump'),
  whole('with a rule outside of a table', '¶-A INPUT -j DROP\n', 'bad-dump'),
  whole('of a table that does not exist', '*¶nosuch\nCOMMIT\n', 'table-unknown'),
  whole('with a policy that is none', '*filter\n:INPUT ¶REJECT [0:0]\nCOMMIT\n', 'bad-dump'),
  whole('with a policy for a chain of the user’s', '*filter\n:mine ¶DROP [0:0]\nCOMMIT\n', 'bad-dump'),
  whole('with a chain declared twice', '*filter\n:a - [0:0]\n:¶a - [0:0]\nCOMMIT\n', 'chain-exists'),
  whole('with a chain named like a target', '*filter\n:¶ACCEPT - [0:0]\nCOMMIT\n', 'bad-name'),
  whole(
    'with a name of a chain that is too long',
    `*filter\n:¶${'c'.repeat(29)} - [0:0]\nCOMMIT\n`,
    'bad-name',
  ),
  whole('with a circle', '*filter\n:a - [0:0]\n-A INPUT -j a\n-A a -j ¶a\nCOMMIT\n', 'chain-loop'),
  whole(
    'with counters that are too great',
    `${HEAD}¶[18446744073709551616:0] -A INPUT\nCOMMIT\n`,
    'bad-rule',
  ),
  inRule('with a rule for an undeclared chain', '-A ¶nosuch -j DROP', 'chain-not-found'),
  inRule('with a jump to an undeclared chain', '-A INPUT -p tcp -j ¶nosuch', 'chain-not-found'),
  inRule('with a goto to an undeclared chain', '-A INPUT -g ¶nosuch', 'chain-not-found'),
  inRule('with a jump to a chain of the kernel’s', '-A INPUT -j ¶OUTPUT', 'chain-built-in'),
  inRule('with an option twice', '-A INPUT -p tcp --dport 1 ¶--dport 2', 'bad-rule'),
  inRule('with a protocol twice', '-A INPUT -p tcp ¶-p udp', 'bad-rule'),
  inRule('with two targets', '-A INPUT -j DROP ¶-j ACCEPT', 'bad-rule'),
  inRule('with a match without its protocol', '-A INPUT -m ¶tcp --dport 22', 'bad-rule'),
  inRule('with an option without its match', '-A INPUT -p tcp ¶--ctstate NEW', 'unknown-option'),
  inRule('with an IPv6 address', '-A INPUT -s ¶2001:db8::1 -j DROP', 'bad-rule'),
  inRule('with a match of IPv6', '-A INPUT -m ¶frag --fragid 1', 'bad-rule'),
  inRule('with a control character in a comment', '-A INPUT -m comment --comment ¶"a\u001b[2J"', 'bad-rule'),
  inRule('with a control character in a log prefix', '-A INPUT -j LOG --log-prefix ¶"a\u0007"', 'bad-rule'),
  inRule('with a carriage return', '-A INPUT -j DROP¶\r', 'bad-dump'),
  inRule('with a NUL in a comment', '-A INPUT -m comment --comment ¶"a\0b"', 'bad-rule'),
  inRule('with a comment that is too long', `-A INPUT -m comment --comment ¶${'c'.repeat(256)}`, 'bad-rule'),
  inRule('with a log prefix that is too long', `-A INPUT -j LOG --log-prefix ¶${'p'.repeat(30)}`, 'bad-rule'),
  inRule('with the name of an interface that is too long', `-A INPUT -i ¶${'i'.repeat(16)}`, 'bad-rule'),
  inRule(
    'with a line that restore reads as two',
    `¶-A INPUT${' -m comment --comment 12345678901234567890'.repeat(260)}`,
    'bad-rule',
  ),
  inRule('with a value out of range', '-A INPUT -p tcp --dport ¶70000', 'bad-rule'),
  inRule('with a target in a table that has it not', '-A INPUT -j ¶MASQUERADE', 'wrong-table'),
  inRule('with something that is no command', '¶garbage', 'bad-command'),
]
