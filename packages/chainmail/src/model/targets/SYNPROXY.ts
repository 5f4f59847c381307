import { option, target } from '../extension.ts'
import { flag } from '../kinds/flag.ts'
import { integer } from '../kinds/number.ts'

// iptables-extensions(8), SYNPROXY; uapi/linux/netfilter/xt_SYNPROXY.h
export const SYNPROXY = target('SYNPROXY', {
  about: 'Answers TCP handshakes itself and passes on those connections only that the client completes.',
  chains: ['INPUT', 'FORWARD'],
  protocols: ['tcp'],
  options: {
    sackPerm: option('--sack-perm', flag, { about: 'Passes selective acknowledgement on.' }),
    timestamp: option('--timestamp', flag, {
      about: 'Passes time stamps on; selective acknowledgement and window scaling need them.',
    }),
    wscale: option('--wscale', integer(0, 255), {
      about: 'The window scale announced to clients, which has to be the server’s.',
    }),
    mss: option('--mss', integer(0, 65535), {
      about: 'The greatest segment size announced to clients, which has to be the server’s.',
    }),
    ecn: option('--ecn', flag, { about: 'Passes Explicit Congestion Notification on.' }),
  },
})
