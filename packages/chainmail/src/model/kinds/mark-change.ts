import type { Shorthand } from '../extension.ts'
import type { Kind } from '../kind.ts'
import { bitShorthands } from './bit-change.ts'
import { bits32 } from './hexadecimal.ts'
import { type Mark, type MarkWords, mark, writeMark } from './mark.ts'

const ALL_BITS = 0xffff_ffff

/** Clears the bits of the mask, all if there is none, and turns the bits of the value: `1`, `'0x1/0xff'`. */
export const markChange: Kind<Mark, number | string> & MarkWords = {
  ...mark,
  render: (value) => (typeof value === 'number' ? `${writeMark(value)}/${writeMark(ALL_BITS)}` : value),
}

/** The bits of the mask become those of the value, and the bits of the value outside the mask are set too. */
const markSetting: Pick<Kind<Mark>, 'words' | 'parse'> = {
  words: 1,
  parse: (words, at, context) => {
    const read = mark.parse(words, at, context)
    if (typeof read === 'number') return read
    const [value = 0, mask = 0] = read.split('/').map(Number)
    return mark.parse([`${value}/${(value | mask) >>> 0}`], 0, context)
  },
}

/** `--set-mark` and its like, as other spellings of `--set-xmark`. iptables-extensions(8), MARK */
export const markShorthands: readonly Shorthand[] = [
  { flag: '--set-mark', key: 'setXmark', kind: markSetting },
  ...bitShorthands('mark', 'setXmark', markChange, bits32, ALL_BITS),
]
