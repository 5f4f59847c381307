import { ChainmailError } from '../errors.ts'
import type { Context } from '../model/kind.ts'
import type { Rule } from '../model/rule.ts'
import { renderRule } from './render-rule.ts'
import { Words } from './words.ts'

// What iptables-restore 1.8.9 takes of a line, as tried: 10,239 bytes, and it reads the rest as another line; 250
// words or so with those in front of the rule; 1,023 bytes in a word. The rule's share leaves room for its counters,
// command, chain and number.
const MOST_BYTES = 10_000
const MOST_WORDS = 245
const LONGEST_WORD = 1_023

/** Below these a text cannot become a line that is too long, whatever is filled in. */
const SAFE_LENGTH = 1_000
const SAFE_WORDS = 100
/** A text of so few letters is within all of the limits: it has half as many words at most, and three times the bytes. */
const SAFE_TEXT = 340

/**
 * Refuses a rule that iptables-restore would not read as one line.
 *
 * @throws ChainmailError `bad-rule`
 */
export function refuseLongLine(rule: Rule, context: Context): void {
  const text = renderRule(rule, context)
  if (text.length <= SAFE_TEXT) return
  if (Buffer.byteLength(text) > MOST_BYTES) throw tooLong(`${MOST_BYTES} bytes`)
  const { list } = new Words(text)
  if (list.length > MOST_WORDS) throw tooLong(`${MOST_WORDS} words`)
  if (list.some((word) => Buffer.byteLength(word) > LONGEST_WORD))
    throw tooLong(`${LONGEST_WORD} bytes in a word`)
}

/** Whether a rule that is read from these words is to be looked at by {@link refuseLongLine}. */
export function isLong({ line, list }: Words): boolean {
  return line.length > SAFE_LENGTH || list.length > SAFE_WORDS
}

function tooLong(most: string): ChainmailError {
  return new ChainmailError('bad-rule', `rule: iptables-restore reads at most ${most} of a rule.`, {
    path: 'rule',
  })
}
