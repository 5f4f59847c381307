import { option, target } from '../extension.ts'
import { bitShorthands } from '../kinds/bit-change.ts'
import { integer } from '../kinds/number.ts'
import { tos } from '../kinds/tos.ts'

const ALL_BITS = 0xff

// iptables-extensions(8), TOS
export const TOS = target('TOS', {
  about: 'Changes the type of service of IPv4, or the traffic class of IPv6.',
  tables: ['mangle'],
  options: {
    setTos: option('--set-tos', tos, {
      about: 'Clears the bits of the mask (all if none is given) and turns those of the value; or a name.',
      required: true,
    }),
  },
  shorthands: bitShorthands('tos', 'setTos', tos, integer(0, ALL_BITS), ALL_BITS),
})
