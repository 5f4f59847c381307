import { ChainmailError } from '../../errors.ts'
import { shown } from '../../model/kind.ts'
import type { Matches, Rule } from '../../model/rule.ts'
import { OWNED_PREFIX } from '../ownership.ts'

/**
 * How rules and chains of a desired state are told from foreign ones, after a restart too and without a store: the
 * kernel itself keeps it, in the same commit as the rules.
 *
 * 1. A rule in a chain that is shared with others carries a comment of its own behind all its other matches,
 *    `chainmail:OWNER`. A rule may have several comments; both backends print them all, in their order.
 * 2. A chain that a desired state has created is wholly its own, and its rules need no comment. Its name is kept as
 *    a rule of the chain `chainmail-chains`, to which nothing ever jumps: it costs a packet nothing.
 *
 * The comment `chainmail` alone is another thing: by it chainmail knows what it has made for itself.
 */
export const REGISTRY = `${OWNED_PREFIX}chains`

export const DEFAULT_OWNER = 'main'

const OWNER = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/

/** @throws ChainmailError `bad-name` */
export function checkOwner(owner: unknown): string {
  if (typeof owner === 'string' && OWNER.test(owner)) return owner
  throw new ChainmailError(
    'bad-name',
    `owner: ${shown(owner)} is not the name of an owner: 1 to 32 letters, digits, dots, dashes and underscores.`,
    { path: 'owner' },
  )
}

/** The rule with its owner's comment behind its other matches. */
export function marked(rule: Rule, owner: string): Rule {
  const comment = { comment: { comment: `chainmail:${owner}` } }
  const { matches } = rule
  if (matches === undefined) return { ...rule, matches: comment }
  const groups: readonly Matches[] = Array.isArray(matches) ? matches : [matches]
  return { ...rule, matches: [...groups, comment] }
}

/** What tells a marked rule by its text. A text within quotation marks has them escaped and cannot look like it. */
export class Marker {
  readonly #words: string

  constructor(owner: string) {
    this.#words = `-m comment --comment "chainmail:${owner}"`
  }

  /** The text without the mark; undefined where it has none. */
  strip(text: string): string | undefined {
    const at = text.lastIndexOf(this.#words)
    if (at === -1) return undefined
    const rest = text.slice(at + this.#words.length)
    if (rest !== '' && !rest.startsWith(' -j ') && !rest.startsWith(' -g ')) return undefined
    const before = text.slice(0, at)
    return before === '' || before.endsWith(' ') ? (before + rest.slice(1)).trimEnd() : undefined
  }
}

/** The rule of the registry that says whose a chain is. */
export function registration(owner: string, chain: string): Rule {
  return { matches: { comment: { comment: `${owner}:${chain}` } } }
}
