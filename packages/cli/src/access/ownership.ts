/** Chains and sets of this prefix are made by chainmail for itself. */
export const OWNED_PREFIX = 'chainmail-'
/** So is a rule in another chain that carries this comment. */
export const OWNED_COMMENT = 'chainmail'

/** Whether chainmail keeps a set for itself. */
export function isOwnedSet(name: string): boolean {
  return name.startsWith(OWNED_PREFIX)
}

/**
 * Whether chainmail made a rule for itself.
 *
 * @param matches as a rule holds them, or as its JSON document does: an object, or a list of objects
 */
export function isOwnedRule(chain: string, matches: unknown): boolean {
  return chain.startsWith(OWNED_PREFIX) || [matches].flat().some(hasOwnedComment)
}

function hasOwnedComment(matches: unknown): boolean {
  const comment = memberOf(matches, 'comment')
  return memberOf(comment, 'comment') === OWNED_COMMENT
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([key]) => key === name)?.[1]
}
