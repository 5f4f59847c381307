import type { Matches, Rule } from '../../model/rule.ts'
import { OWNED_COMMENT } from '../ownership.ts'

/** Whether chainmail has made the rule for itself, such as the one that looks bans up: by its comment. */
export function isOwnRule({ matches = [] }: Rule): boolean {
  const groups: readonly Matches[] = Array.isArray(matches) ? matches : [matches]
  return groups.some(({ comment }) => comment?.comment === OWNED_COMMENT)
}
