import { match, option } from '../extension.ts'
import { choices } from '../kinds/choice.ts'
import { flag } from '../kinds/flag.ts'

const headers = [
  'hop-by-hop',
  'ipv6-opts',
  'ipv6-route',
  'ipv6-frag',
  'ah',
  'esp',
  'ipv6-nonxt',
  'protocol',
] as const

// Short names, and the numbers of the protocols with their names in /etc/protocols.
const aliases = {
  hop: ['hop-by-hop'],
  hopopt: ['hop-by-hop'],
  ip: ['hop-by-hop'],
  '0': ['hop-by-hop'],
  dst: ['ipv6-opts'],
  '60': ['ipv6-opts'],
  route: ['ipv6-route'],
  '43': ['ipv6-route'],
  frag: ['ipv6-frag'],
  '44': ['ipv6-frag'],
  auth: ['ah'],
  '51': ['ah'],
  '50': ['esp'],
  none: ['ipv6-nonxt'],
  '59': ['ipv6-nonxt'],
  prot: ['protocol'],
  '255': ['protocol'],
} as const

// iptables-extensions(8), ipv6header (IPv6-specific)
export const ipv6header = match('ipv6header', {
  about: 'Compares which headers the packet has behind the IPv6 header.',
  families: ['ipv6'],
  options: {
    header: option('--header', choices(headers, { aliases, exactCase: true }), {
      about: 'The packet has exactly these headers; protocol is any of an upper layer.',
      negatable: true,
      required: true,
    }),
    soft: option('--soft', flag, { about: 'One of the headers is enough.' }),
  },
})
