import { type Bounded, type Kind, wordKind } from '../kind.ts'
import { readInteger } from './number.ts'

/** The accounts from the first number to the last, both included: `'1000-1999'`. */
export type AccountRange = `${number}-${number}`
/** A user or group by number, a range of numbers, or a name that the host resolves: `33`, `'www-data'`. */
export type Account = number | AccountRange | (string & {})

// 4294967295 is (uid_t) -1, which means no account. chown(2)
const GREATEST = 4_294_967_294
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?$/
const SEPARATOR = /[-:]/

function readNumber(word: string): number | undefined {
  const value = readInteger(word)
  return value !== undefined && value <= GREATEST ? value : undefined
}

function read(word: string): Account | undefined {
  const single = readNumber(word)
  if (single !== undefined) return single
  // Only root has the same number everywhere; which one another name has, is the host's matter.
  if (NAME.test(word)) return word === 'root' ? 0 : word
  const at = word.search(SEPARATOR)
  if (at === -1) return undefined
  const first = readNumber(word.slice(0, at))
  const last = readNumber(word.slice(at + 1))
  if (first === undefined || last === undefined || first > last) return undefined
  return first === last ? first : `${first}-${last}`
}

/** A user or group: a number of 0 to 4294967294, a range of them, or a name. */
export const account: Kind<Account> & Bounded<0, 4_294_967_294> = wordKind<Account>({
  expects: `a number of 0 to ${GREATEST}, a range such as 1000-1999, or the name of an account`,
  schema: {
    anyOf: [
      { type: 'integer', minimum: 0, maximum: GREATEST },
      { type: 'string', examples: ['1000-1999', 'www-data'] },
    ],
  },
  read,
})
