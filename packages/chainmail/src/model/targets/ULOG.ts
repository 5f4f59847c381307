import { option, target } from '../extension.ts'
import { integer } from '../kinds/number.ts'
import { text } from '../kinds/text.ts'

// iptables-extensions(8), ULOG (IPv4-specific); gone from the kernel since Linux 3.17
export const ULOG = target('ULOG', {
  about: 'Sends the packet to a program that listens; NFLOG has taken its place.',
  families: ['ipv4'],
  options: {
    ulogPrefix: option('--ulog-prefix', text({ minBytes: 1, maxBytes: 31 }), {
      about: 'Text that goes with the packet, 1 to 31 bytes.',
    }),
    ulogNlgroup: option('--ulog-nlgroup', integer(1, 32), {
      about: 'The netlink group that the packet goes to; 1 if not given.',
      omitted: 1,
    }),
    ulogCprange: option('--ulog-cprange', integer(0, 4294967295), {
      about: 'How many bytes of the packet are sent; 0 is all.',
      omitted: 0,
    }),
    ulogQthreshold: option('--ulog-qthreshold', integer(1, 50), {
      about: 'Packets that the kernel gathers before it sends them.',
      omitted: 1,
    }),
  },
})
