import type { Backend } from '@chainmail/kernel'

/** A command line whose outcome is meant to differ from that of the real program, and why. */
export interface Difference {
  readonly line: RegExp
  /** Both, if not said. */
  readonly backend?: Backend
  readonly why: string
}

export const differences: readonly Difference[] = [
  {
    line: /--log-prefix "\d{30}"/,
    why: 'iptables cuts what is too long without a word; chainmail refuses it',
  },
  { line: /--dst-type x$/, why: 'iptables 1.8.9 takes any wrong type of address for XRESOLVE' },
  {
    line: /^iptables (?:-ptcp|-A app -s10)/,
    why: 'iptables 1.8.9 misreads the values of -p, -s and -d that are joined to their option; chainmail reads them',
  },
  { line: /--dport 22 --dport 23/, why: 'in words of its own: an option of a match that stands twice' },
  { line: /--dport ! 22/, why: 'in words of its own: a ! where a value is wanted' },
  { line: /--limit-burst x/, why: 'the smallest burst is said to be 1, not 0' },
  {
    line: /^iptables -v -Z$/,
    backend: 'nft',
    why: 'iptables-nft does not tell of chains of the kernel that nothing has used yet; iptables-nft-save does not tell them apart',
  },
  {
    line: /^iptables -P INPUT ACCEPT -c 5 7$/,
    backend: 'legacy',
    why: 'the counters of a policy are not set; the nft backend does not set them either',
  },
  {
    line: /^iptables -D fail2ban-ssh -s 198/,
    backend: 'legacy',
    why: 'iptables-legacy says now that the rule and now that the chain, target or match is not there',
  },
]
