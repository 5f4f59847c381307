import { ChainmailError } from '../errors.ts'
import { baseFlags } from '../text/base-flags.ts'
import { Words } from '../text/words.ts'
import { shown } from './kind.ts'
import { writable } from './kinds/text.ts'
import type { Opaque } from './rule.ts'

const NAME = /^[A-Za-z0-9][-\w.]{0,28}$/
const MAX_TEXT = 4096

/**
 * An extension that the model does not know, from data. Its words must not be able to become anything
 * but its own options: no base option, no further match or target, no second line.
 */
export function checkOpaque(value: unknown, path: string): Opaque {
  const { name, text, ...rest } = membersOf(value)
  if (typeof name !== 'string' || typeof text !== 'string' || Object.keys(rest).length > 0) {
    throw new ChainmailError('bad-rule', `${path}: an opaque extension is written as { name, text }.`, {
      path,
    })
  }
  if (!NAME.test(name)) {
    throw new ChainmailError('bad-name', `${path}.name: ${shown(name)} is not the name of an extension.`, {
      path: `${path}.name`,
    })
  }
  if (!writable(text) || text.length > MAX_TEXT) {
    throw new ChainmailError(
      'bad-rule',
      `${path}.text: one line of at most ${MAX_TEXT} characters is wanted.`,
      { path: `${path}.text` },
    )
  }
  const words = new Words(text.trim())
  const wrong = wrongWord(words)
  if (wrong !== undefined)
    throw new ChainmailError('bad-rule', `${path}.text: ${wrong}.`, { path: `${path}.text` })
  return { name, text: text.trim() }
}

/** What would reach beyond the extension, if anything. */
function wrongWord({ list, closed }: Words): string | undefined {
  const foreign = list.find(isBaseFlag)
  if (foreign !== undefined) return `${shown(foreign)} is not an option of its own`
  if (!closed) return 'a quotation mark is left open'
  return list.at(-1) === '!' ? 'an exclamation mark at the end would negate what follows' : undefined
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}

/** Whether iptables would read the word as one of its own options: whole, abbreviated, with `=`, or as a letter. */
function isBaseFlag(word: string): boolean {
  if (!word.startsWith('-') || /^-\d/.test(word)) return false
  if (!word.startsWith('--')) return true
  const name = word.split('=', 1)[0] ?? word
  return name === '--' || baseFlags.some((flag) => flag.startsWith(name))
}
