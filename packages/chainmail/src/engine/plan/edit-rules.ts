import type { Rule } from '../../model/rule.ts'
import type { Operation } from '../rules/operation.ts'

/**
 * Turns one list of rules into another by numbers, in the order in which they are executed: first the rules that go,
 * from the last to the first, so that no number is moved by another; then the rules that come, from the first to the
 * last, each in front of one that stays, or at the end. iptables-nft-restore 1.8.9 finds a place by the rule that
 * stands there, which so is never a rule of the same commit. A chain of which nothing stays is emptied, unless others
 * may have put a rule into it since it was read.
 *
 * @param stays of each rule that is there
 * @param after a rule that is written, or undefined for the next one that stays
 */
export function edit(
  { chain, shared }: { readonly chain: string; readonly shared: boolean },
  stays: readonly boolean[],
  after: readonly (Rule | undefined)[],
): Operation[] {
  const operations: Operation[] = []
  if (!shared && !stays.includes(true)) {
    if (stays.length > 0) operations.push({ do: 'flush', chain })
    for (const rule of after) if (rule !== undefined) operations.push({ do: 'append', chain, rule })
    return operations
  }
  for (let index = stays.length - 1; index >= 0; index--)
    if (stays[index] !== true) operations.push({ do: 'delete', chain, rule: index + 1 })
  const lastThatStays = after.lastIndexOf(undefined)
  after.forEach((rule, index) => {
    if (rule === undefined) return
    if (index < lastThatStays) operations.push({ do: 'insert', chain, position: index + 1, rule })
    else operations.push({ do: 'append', chain, rule })
  })
  return operations
}
