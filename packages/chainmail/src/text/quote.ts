/**
 * Quoting as iptables-save writes it and iptables-restore reads it: only `"` quotes, and inside
 * quotes a backslash takes the next character as it is. Outside quotes a backslash is a letter.
 */

const SAFE = /^[-_0-9A-Za-z]+$/
const NEEDS_QUOTES = /[\s"]/
const ESCAPED = /["\\']/g

/** As iptables-save prints a free text: bare if it is made of letters, digits, `-` and `_` only. */
export function quoteText(text: string): string {
  return SAFE.test(text) ? text : quoteAlways(text)
}

/** As iptables-save prints a text that it quotes whatever it holds. */
export function quoteAlways(text: string): string {
  return `"${text.replace(ESCAPED, '\\$&')}"`
}

/** As iptables-save prints a name: bare. Quoted only where restore could not read it otherwise. */
export function quoteName(name: string): string {
  return name === '' || NEEDS_QUOTES.test(name) ? quoteAlways(name) : name
}
