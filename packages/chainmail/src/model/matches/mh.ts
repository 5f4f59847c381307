import { match, option } from '../extension.ts'
import { mobilityType } from '../kinds/mobility-type.ts'

const EVERY_TYPE = '0:255'

// ip6tables-extensions(8), mh (IPv6-specific)
export const mh = match('mh', {
  about: 'Compares the type of a Mobile IPv6 message.',
  families: ['ipv6'],
  protocols: ['mobility-header'],
  options: {
    mhType: option('--mh-type', mobilityType, {
      about: 'A type by number or name, or a range of types.',
      negatable: true,
      omitted: EVERY_TYPE,
      neverNot: EVERY_TYPE,
    }),
  },
})
