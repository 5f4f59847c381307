import { match } from '../extension.ts'
import { ports } from '../port-options.ts'

// iptables-extensions(8), udp
export const udp = match('udp', {
  about: 'Compares the ports of a UDP packet.',
  protocols: ['udp'],
  options: ports,
})
