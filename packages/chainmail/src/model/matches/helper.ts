import { match, option } from '../extension.ts'
import { text } from '../kinds/text.ts'

// iptables-extensions(8), helper; xt_helper_info has 30 bytes with the closing NUL
export const helper = match('helper', {
  about: 'Compares the name of the helper that tracks the connection.',
  options: {
    helper: option('--helper', text({ maxBytes: 29 }), {
      about: 'The helper, such as ftp, or ftp-2121 on a port of its own; empty is any.',
      negatable: true,
      required: true,
    }),
  },
})
