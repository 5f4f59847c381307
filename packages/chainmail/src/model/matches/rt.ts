import { match, option } from '../extension.ts'
import { addressList } from '../kinds/address-list.ts'
import { flag } from '../kinds/flag.ts'
import { integer, integerRange } from '../kinds/number.ts'

const GREATEST = 4_294_967_295
const EVERY_COUNT = `0:${GREATEST}` as const

// ip6tables-extensions(8), rt (IPv6-specific); IP6T_RT_HOPS is 16. uapi/linux/netfilter_ipv6/ip6t_rt.h
export const rt = match('rt', {
  about: 'Compares the IPv6 routing header.',
  families: ['ipv6'],
  options: {
    rtType: option('--rt-type', integer(0, GREATEST), { about: 'The type of the header.', negatable: true }),
    rtSegsleft: option('--rt-segsleft', integerRange(0, GREATEST), {
      about: 'How many segments are left, or a range.',
      negatable: true,
      omitted: EVERY_COUNT,
      neverNot: EVERY_COUNT,
    }),
    rtLen: option('--rt-len', integer(0, GREATEST), {
      about: 'The length of the header.',
      negatable: true,
    }),
    rt0Res: option('--rt-0-res', flag, { about: 'The reserved field of type 0 is compared too.' }),
    rt0Addrs: option('--rt-0-addrs', addressList(16), { about: 'The addresses of type 0.' }),
    rt0NotStrict: option('--rt-0-not-strict', flag, {
      about: 'Other addresses may stand between those of the list.',
      needs: ['rt0Addrs'],
    }),
  },
  refuses: ({ rtType, rt0Res, rt0Addrs }) =>
    rtType !== 0 && (rt0Res !== undefined || rt0Addrs !== undefined)
      ? 'rt0Res and rt0Addrs need rtType 0'
      : undefined,
})
