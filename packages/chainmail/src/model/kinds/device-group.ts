import { type AnyText, type Bounded, type Kind, printsNames, type Spelled, wordKind } from '../kind.ts'
import { type Mark, markSchema, readMark, writeMark } from './mark.ts'

// The one name that /etc/iproute2/group has as it is shipped.
const DEFAULT_NAME = 'default'

/** A group of interfaces, as ip-link(8) has it: a number, or one with its mask; group 0 is named default. */
export const deviceGroup: Kind<Mark, Mark | typeof DEFAULT_NAME | AnyText> &
  Bounded<0, 4_294_967_295> &
  Spelled<typeof DEFAULT_NAME | `${number}` | `${number}/${number}`> = wordKind<
  Mark,
  Mark | typeof DEFAULT_NAME | AnyText
>({
  expects: 'a group’s number, default, or a number with its mask such as 0x1/0xf',
  schema: { anyOf: [...markSchema.anyOf, { const: DEFAULT_NAME }] },
  read: (word) => (word === DEFAULT_NAME ? 0 : readMark(word)),
  write: (group, context) => (group === 0 && printsNames(context) ? DEFAULT_NAME : writeMark(group)),
})
