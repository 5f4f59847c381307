import { match, option } from '../extension.ts'
import { choice, choices } from '../kinds/choice.ts'
import { hostNetwork } from '../kinds/host-network.ts'
import { integerRange } from '../kinds/number.ts'
import { portRange } from '../kinds/port.ts'
import { protocolInteger } from '../kinds/protocol.ts'

const states = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED', 'SNAT', 'DNAT'] as const
const statuses = ['NONE', 'EXPECTED', 'SEEN_REPLY', 'ASSURED', 'CONFIRMED'] as const

// iptables-extensions(8), conntrack
export const conntrack = match('conntrack', {
  about: 'Compares what connection tracking knows of the packet’s connection.',
  needsOption: true,
  options: {
    ctstate: option('--ctstate', choices(states), {
      about: 'The connection is in one of these states.',
      negatable: true,
    }),
    ctproto: option('--ctproto', protocolInteger, { about: 'The connection’s protocol.', negatable: true }),
    ctorigsrc: option('--ctorigsrc', hostNetwork, {
      about: 'Source in the direction of the first packet.',
      negatable: true,
    }),
    ctorigdst: option('--ctorigdst', hostNetwork, {
      about: 'Destination in the direction of the first packet.',
      negatable: true,
    }),
    ctreplsrc: option('--ctreplsrc', hostNetwork, {
      about: 'Source in the direction of the answer.',
      negatable: true,
    }),
    ctrepldst: option('--ctrepldst', hostNetwork, {
      about: 'Destination in the direction of the answer.',
      negatable: true,
    }),
    ctorigsrcport: option('--ctorigsrcport', portRange, {
      about: 'Source port of the first packet.',
      negatable: true,
    }),
    ctorigdstport: option('--ctorigdstport', portRange, {
      about: 'Destination port of the first packet.',
      negatable: true,
    }),
    ctreplsrcport: option('--ctreplsrcport', portRange, {
      about: 'Source port of the answer.',
      negatable: true,
    }),
    ctrepldstport: option('--ctrepldstport', portRange, {
      about: 'Destination port of the answer.',
      negatable: true,
    }),
    ctstatus: option('--ctstatus', choices(statuses, { alone: 'NONE' }), {
      about: 'The connection has one of these statuses.',
      negatable: true,
    }),
    ctexpire: option('--ctexpire', integerRange(0, 4294967295), {
      about: 'Seconds that the connection has left.',
      negatable: true,
    }),
    ctdir: option('--ctdir', choice(['ORIGINAL', 'REPLY'], { anyCase: true }), {
      about: 'The packet’s direction.',
    }),
  },
})
