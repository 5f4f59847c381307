import { match, option } from '../extension.ts'
import { choice } from '../kinds/choice.ts'
import { flag } from '../kinds/flag.ts'
import { policyElements, policySpellings } from '../kinds/policy-elements.ts'
import { isNegation } from '../negation.ts'

type Element = Readonly<Record<string, unknown>>

/** Only a tunnel has ends, and a mode that is not transport is tunnel. */
function endsWithoutTunnel({ mode, tunnelDst, tunnelSrc }: Element): boolean {
  const tunnel = mode === 'tunnel' || (isNegation(mode) && mode.not === 'transport')
  return !tunnel && (tunnelDst !== undefined || tunnelSrc !== undefined)
}

// iptables-extensions(8), policy
export const policy = match('policy', {
  about: 'Compares the IPsec policy by which the packet was, or will be, handled.',
  chains: ({ dir }) =>
    dir === 'in' ? ['PREROUTING', 'INPUT', 'FORWARD'] : ['FORWARD', 'OUTPUT', 'POSTROUTING'],
  options: {
    dir: option('--dir', choice(['in', 'out']), {
      about: 'in: the policy of decapsulation; out: the policy of encapsulation.',
      required: true,
    }),
    pol: option('--pol', choice(['none', 'ipsec']), {
      about: 'Whether IPsec has to do with the packet; ipsec if not given.',
      implied: 'ipsec',
    }),
    strict: option('--strict', flag, {
      about: 'The elements are the whole policy; without it, one of it is like the element.',
      needs: ['elements'],
    }),
    elements: option('--reqid', policyElements, {
      about: 'What the elements of the policy are, the first to the last, with --next between them.',
      aliases: ['--spi', '--proto', '--mode', '--tunnel-dst', '--tunnel-src', '--next'],
    }),
  },
  shorthands: policySpellings('elements'),
  refuses: ({ pol, strict, elements }) => {
    const list: readonly Element[] = Array.isArray(elements) ? elements : []
    if (pol === 'none' && (strict !== undefined || list.length > 0)) return 'pol none takes no elements'
    if (strict === undefined && list.length > 1) return 'more than one element needs strict'
    if (list.some((element) => Object.keys(element).length === 0)) return 'elements: one of them is empty'
    return list.some(endsWithoutTunnel) ? 'tunnelDst and tunnelSrc need mode tunnel' : undefined
  },
})
