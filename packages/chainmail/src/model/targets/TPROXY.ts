import { option, target } from '../extension.ts'
import { type Bounded, type Kind, refuse } from '../kind.ts'
import { address } from '../kinds/address.ts'
import { markChange } from '../kinds/mark-change.ts'
import { port } from '../kinds/port.ts'

const LEADING_ZERO = /^0./

/** iptables reads the zeros of 010 as nothing here, and as octal elsewhere: that is nothing to guess at. */
const listeningPort: Kind<number, number | string> & Bounded<0, 65535> = {
  ...port,
  parse: (words, at, context) =>
    LEADING_ZERO.test(words[at] ?? '') ? refuse(words[at], port.expects) : port.parse(words, at, context),
}

// iptables-extensions(8), TPROXY
export const TPROXY = target('TPROXY', {
  about: 'Gives the packet to a local socket and leaves its addresses as they are.',
  tables: ['mangle'],
  chains: ['PREROUTING'],
  protocols: ['tcp', 'udp'],
  options: {
    onPort: option('--on-port', listeningPort, {
      about: 'The port of the socket; 0 is the packet’s own destination port.',
      required: true,
    }),
    onIp: option('--on-ip', address, {
      about: 'The address of the socket; if not given, that of the interface the packet came in by.',
      implied: (family) => (family === 'ipv4' ? '0.0.0.0' : '::'),
    }),
    tproxyMark: option('--tproxy-mark', markChange, {
      about: 'Changes the packet’s mark, for the routing that brings it here.',
      implied: '0x0/0x0',
    }),
  },
})
