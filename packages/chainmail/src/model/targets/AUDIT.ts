import { option, target } from '../extension.ts'
import { choice } from '../kinds/choice.ts'

// iptables-extensions(8), AUDIT
export const AUDIT = target('AUDIT', {
  about: 'Writes a record for the audit daemon and goes on with the next rule.',
  options: {
    type: option('--type', choice(['accept', 'drop', 'reject'], { anyCase: true }), {
      about: 'What happens to the packet; the record does not say it since Linux 4.12.',
      required: true,
    }),
  },
})
