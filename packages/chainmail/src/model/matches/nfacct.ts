import { match, option } from '../extension.ts'
import { name } from '../kinds/name.ts'

// iptables-extensions(8), nfacct; NFACCT_NAME_MAX is 32 with the closing NUL. uapi/linux/netfilter/nfnetlink_acct.h
export const nfacct = match('nfacct', {
  about: 'Counts the packet in an accounting object made with nfacct(8).',
  options: {
    nfacctName: option('--nfacct-name', name(31), {
      about: 'The name of the object, which has to exist.',
      required: true,
    }),
  },
})
