import { option, target } from '../extension.ts'
import { flag } from '../kinds/flag.ts'
import { bits32 } from '../kinds/hexadecimal.ts'
import { markChange, markShorthands } from '../kinds/mark-change.ts'
import { integer } from '../kinds/number.ts'

const ALL_BITS = 0xffff_ffff

// iptables-extensions(8), CONNMARK; shifts since Linux 4.17 and iptables 1.8.1
export const CONNMARK = target('CONNMARK', {
  about: 'Changes the connection’s mark, or copies it from or to the packet’s.',
  refuses: ({ setXmark, saveMark, restoreMark, nfmask, ctmask }) => {
    if ((setXmark ?? saveMark ?? restoreMark) === undefined)
      return 'CONNMARK needs one of setXmark, saveMark and restoreMark'
    return setXmark !== undefined && (nfmask ?? ctmask) !== undefined
      ? 'nfmask and ctmask stand beside saveMark and restoreMark only'
      : undefined
  },
  settle: (options) =>
    (options.saveMark ?? options.restoreMark) === undefined
      ? options
      : { ...options, nfmask: options.nfmask ?? ALL_BITS, ctmask: options.ctmask ?? ALL_BITS },
  options: {
    setXmark: option('--set-xmark', markChange, {
      about: 'Clears the bits of the mask (all if none is given) and turns those of the value.',
      excludes: ['saveMark', 'restoreMark'],
    }),
    saveMark: option('--save-mark', flag, {
      about: 'Copies the packet’s mark to the connection.',
      excludes: ['restoreMark'],
    }),
    restoreMark: option('--restore-mark', flag, { about: 'Copies the connection’s mark to the packet.' }),
    nfmask: option('--nfmask', bits32, {
      about: 'The bits of the packet’s mark to copy or to clear; all if not given.',
    }),
    ctmask: option('--ctmask', bits32, {
      about: 'The bits of the connection’s mark to copy or to clear; all if not given.',
    }),
    leftShiftMark: option('--left-shift-mark', integer(0, 31), {
      about: 'Shifts the mark to the left by so many bits.',
      omitted: 0,
      excludes: ['rightShiftMark'],
    }),
    rightShiftMark: option('--right-shift-mark', integer(0, 31), {
      about: 'Shifts the mark to the right by so many bits.',
      omitted: 0,
    }),
  },
  shorthands: [...markShorthands, { flag: '--mask', key: 'nfmask', also: ['ctmask'], kind: bits32 }],
})
