import { RestorePipe } from '@chainmail/kernel'

/** What fits one commit of iptables-nft-restore inside a user namespace. */
export const RULES_PER_COMMIT = 200

/** A chain of the benchmark and its rules, without `-A CHAIN`. */
export interface BenchChain {
  readonly name: string
  readonly rules: readonly string[]
}

export function chainsOf(amount: number, rulesPerChain: number): readonly BenchChain[] {
  const chains: BenchChain[] = []
  for (let first = 0; first < amount; first += rulesPerChain) {
    const length = Math.min(rulesPerChain, amount - first)
    chains.push({
      name: `bench-${first}`,
      rules: Array.from({ length }, (_, index) => ruleOf(first + index)),
    })
  }
  return chains
}

/** Puts the chains into the filter table of the nft backend. */
export async function loadChains(chains: readonly BenchChain[]): Promise<void> {
  await using pipe = new RestorePipe({ family: 'ipv4', backend: 'nft' })
  for (const block of blocksOf(chains)) await pipe.commit({ table: 'filter', lines: block })
}

/** The lines that make the chains, in pieces of which each fits a commit. */
export function* blocksOf(chains: readonly BenchChain[]): Generator<readonly string[], void> {
  for (const { name, rules } of chains) {
    for (let first = 0; first < rules.length; first += RULES_PER_COMMIT) {
      const lines = rules.slice(first, first + RULES_PER_COMMIT).map((rule) => `-A ${name} ${rule}`)
      yield first === 0 ? [`:${name} - [0:0]`, ...lines] : lines
    }
  }
}

/** Rules as they come: bare addresses, ports, states, lists of ports with a remark, limits. */
export function ruleOf(index: number): string {
  const source = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}/32`
  const port = (index % 60_000) + 1
  const forms = [
    `-s ${source} -j DROP`,
    `-s ${source} -i eth0 -p tcp -m tcp --dport ${port} -j ACCEPT`,
    `-d ${source} -p udp -m udp --sport 53 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    `-s ${source} -p tcp -m multiport --dports 22,80,443 -m comment --comment "rule number ${index}" -j REJECT --reject-with icmp-port-unreachable`,
    `-s ${source} -m limit --limit 5/min -j LOG --log-prefix "x ${index}: " --log-level 7`,
  ]
  return forms[index % forms.length] ?? ''
}
