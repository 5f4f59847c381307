import { match, option } from '../extension.ts'
import { flag } from '../kinds/flag.ts'
import { interfaceName } from '../kinds/interface.ts'

// iptables-extensions(8), physdev
export const physdev = match('physdev', {
  about: 'Compares the ports of the bridge by which a packet comes and goes.',
  needsOption: true,
  // Of what this machine sends no bridge port is known yet.
  chains: ({ physdevIsOut, physdevOut, physdevIsBridged }) =>
    (physdevIsOut ?? physdevOut) === undefined || physdevIsBridged === true
      ? undefined
      : ['PREROUTING', 'INPUT', 'FORWARD', 'POSTROUTING'],
  options: {
    physdevIsIn: option('--physdev-is-in', flag, { about: 'It came in by a bridge.', negatable: true }),
    physdevIn: option('--physdev-in', interfaceName, {
      about: 'The bridge port that it came in by.',
      negatable: true,
    }),
    physdevIsOut: option('--physdev-is-out', flag, { about: 'It will leave by a bridge.', negatable: true }),
    physdevOut: option('--physdev-out', interfaceName, {
      about: 'The bridge port that it will leave by.',
      negatable: true,
    }),
    physdevIsBridged: option('--physdev-is-bridged', flag, {
      about: 'It is bridged, not routed.',
      negatable: true,
    }),
  },
})
