import { match, option } from '../extension.ts'
import { bytecode } from '../kinds/bytecode.ts'
import { text } from '../kinds/text.ts'

// iptables-extensions(8), bpf; XT_BPF_PATH_MAX is 512 with the closing NUL
export const bpf = match('bpf', {
  about: 'Asks a program for the Berkeley Packet Filter.',
  needsOption: true,
  options: {
    objectPinned: option('--object-pinned', text({ minBytes: 1, maxBytes: 511 }), {
      about: 'The path of an eBPF program that is pinned in a bpf file system.',
      excludes: ['bytecode'],
    }),
    bytecode: option('--bytecode', bytecode, { about: 'A classic program, as nfbpf_compile prints it.' }),
  },
})
