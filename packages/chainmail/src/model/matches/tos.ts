import { match, option } from '../extension.ts'
import { tos as tosKind } from '../kinds/tos.ts'

// iptables-extensions(8), tos
export const tos = match('tos', {
  about: 'Compares the type of service of IPv4, or the traffic class of IPv6.',
  options: {
    tos: option('--tos', tosKind, {
      about: 'The value, the bits of it under the mask, or a name.',
      negatable: true,
      required: true,
    }),
  },
})
