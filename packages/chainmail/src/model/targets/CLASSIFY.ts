import { option, target } from '../extension.ts'
import { trafficClass } from '../kinds/traffic-class.ts'

// iptables-extensions(8), CLASSIFY
export const CLASSIFY = target('CLASSIFY', {
  about: 'Puts the packet into a class of traffic control.',
  chains: ['FORWARD', 'OUTPUT', 'POSTROUTING'],
  options: {
    setClass: option('--set-class', trafficClass, {
      about: 'Major and minor number of the class, always in hexadecimal.',
      required: true,
    }),
  },
})
