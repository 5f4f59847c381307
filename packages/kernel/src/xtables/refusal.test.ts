import { describe, expect, test } from 'vitest'
import { parseRefusal, reasonOfBareFailure } from './refusal.ts'

const nft = (words: string): string => `iptables-nft-restore v1.8.9 (nf_tables): ${words}`
const legacy = (words: string): string => `ip6tables-restore v1.8.9 (legacy): ${words}`
const at = (line: number): string =>
  `\nError occurred at line: ${line}\nTry \`iptables-nft-restore -h' or 'iptables-nft-restore --help' for more information.\n`

describe('parseRefusal', () => {
  test.each([
    [
      'iptables-nft-restore: line 2 failed: Bad rule (does a matching rule exist in that chain?).\n',
      1,
      'rule-not-found',
      2,
    ],
    ['iptables-nft-restore: line 6 failed: Chain already exists.\n', 1, 'chain-exists', 6],
    ['iptables-nft-restore: line 2 failed: No chain/target/match by that name.\n', 1, 'chain-not-found', 2],
    ['iptables-nft-restore: line 2 failed: Index of insertion too big.\n', 1, 'index-too-big', 2],
    ['iptables-nft-restore: line 2 failed: Bad policy name.\n', 1, 'bad-rule', 2],
    [nft("Chain 'nochain' does not exist") + at(5), 2, 'chain-not-found', 5],
    [nft("Couldn't load match `nosuch':No such file or directory\n") + at(2), 2, 'extension-unknown', 2],
    [nft("Set nope doesn't exist.\n") + at(2), 2, 'set-not-found', 2],
    [nft("iptables-nft-restore: line 1 table name 'nosuch' invalid") + at(1), 2, 'table-unknown', 1],
    [nft("host/network `1.2.3.999' not found") + at(2), 2, 'bad-rule', 2],
    [`Bad argument \`hello'${at(2)}`, 2, 'bad-rule', 2],
    [nft('\nline 2: RULE_APPEND failed (Invalid argument): rule in chain INPUT\n'), 4, 'rule-refused', 2],
    [
      nft('\nline 3: RULE_INSERT failed (No such file or directory): rule in chain INPUT\n'),
      4,
      'rule-refused',
      3,
    ],
    ['iptables-nft-restore: line 2 failed: File exists.\n', 1, 'chain-exists', 2],
    ['iptables-nft-restore: line 2 failed: Directory not empty.\n', 1, 'chain-busy', 2],
    [nft('\nline 6: RULE_APPEND failed (Too many links): rule in chain INPUT\n'), 4, 'chain-loop', 6],
    [nft('\nline 9: CHAIN_DEL failed (Device or resource busy): chain bar\n'), 4, 'chain-busy', 9],
    [
      nft('Could not fetch rule set generation id: Permission denied (you must be root)\n'),
      4,
      'not-permitted',
      undefined,
    ],
    [
      'sendmsg() failed: Message too long\niptables-nft-restore: line 1001 failed: Message too long.\n',
      1,
      'batch-too-large',
      undefined,
    ],
    ['iptables-restore: line 2 failed\n', 1, 'kernel-refused', 2],
    [legacy("Couldn't load target `nochain':No such file or directory\n") + at(3), 2, 'chain-not-found', 3],
    [legacy("iptables-restore: unable to initialize table 'nosuch'") + at(1), 2, 'table-unknown', 1],
    [legacy("Can't set policy `BOGUS' on `INPUT' line 2: Bad policy name\n"), 1, 'bad-rule', 2],
    [
      "Can't lock /run/xtables.lock: Resource temporarily unavailable\nAnother app is currently holding the xtables lock. Stopped waiting after 1s.\n",
      4,
      'lock-timeout',
      undefined,
    ],
    [
      "Fatal: can't open lock file /run/nodir/x: No such file or directory\n",
      4,
      'lock-unavailable',
      undefined,
    ],
    ['something new\n', 1, 'kernel-refused', undefined],
    ['', 1, 'kernel-refused', undefined],
  ])('reads %j', (stderr, exitCode, code, lineNumber) => {
    expect(parseRefusal(stderr, exitCode)).toMatchObject({ code, lineNumber })
  })

  test('keeps the reason and drops the trimmings', () => {
    expect(
      parseRefusal(
        `# Warning: iptables-legacy tables present\n${nft("Set nope doesn't exist.\n")}${at(2)}`,
        2,
      ).kernelWords,
    ).toBe("Set nope doesn't exist.")
    expect(parseRefusal('iptables-restore: line 2 failed\n', 1).kernelWords).toBe('')
  })

  test('takes no line number from a value that the caller sent', () => {
    expect(parseRefusal(nft("host/network `line 7 failed' not found") + at(2), 2).lineNumber).toBe(2)
  })

  test('names the chain that a jump missed', () => {
    expect(parseRefusal(nft("Chain 'nochain' does not exist") + at(5), 2).missingTarget).toBe('nochain')
    expect(
      parseRefusal(legacy("Couldn't load target `gone':No such file or directory\n") + at(5), 2)
        .missingTarget,
    ).toBe('gone')
  })
})

describe('reasonOfBareFailure', () => {
  test.each([
    [['-A', 'gone', '-j', 'DROP'], 'chain-not-found'],
    [['-I', 'gone', '-j', 'DROP'], 'chain-not-found'],
    [['-I', 'INPUT', '9', '-j', 'DROP'], 'index-too-big'],
    [['-R', 'INPUT', '9', '-j', 'DROP'], 'index-too-big'],
    [['-D', 'INPUT', '9'], 'index-too-big'],
    [['-D', 'INPUT', '-j', 'DROP'], 'rule-not-found'],
    [['-C', 'INPUT', '-j', 'DROP'], 'rule-not-found'],
    [['-N', 'chain'], 'chain-exists'],
    [['-X', 'chain'], 'chain-busy'],
    [['-F', 'chain'], 'chain-not-found'],
    [['-P', 'chain', 'DROP'], 'bad-rule'],
    [[], 'kernel-refused'],
  ])('guesses what stopped %j', (command, code) => {
    expect(reasonOfBareFailure(command).code).toBe(code)
  })
})
