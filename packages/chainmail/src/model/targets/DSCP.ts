import { option, target } from '../extension.ts'
import { dscpClass, dscpValue } from '../kinds/dscp.ts'

// iptables-extensions(8), DSCP
export const DSCP = target('DSCP', {
  about: 'Changes the DSCP bits of the IP header.',
  tables: ['mangle'],
  options: {
    setDscp: option('--set-dscp', dscpValue, {
      about: 'The value, 0 to 63; --set-dscp-class takes the name of a class.',
      required: true,
    }),
  },
  shorthands: [{ flag: '--set-dscp-class', key: 'setDscp', kind: dscpClass }],
})
