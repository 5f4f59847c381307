import { option, target } from '../extension.ts'
import { name } from '../kinds/name.ts'

// iptables-extensions(8), SECMARK; SECMARK_SECCTX_MAX in uapi/linux/netfilter/xt_SECMARK.h is 256 with the closing NUL
export const SECMARK = target('SECMARK', {
  about: 'Gives the packet a security mark, for SELinux.',
  tables: ['mangle', 'security'],
  options: {
    selctx: option('--selctx', name(255), {
      about: 'The SELinux context, which has to exist.',
      required: true,
    }),
  },
})
