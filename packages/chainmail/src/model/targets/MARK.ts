import { option, target } from '../extension.ts'
import { markChange, markShorthands } from '../kinds/mark-change.ts'

// iptables-extensions(8), MARK
export const MARK = target('MARK', {
  about: 'Changes the packet’s mark, which routing and other rules can look at.',
  options: {
    setXmark: option('--set-xmark', markChange, {
      about: 'Clears the bits of the mask (all if none is given) and turns those of the value.',
      required: true,
    }),
  },
  shorthands: markShorthands,
})
