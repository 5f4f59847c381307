import { ChainmailError } from '../errors.ts'
import { type Context, shown } from '../model/kind.ts'
import { isAddonTarget } from '../model/names/addon-targets.ts'
import { isBuiltIn } from '../model/names/tables.ts'
import { findTarget } from '../model/registry.ts'
import type { Rule } from '../model/rule.ts'
import type { Table } from './save.ts'

/** The chain that a rule leads to; undefined where its target is none. */
export function chainLedTo({ target, goto }: Rule, { family }: Context): string | undefined {
  if (goto !== undefined) return goto
  return typeof target !== 'string' || findTarget(target, family) !== undefined ? undefined : target
}

/**
 * Refuses a jump to a chain that is not among those declared so far. A target of xtables-addons is none that the model
 * knows, and no chain either.
 *
 * @throws ChainmailError `chain-not-found` or `chain-built-in`
 */
export function refuseJump(
  rule: Rule,
  to: string,
  table: string,
  chains: { readonly has: (name: string) => boolean },
  column?: number,
): void {
  const path = rule.goto === undefined ? 'target' : 'goto'
  if (isBuiltIn(table, to))
    throw new ChainmailError(
      'chain-built-in',
      `${path}: the chain ${to} belongs to the kernel: it cannot be jumped to.`,
      { path, column },
    )
  if (chains.has(to) || (rule.goto === undefined && isAddonTarget(to))) return
  throw new ChainmailError('chain-not-found', `${path}: the chain ${shown(to)} is not declared.`, {
    path,
    column,
  })
}

/**
 * The jump that closes a circle, if a packet could run into one: the kernel looks only at what its own chains lead
 * to. Takes time in proportion to the rules.
 */
export function findLoop(
  { name: table, chains }: Table,
  context: Context,
): { readonly from: string; readonly to: string } | undefined {
  const jumps = new Map(
    chains.map(({ name, rules }) => [
      name,
      new Set(rules.map((rule) => chainLedTo(rule, context)).filter((to) => to !== undefined)),
    ]),
  )
  const open = new Set<string>()
  const done = new Set<string>()
  for (const { name } of chains) {
    if (!isBuiltIn(table, name)) continue
    const way = [{ name, left: (jumps.get(name) ?? new Set()).values() }]
    for (let step = way.at(-1); step !== undefined; step = way.at(-1)) {
      open.add(step.name)
      const next = step.left.next()
      if (next.done === true) {
        open.delete(step.name)
        done.add(step.name)
        way.pop()
      } else if (open.has(next.value)) return { from: step.name, to: next.value }
      else if (!done.has(next.value))
        way.push({ name: next.value, left: (jumps.get(next.value) ?? new Set()).values() })
    }
  }
  return undefined
}
