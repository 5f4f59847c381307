import { match, option } from '../extension.ts'
import { dscpClass, dscpValue } from '../kinds/dscp.ts'

// iptables-extensions(8), dscp
export const dscp = match('dscp', {
  about: 'Compares the DSCP bits of the IP header.',
  options: {
    dscp: option('--dscp', dscpValue, {
      about: 'The value, 0 to 63; --dscp-class takes the name of a class.',
      negatable: true,
      required: true,
    }),
  },
  shorthands: [{ flag: '--dscp-class', key: 'dscp', kind: dscpClass, negatable: true }],
})
