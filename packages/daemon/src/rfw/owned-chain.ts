import type { Scope, ScopeEntries } from './entries.ts'
import { type Action, actions } from './entry.ts'
import { entryLine, type Line, lineKey, setLine } from './lines.ts'

/** A step that brings the owned chain to what it should be; they are taken in their order. */
export type OwnedStep =
  | { readonly do: 'create' }
  | { readonly do: 'flush' }
  | { readonly do: 'append'; readonly line: Line }
  /** `position` counts from 1. */
  | { readonly do: 'insert'; readonly position: number; readonly line: Line }
  | { readonly do: 'delete'; readonly line: Line }

/** What the owned chain should hold: the entries that are rules, then the rules of the sets. */
export function desiredLines(scope: Scope, entries: ScopeEntries, sets: readonly Action[]): Line[] {
  const rules = entries.rules().map(({ entry }) => entryLine(entry))
  return [
    ...rules,
    ...actions.filter((action) => sets.includes(action)).map((action) => setLine(scope, action)),
  ]
}

/**
 * The steps from what a chain holds to what it should hold. Rules that stay keep their counters; where their
 * order is wrong, or one is there twice, the chain is filled anew.
 */
export function ownedSteps(actual: readonly Line[] | undefined, desired: readonly Line[]): OwnedStep[] {
  if (actual === undefined) {
    const fill = appended(desired)
    return [{ do: 'create' }, ...fill]
  }
  const wanted = new Set(desired.map(lineKey))
  const present = actual.map(lineKey)
  const staying = present.filter((key) => key !== undefined && wanted.has(key))
  const stays = new Set(staying)
  const inOrder = desired.map(lineKey).filter((key) => stays.has(key))
  if (staying.length !== inOrder.length || staying.some((key, index) => key !== inOrder[index]))
    return [{ do: 'flush' }, ...appended(desired)]
  const steps: OwnedStep[] = []
  for (const [index, line] of actual.entries())
    if (!stays.has(present[index])) steps.push({ do: 'delete', line })
  for (const [index, line] of desired.entries())
    if (!stays.has(lineKey(line))) steps.push({ do: 'insert', position: index + 1, line })
  return steps
}

function appended(lines: readonly Line[]): OwnedStep[] {
  return lines.map((line) => ({ do: 'append', line }))
}
