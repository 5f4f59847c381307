import { match, option } from '../extension.ts'
import { deviceGroup } from '../kinds/device-group.ts'

// iptables-extensions(8), devgroup
export const devgroup = match('devgroup', {
  about: 'Compares the group of the interface that the packet came in by, or leaves by.',
  needsOption: true,
  options: {
    srcGroup: option('--src-group', deviceGroup, {
      about: 'The group of the interface that the packet came in by.',
      negatable: true,
      chains: ['PREROUTING', 'INPUT', 'FORWARD'],
    }),
    dstGroup: option('--dst-group', deviceGroup, {
      about: 'The group of the interface that the packet leaves by.',
      negatable: true,
      chains: ['FORWARD', 'OUTPUT', 'POSTROUTING'],
    }),
  },
})
