import { match, option } from '../extension.ts'
import { integer } from '../kinds/number.ts'
import { text } from '../kinds/text.ts'

// iptables-extensions(8), cgroup; XT_CGROUP_PATH_MAX is 512 with the closing NUL. The kernel refuses a path
// that is not there.
export const cgroup = match('cgroup', {
  about: 'Compares the control group of the process that owns the packet’s socket.',
  chains: ['INPUT', 'OUTPUT', 'POSTROUTING'],
  needsOption: true,
  options: {
    path: option('--path', text({ maxBytes: 511, quotes: 'always' }), {
      about: 'A group of cgroup v2, or one below it, by its path from the root.',
      negatable: true,
      excludes: ['cgroup'],
    }),
    cgroup: option('--cgroup', integer(0, 4_294_967_295), {
      about: 'The classid that net_cls of cgroup v1 gave to the group.',
      negatable: true,
    }),
  },
})
