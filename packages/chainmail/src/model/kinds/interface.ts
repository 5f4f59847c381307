import { quoteName } from '../../text/quote.ts'
import { type Kind, wordKind } from '../kind.ts'
import { isInterfaceName } from '../names/interface.ts'

/** The name of an interface; a `+` at the end stands for any ending. */
export const interfaceName: Kind<string> = wordKind({
  expects: 'the name of an interface (1 to 15 bytes without blanks and slashes), or its beginning and +',
  schema: { type: 'string', minLength: 1, maxLength: 15 },
  read: (word) => (isInterfaceName(word) ? word : undefined),
  write: quoteName,
})
