import { match, option } from '../extension.ts'
import { choices } from '../kinds/choice.ts'
import { flag } from '../kinds/flag.ts'

const types = [
  'UNSPEC',
  'UNICAST',
  'LOCAL',
  'BROADCAST',
  'ANYCAST',
  'MULTICAST',
  'BLACKHOLE',
  'UNREACHABLE',
  'PROHIBIT',
  'THROW',
  'NAT',
  'XRESOLVE',
] as const

// What the kernel takes for IPv6.
const ipv6Types = ['UNSPEC', 'UNICAST', 'LOCAL', 'ANYCAST', 'MULTICAST', 'UNREACHABLE'] as const

const about = 'Compares the kind of address that routing sees in source or destination.'
const srcType = { about: 'The source address is of one of these types.', negatable: true } as const
const dstType = { about: 'The destination address is of one of these types.', negatable: true } as const

const limits = {
  limitIfaceIn: option('--limit-iface-in', flag, {
    about: 'Looks only at the interface that the packet came in by.',
    excludes: ['limitIfaceOut'],
    chains: ['PREROUTING', 'INPUT', 'FORWARD'],
  }),
  limitIfaceOut: option('--limit-iface-out', flag, {
    about: 'Looks only at the interface that the packet leaves by.',
    chains: ['FORWARD', 'OUTPUT', 'POSTROUTING'],
  }),
}

function refuses(options: Readonly<Record<string, unknown>>): string | undefined {
  const given = options.srcType ?? options.dstType
  return given === undefined ? 'one of srcType and dstType has to be given' : undefined
}

// iptables-extensions(8), addrtype
export const addrtype = match('addrtype', {
  about,
  families: ['ipv4'],
  refuses,
  options: {
    srcType: option('--src-type', choices(types), srcType),
    dstType: option('--dst-type', choices(types), dstType),
    ...limits,
  },
})

export const addrtype6 = match('addrtype', {
  about,
  families: ['ipv6'],
  refuses,
  options: {
    srcType: option('--src-type', choices(ipv6Types), srcType),
    dstType: option('--dst-type', choices(ipv6Types), dstType),
    ...limits,
  },
})
