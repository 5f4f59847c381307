import { match, option } from '../extension.ts'
import { portList } from '../kinds/port.ts'

// iptables-extensions(8), multiport
export const multiport = match('multiport', {
  about: 'Compares the ports with a list of up to 15 ports; a range counts as two.',
  protocols: ['tcp', 'udp', 'udplite', 'sctp', 'dccp'],
  needsOption: true,
  options: {
    sports: option('--sports', portList, {
      about: 'The source port is in the list.',
      aliases: ['--source-ports'],
      negatable: true,
      excludes: ['dports', 'ports'],
    }),
    dports: option('--dports', portList, {
      about: 'The destination port is in the list.',
      aliases: ['--destination-ports'],
      negatable: true,
      excludes: ['ports'],
    }),
    ports: option('--ports', portList, {
      about: 'The source or the destination port is in the list.',
      negatable: true,
    }),
  },
})
