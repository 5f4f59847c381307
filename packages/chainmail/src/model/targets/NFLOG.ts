import { option, target } from '../extension.ts'
import { integer } from '../kinds/number.ts'
import { text } from '../kinds/text.ts'

// iptables-extensions(8), NFLOG; the legacy backend cuts the prefix behind 63 bytes (uapi/linux/netfilter/xt_NFLOG.h),
// the nft backend behind 127 (NF_LOG_PREFIXLEN in uapi/linux/netfilter/nf_log.h), and only legacy keeps the range
export const NFLOG = target('NFLOG', {
  about: 'Sends the packet to a program that listens for logged packets and goes on with the next rule.',
  options: {
    nflogPrefix: option('--nflog-prefix', text({ minBytes: 1, maxBytes: 127 }), {
      about: 'Text that goes with the packet, 1 to 127 bytes; 63 on the legacy backend.',
    }),
    nflogGroup: option('--nflog-group', integer(0, 65535), {
      about: 'The netlink group that the packet goes to; 0 if not given.',
      omitted: 0,
    }),
    nflogRange: option('--nflog-range', integer(0, 4294967295), {
      about: 'Has never worked, and only the legacy backend keeps it; use nflogSize.',
      omitted: 0,
      excludes: ['nflogSize'],
    }),
    nflogSize: option('--nflog-size', integer(0, 4294967295), {
      about: 'How many bytes of the packet are sent; all if not given.',
    }),
    nflogThreshold: option('--nflog-threshold', integer(0, 65535), {
      about: 'Packets that the kernel gathers before it sends them.',
      omitted: 0,
    }),
  },
})
