/**
 * What chainmail makes for itself is known by its name, after a restart too: chains and sets of this prefix,
 * and rules that carry this comment. Everything else is foreign and is never touched unasked.
 */
export const OWNED_PREFIX = 'chainmail-'

/** The comment of an owned rule that stands in a chain that is not owned. */
export const OWNED_COMMENT = 'chainmail'

export function isOwnedName(name: string): boolean {
  return name.startsWith(OWNED_PREFIX)
}
