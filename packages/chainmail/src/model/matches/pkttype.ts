import { match, option } from '../extension.ts'
import { choice } from '../kinds/choice.ts'

// iptables-extensions(8), pkttype; `iptables -m pkttype -h` lists otherhost too. uapi/linux/if_packet.h
export const pkttype = match('pkttype', {
  about: 'Compares to whom the packet was sent on the link layer.',
  options: {
    pktType: option(
      '--pkt-type',
      choice(['unicast', 'broadcast', 'multicast', 'otherhost'], {
        anyCase: true,
        aliases: { host: 'unicast', bcast: 'broadcast', mcast: 'multicast' },
      }),
      {
        about: 'To this host, to all, to a group, or to another host.',
        negatable: true,
        required: true,
      },
    ),
  },
})
