import { match, option } from '../extension.ts'
import { network } from '../kinds/address.ts'
import { choice } from '../kinds/choice.ts'
import { flag } from '../kinds/flag.ts'
import { port } from '../kinds/port.ts'
import { protocolInteger } from '../kinds/protocol.ts'

// iptables-extensions(8), ipvs
export const ipvs = match('ipvs', {
  about: 'Compares what IPVS knows of the packet’s connection.',
  needsOption: true,
  options: {
    ipvs: option('--ipvs', flag, {
      about: 'The packet belongs to a connection of IPVS; every other option says so too.',
      negatable: true,
    }),
    vproto: option('--vproto', protocolInteger, { about: 'The service’s protocol.', negatable: true }),
    vaddr: option('--vaddr', network, { about: 'The service’s address or network.', negatable: true }),
    vport: option('--vport', port, { about: 'The service’s port.', negatable: true }),
    vdir: option('--vdir', choice(['ORIGINAL', 'REPLY'], { anyCase: true }), {
      about: 'The packet’s direction.',
    }),
    vmethod: option('--vmethod', choice(['GATE', 'IPIP', 'MASQ'], { anyCase: true }), {
      about: 'How IPVS forwards the connection.',
      negatable: true,
    }),
    vportctl: option('--vportctl', port, {
      about: 'The service’s port of the connection that controls this one, such as 21 for FTP.',
      negatable: true,
    }),
  },
})
