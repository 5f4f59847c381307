import type { Family } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { type Context, shown } from '../../model/kind.ts'
import { isChainName } from '../../model/names/chain.ts'
import type { Rule } from '../../model/rule.ts'
import { quoteName } from '../../text/quote.ts'
import { renderRule } from '../../text/render-rule.ts'

/** Where a chain stands. */
export interface Place {
  /** filter, nat, mangle, raw or security. */
  readonly table: string
  readonly family: Family
}

/** One change of the rules of a table, with every value already checked. */
export type Operation =
  | { readonly do: 'create' | 'flush' | 'remove'; readonly chain: string }
  | { readonly do: 'policy'; readonly chain: string; readonly policy: string }
  | { readonly do: 'append'; readonly chain: string; readonly rule: Rule }
  | { readonly do: 'insert'; readonly chain: string; readonly position: number; readonly rule: Rule }
  | { readonly do: 'delete'; readonly chain: string; readonly rule: Rule | number }
  | { readonly do: 'replace'; readonly chain: string; readonly position: number; readonly rule: Rule }

/**
 * The lines of iptables-restore for some operations on one table, in an order that it takes in one commit.
 *
 * Two of its faults (1.8.9, nft) are stepped around: `-R` crashes on a rule of the same commit, so a rule is
 * replaced by `-D` and `-I` at its place; and `-F` spares rules of the same commit, so what a later flush would
 * take away is not written in the first place.
 */
export function restoreLines(operations: readonly Operation[], context: Context): string[] {
  return withoutFlushed(operations).flatMap((operation) => linesOf(operation, context))
}

function withoutFlushed(operations: readonly Operation[]): readonly Operation[] {
  const lastFlush = new Map<string, number>()
  operations.forEach((operation, index) => {
    if (operation.do === 'flush') lastFlush.set(operation.chain, index)
  })
  if (lastFlush.size === 0) return operations
  return operations.filter(
    (operation, index) => !changesRules(operation) || index > (lastFlush.get(operation.chain) ?? -1),
  )
}

function changesRules({ do: verb }: Operation): boolean {
  return verb === 'append' || verb === 'insert' || verb === 'delete' || verb === 'replace'
}

function linesOf(operation: Operation, context: Context): string[] {
  const chain = quoteName(operation.chain)
  switch (operation.do) {
    case 'create':
      return [`-N ${chain}`]
    case 'flush':
      return [`-F ${chain}`]
    case 'remove':
      return [`-X ${chain}`]
    case 'policy':
      return [`-P ${chain} ${operation.policy}`]
    case 'append':
      return [`-A ${chain}${specification(operation.rule, context)}`]
    case 'insert':
      return [`-I ${chain} ${operation.position}${specification(operation.rule, context)}`]
    case 'delete':
      return typeof operation.rule === 'number'
        ? [`-D ${chain} ${operation.rule}`]
        : [`-D ${chain}${words(renderRule(operation.rule, context))}`]
    case 'replace':
      return [
        `-D ${chain} ${operation.position}`,
        `-I ${chain} ${operation.position}${specification(operation.rule, context)}`,
      ]
  }
}

function specification(rule: Rule, context: Context): string {
  const { counters } = rule
  const text = words(renderRule(rule, context))
  return counters === undefined ? text : `${text} -c ${counters.packets} ${counters.bytes}`
}

function words(text: string): string {
  return text === '' ? '' : ` ${text}`
}

/** @throws ChainmailError `bad-name` */
export function checkChainName(name: unknown): string {
  if (typeof name === 'string' && isChainName(name)) return name
  throw new ChainmailError(
    'bad-name',
    `chain: ${shown(name)} is not the name of a chain: 1 to 28 bytes without blanks, quotation marks, or a - or ! in front.`,
    { path: 'chain' },
  )
}

/**
 * The number of a rule in its chain, counted from 1.
 *
 * @throws ChainmailError `bad-rule`
 */
export function checkPosition(position: unknown): number {
  if (typeof position === 'number' && Number.isInteger(position) && position >= 1 && position <= 0x7fff_ffff)
    return position
  throw new ChainmailError('bad-rule', `position: ${shown(position)} is not a whole number of 1 or more.`, {
    path: 'position',
  })
}
