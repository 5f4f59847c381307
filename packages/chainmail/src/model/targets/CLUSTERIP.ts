import { option, target } from '../extension.ts'
import { choice } from '../kinds/choice.ts'
import { flag } from '../kinds/flag.ts'
import { multicastAddress } from '../kinds/mac-address.ts'
import { integer } from '../kinds/number.ts'

const company = ['new', 'hashmode', 'clustermac', 'totalNodes', 'localNode'] as const

// iptables-extensions(8), CLUSTERIP (IPv4-specific); gone from the kernel since Linux 6.2
export const CLUSTERIP = target('CLUSTERIP', {
  about: 'Shares an address among the machines of a cluster; the cluster match has taken its place.',
  families: ['ipv4'],
  refuses: (options) => {
    const missing = company.filter((key) => options[key] === undefined)
    return missing.length === company.length || missing.length === 0
      ? undefined
      : `the first rule of a cluster needs ${company.join(', ')}, the others have none of them`
  },
  settle: (options) => (options.new === true ? { ...options, hashInit: options.hashInit ?? 0 } : options),
  options: {
    new: option('--new', flag, { about: 'Begins a new cluster address.' }),
    hashmode: option(
      '--hashmode',
      choice(['sourceip', 'sourceip-sourceport', 'sourceip-sourceport-destport']),
      { about: 'What decides which machine answers.', needs: ['new'] },
    ),
    clustermac: option('--clustermac', multicastAddress, {
      about: 'The multicast Ethernet address of the cluster.',
      needs: ['new'],
    }),
    totalNodes: option('--total-nodes', integer(0, 16), {
      about: 'How many machines there are.',
      needs: ['new'],
    }),
    localNode: option('--local-node', integer(0, 16), {
      about: 'Which of them this machine is.',
      needs: ['new'],
    }),
    hashInit: option('--hash-init', integer(0, 4294967295), {
      about: 'The seed of the hash; 0 if not given.',
      needs: ['new'],
    }),
  },
})
