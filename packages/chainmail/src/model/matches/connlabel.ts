import { match, option } from '../extension.ts'
import { connectionLabel } from '../kinds/connection-label.ts'
import { flag } from '../kinds/flag.ts'

// iptables-extensions(8), connlabel
export const connlabel = match('connlabel', {
  about: 'Looks for a label on the connection, and puts it there if wanted.',
  options: {
    label: option('--label', connectionLabel, {
      about: 'The label, 0 to 127, or its name in /etc/xtables/connlabel.conf.',
      negatable: true,
      required: true,
    }),
    set: option('--set', flag, { about: 'Puts the label on the connection.' }),
  },
})
