import type { Backend } from '@chainmail/kernel'

/** A command line whose outcome is meant to differ from that of the real program, and why. */
export interface Difference {
  readonly programs: 'iptables' | 'ipset'
  readonly line: RegExp
  /** Both, if not said. */
  readonly backend?: Backend
  readonly why: string
}

export const differences: readonly Difference[] = [
  {
    programs: 'iptables',
    line: /--log-prefix "\d{30}"/,
    why: 'iptables cuts what is too long without a word; chainmail refuses it',
  },
  {
    programs: 'iptables',
    line: /--dst-type x$/,
    why: 'iptables 1.8.9 takes any wrong type of address for XRESOLVE',
  },
  {
    programs: 'iptables',
    line: /^iptables (?:-ptcp|-A app -s10)/,
    why: 'iptables 1.8.9 misreads the values of -p, -s and -d that are joined to their option; chainmail reads them',
  },
  {
    programs: 'iptables',
    line: /--dport 22 --dport 23/,
    why: 'in words of its own: an option of a match that stands twice',
  },
  { programs: 'iptables', line: /--dport ! 22/, why: 'in words of its own: a ! where a value is wanted' },
  { programs: 'iptables', line: /--limit-burst x/, why: 'the smallest burst is said to be 1, not 0' },
  {
    programs: 'iptables',
    line: /^iptables -v -Z$/,
    backend: 'nft',
    why: 'iptables-nft does not tell of chains of the kernel that nothing has used yet; iptables-nft-save does not tell them apart',
  },
  {
    programs: 'iptables',
    line: /^iptables -P INPUT ACCEPT -c 5 7$/,
    backend: 'legacy',
    why: 'the counters of a policy are not set; the nft backend does not set them either',
  },
  {
    programs: 'iptables',
    line: /^iptables -D fail2ban-ssh -s 198/,
    backend: 'legacy',
    why: 'iptables-legacy says now that the rule and now that the chain, target or match is not there',
  },
  {
    programs: 'iptables',
    line: /^ip6?tables(?:-restore)? (?:-h|--help)$/,
    why: 'what a program can do is told in words of its own',
  },
  { programs: 'ipset', line: /^ipset -H$/, why: 'what ipset can do is told in words of its own' },
  {
    programs: 'ipset',
    line: /^ipset -f \/no/,
    why: 'whoever has the files of the caller opens them: the command itself',
  },
  { programs: 'ipset', line: /maxelem 0$/, why: 'a set that can hold nothing is refused' },
  {
    programs: 'ipset',
    line: /create "a b"/,
    why: 'a name that what ipset itself saves could not be restored with is refused',
  },
]
