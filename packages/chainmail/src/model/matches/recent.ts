import { match, option } from '../extension.ts'
import { address } from '../kinds/address.ts'
import { flag } from '../kinds/flag.ts'
import { name } from '../kinds/name.ts'
import { integer } from '../kinds/number.ts'

/** What is greater is printed below 0 before iptables 1.8.11, and cannot be loaded again. */
const MOST_SECONDS = 2_147_483_647

// iptables-extensions(8), recent; XT_RECENT_NAME_LEN is 200 with the closing NUL. uapi/linux/netfilter/xt_recent.h
export const recent = match('recent', {
  about: 'Keeps a list of addresses seen, and asks it.',
  options: {
    set: option('--set', flag, {
      about: 'Puts the address into the list and matches.',
      negatable: true,
      excludes: ['rcheck', 'update', 'remove'],
    }),
    rcheck: option('--rcheck', flag, {
      about: 'The address is in the list.',
      negatable: true,
      excludes: ['update', 'remove'],
    }),
    update: option('--update', flag, {
      about: 'The address is in the list, and is noted as seen just now.',
      negatable: true,
      excludes: ['remove'],
    }),
    remove: option('--remove', flag, {
      about: 'The address is in the list, and is taken out.',
      negatable: true,
    }),
    seconds: option('--seconds', integer(1, 4_294_967_295), {
      about:
        'It was seen within so many seconds; with rcheck and update. At most 2147483647 before iptables 1.8.11.',
    }),
    reap: option('--reap', flag, { about: 'Older entries are thrown away.', needs: ['seconds'] }),
    hitcount: option('--hitcount', integer(0, 65_535), {
      about: 'It was seen at least so many times; with rcheck and update. 0 means any number.',
      omitted: 0,
    }),
    rttl: option('--rttl', flag, {
      about: 'The time to live is that of the packet that set was about; with rcheck and update.',
    }),
    name: option('--name', name(199), {
      about: 'The name of the list; DEFAULT if not given.',
      implied: 'DEFAULT',
    }),
    mask: option('--mask', address, {
      about: 'The bits of the address that are kept; all if not given.',
      implied: (family) =>
        family === 'ipv4' ? '255.255.255.255' : 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    }),
    rsource: option('--rsource', flag, {
      about: 'The source address counts, as it does if nothing is said.',
      excludes: ['rdest'],
    }),
    rdest: option('--rdest', flag, { about: 'The destination address counts.' }),
  },
  settle: (options) => (options.rdest === undefined ? { ...options, rsource: true } : options),
  refuses: ({ set, rcheck, update, remove, seconds, hitcount, rttl, name }, _, { iptables }) => {
    if ([set, rcheck, update, remove].every((action) => action === undefined))
      return 'recent needs one of set, rcheck, update and remove'
    const asks = rcheck !== undefined || update !== undefined
    if (!asks && [seconds, hitcount, rttl].some((option) => option !== undefined))
      return 'seconds, hitcount and rttl need rcheck or update'
    if (Number(seconds) > MOST_SECONDS && iptables === undefined)
      return `seconds ${seconds} is more than ${MOST_SECONDS}, the greatest before iptables 1.8.11`
    // The list is a file in /proc/net/xt_recent.
    return name === '.' || name === '..' || String(name).includes('/')
      ? 'name has to be the name of a file'
      : undefined
  },
})
