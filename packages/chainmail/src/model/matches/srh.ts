import { match, option } from '../extension.ts'
import { maskedHostNetwork } from '../kinds/host-network.ts'
import { integer } from '../kinds/number.ts'

const byte = integer(0, 255)

// ip6tables-extensions(8), srh (IPv6-specific). Of -eq, -gt and -lt only one can stand: the kernel keeps one
// number for the three. uapi/linux/netfilter_ipv6/ip6t_srh.h
export const srh = match('srh', {
  about: 'Compares the IPv6 segment routing header.',
  families: ['ipv6'],
  options: {
    srhNextHdr: option('--srh-next-hdr', byte, {
      about: 'The protocol number of the next header.',
      negatable: true,
    }),
    srhHdrLenEq: option('--srh-hdr-len-eq', byte, {
      about: 'The header’s length field is this.',
      negatable: true,
      excludes: ['srhHdrLenGt', 'srhHdrLenLt'],
    }),
    srhHdrLenGt: option('--srh-hdr-len-gt', byte, {
      about: 'The header’s length field is greater.',
      negatable: true,
      excludes: ['srhHdrLenLt'],
    }),
    srhHdrLenLt: option('--srh-hdr-len-lt', byte, {
      about: 'The header’s length field is less.',
      negatable: true,
    }),
    srhSegsLeftEq: option('--srh-segs-left-eq', byte, {
      about: 'So many segments are left.',
      negatable: true,
      excludes: ['srhSegsLeftGt', 'srhSegsLeftLt'],
    }),
    srhSegsLeftGt: option('--srh-segs-left-gt', byte, {
      about: 'More segments are left.',
      negatable: true,
      excludes: ['srhSegsLeftLt'],
    }),
    srhSegsLeftLt: option('--srh-segs-left-lt', byte, {
      about: 'Fewer segments are left.',
      negatable: true,
    }),
    srhLastEntryEq: option('--srh-last-entry-eq', byte, {
      about: 'The index of the last segment is this.',
      negatable: true,
      excludes: ['srhLastEntryGt', 'srhLastEntryLt'],
    }),
    srhLastEntryGt: option('--srh-last-entry-gt', byte, {
      about: 'The index of the last segment is greater.',
      negatable: true,
      excludes: ['srhLastEntryLt'],
    }),
    srhLastEntryLt: option('--srh-last-entry-lt', byte, {
      about: 'The index of the last segment is less.',
      negatable: true,
    }),
    srhTag: option('--srh-tag', integer(0, 65_535), { about: 'The tag.', negatable: true }),
    srhPsid: option('--srh-psid', maskedHostNetwork, { about: 'The previous segment.', negatable: true }),
    srhNsid: option('--srh-nsid', maskedHostNetwork, { about: 'The next segment.', negatable: true }),
    srhLsid: option('--srh-lsid', maskedHostNetwork, { about: 'The last segment.', negatable: true }),
  },
})
