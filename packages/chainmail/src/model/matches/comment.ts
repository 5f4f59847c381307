import { match, option } from '../extension.ts'
import { text } from '../kinds/text.ts'

// iptables-extensions(8), comment; XT_MAX_COMMENT_LEN is 256 with the closing NUL
export const comment = match('comment', {
  about: 'Matches every packet; carries a remark.',
  options: {
    comment: option('--comment', text({ maxBytes: 255 }), {
      about: 'The remark, at most 255 bytes on one line.',
      required: true,
    }),
  },
})
