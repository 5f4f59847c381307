import type { Family } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import type { Context } from '../../model/kind.ts'
import type { Rule } from '../../model/rule.ts'
import type { Spelling } from '../../model/version.ts'
import { detectLanguage, type Language, readRuleset } from '../../text/language.ts'
import { parseRule } from '../../text/parse-rule.ts'
import type { Chain, Table } from '../../text/save.ts'
import { isOwnedName } from '../ownership.ts'
import type { DesiredChain, DesiredRule, DesiredState, DesiredTable, PlanScope } from './desired.ts'
import { located } from './located.ts'
import { checkOwner, DEFAULT_OWNER, Marker } from './marker.ts'
import { isOwnRule } from './own-rule.ts'
import { spelledRule } from './spelled.ts'

export interface DesiredTextOptions {
  /** What the text begins like if not said. */
  readonly language?: Language
  /** What the text says of itself if not said, or else `ipv4`. */
  readonly family?: Family
  readonly scope?: PlanScope
  readonly owner?: string
  /** Of the host that it is for; that of iptables 1.8.9 if not said. */
  readonly spelling?: Spelling
}

/**
 * A desired state from a text in any of the languages of rules.
 *
 * A chain that it names should have these rules, and a dump's policies; commands say nothing of a policy or a chain
 * that they do not name. What chainmail has made for itself, and a dump shows, is left out.
 *
 * @throws ChainmailError the first thing that is wrong with the text
 */
export function desiredFromText(text: string, options: DesiredTextOptions = {}): DesiredState {
  const language = options.language ?? detectLanguage(text)
  const { family, tables, problems } = readRuleset(text, language, options.family)
  const [first] = problems
  if (first !== undefined) {
    const { code, message, line, column, path } = first
    throw new ChainmailError(code, message, { line, column, path })
  }
  return desiredFromTables(tables, { ...options, family, silent: language === 'args' })
}

/**
 * A desired state from tables that were read.
 *
 * @param silent whether a built-in chain without rules and with the policy ACCEPT was not spoken of
 */
export function desiredFromTables(
  tables: readonly Table[],
  options: Omit<DesiredTextOptions, 'language'> & { readonly silent?: boolean },
): DesiredState {
  const { family = 'ipv4', scope = 'named', silent = false, spelling = {} } = options
  const owner = checkOwner(options.owner ?? DEFAULT_OWNER)
  const marker = new Marker(owner)
  const named = tables.map(({ name, chains }): DesiredTable => {
    const place = { table: name, family }
    const spoken = chains.filter((chain) => !isOwnedName(chain.name) && !(silent && isUnspoken(chain)))
    return {
      place,
      chains: new Map(
        spoken.map((chain) => [chain.name, desiredChain(chain, { ...place, ...spelling }, marker, silent)]),
      ),
    }
  })
  return { owner, scope, spelling, tables: named, sets: [] }
}

function isUnspoken({ policy, rules }: Chain): boolean {
  return policy === 'ACCEPT' && rules.length === 0
}

function desiredChain(
  { name, policy, rules }: Chain,
  context: Context,
  marker: Marker,
  silent: boolean,
): DesiredChain {
  const isSaid = policy !== undefined && !(silent && policy === 'ACCEPT')
  return {
    name,
    exact: false,
    at: 'end',
    absent: false,
    ...(isSaid ? { policy } : {}),
    rules: rules
      .filter((rule) => !isOwnRule(rule))
      .map(({ text: _, counters: __, ...rule }, index) =>
        located(`${context.table}.${name}.rules[${index}]`, () => desiredRule(rule, context, marker)),
      ),
  }
}

function desiredRule(rule: Rule, context: Context, marker: Marker): DesiredRule {
  const desired = spelledRule(rule, context)
  const stripped = marker.strip(desired.text)
  return stripped === undefined ? desired : { rule: parseRule(stripped, context), text: stripped }
}
