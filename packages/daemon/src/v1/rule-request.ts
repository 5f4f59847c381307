import type { Family } from '@chainmail/kernel'
import { ChainmailError, checkRule, parseRule, type Rule, type Spelling } from 'chainmail'

/** In which a rule is read: its family, and the words of this host's iptables. */
type RuleContext = { readonly family: Family } & Spelling

/** What a request asks of a rule. */
export interface RuleRequest {
  readonly rule: Rule
  /** Absent for the end of the chain. */
  readonly position: number | undefined
}

/**
 * Reads the body of a request; the library's model reads the rule in it, member for member or word for word.
 * @throws ChainmailError `bad-request`, `bad-rule`, `unknown-option`, with the path of the member at fault
 */
export function readRuleRequest(
  body: unknown,
  members: readonly ('rule' | 'position')[],
  context: RuleContext,
): RuleRequest {
  if (!isRecord(body)) throw refused('The body has to be an object with the member "rule".')
  const surplus = Object.keys(body).find((name) => !members.some((member) => member === name))
  if (surplus !== undefined) {
    const wanted = members.map((name) => JSON.stringify(name)).join(' and ')
    throw refused(`${shown(surplus)} is not a member of this request, which has ${wanted}.`, surplus)
  }
  return { rule: readRule(body.rule, context), position: readPosition(body.position) }
}

/**
 * The number of a rule in a path.
 * @throws ChainmailError `bad-request`
 */
export function readRuleNumber(text: string): number {
  if (/^[1-9][0-9]{0,9}$/.test(text)) return Number(text)
  throw refused(`${shown(text)} is not the number of a rule, counted from 1.`, 'number')
}

function readRule(rule: unknown, context: RuleContext): Rule {
  try {
    if (typeof rule === 'string') return parseRule(rule, context)
    if (isRecord(rule)) return checkRule(rule, context)
  } catch (error) {
    if (!(error instanceof ChainmailError)) throw error
    const path = error.path === undefined || typeof rule === 'string' ? 'rule' : `rule.${error.path}`
    throw new ChainmailError(error.code, error.message, { path, cause: error })
  }
  throw refused('"rule" has to be an object, or a text in iptables\' own words.', 'rule')
}

function readPosition(position: unknown): number | undefined {
  if (position === undefined) return undefined
  if (typeof position === 'number' && Number.isInteger(position) && position >= 1) return position
  throw refused('"position" has to be a whole number, 1 for the head of the chain.', 'position')
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 60))
}

function refused(message: string, path?: string): ChainmailError {
  return new ChainmailError('bad-request', message, path === undefined ? {} : { path })
}
