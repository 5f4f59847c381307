import { option, target } from '../extension.ts'
import { choices } from '../kinds/choice.ts'
import { conntrackZone } from '../kinds/conntrack-zone.ts'
import { flag } from '../kinds/flag.ts'
import { name } from '../kinds/name.ts'

// In the order of their bits, in which save prints them. uapi/linux/netfilter/nf_conntrack_common.h
const events = [
  'new',
  'related',
  'destroy',
  'reply',
  'assured',
  'protoinfo',
  'helper',
  'mark',
  'natseqinfo',
  'secmark',
] as const

// iptables-extensions(8), CT; the lengths of names are those of uapi/linux/netfilter/xt_CT.h. Of timeout the kernel
// gives only the first four bytes back (seen on Linux 6.18), so that a longer name is cut in what save prints.
export const CT = target('CT', {
  about: 'Says how connection tracking is to treat the packet and its connection.',
  tables: ['raw'],
  refuses: ({ helper, timeout }, protocol) =>
    (helper ?? timeout) !== undefined && protocol === undefined
      ? 'helper and timeout need the rule to have a protocol'
      : undefined,
  options: {
    notrack: option('--notrack', flag, { about: 'Keeps the packet out of connection tracking.' }),
    helper: option('--helper', name(15), {
      about: 'The helper for the connection, such as ftp; loaded beforehand.',
    }),
    timeout: option('--timeout', name(31), { about: 'The name of the timeout policy for the connection.' }),
    ctevents: option('--ctevents', choices(events, { exactCase: true }), {
      about: 'The only events of the connection that are reported.',
    }),
    expevents: option('--expevents', choices(['new'], { exactCase: true }), {
      about: 'The only events of its expectations that are reported.',
    }),
    zone: option('--zone', conntrackZone, {
      about: 'The zone for both directions: a number, or mark for the packet’s mark; 0 if not given.',
      omitted: 0,
      excludes: ['zoneOrig', 'zoneReply'],
    }),
    zoneOrig: option('--zone-orig', conntrackZone, {
      about: 'The zone for the direction of the first packet.',
      omitted: 0,
      excludes: ['zoneReply'],
    }),
    zoneReply: option('--zone-reply', conntrackZone, {
      about: 'The zone for the direction of the answer.',
      omitted: 0,
    }),
  },
})
