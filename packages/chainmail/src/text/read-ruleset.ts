import type { Family } from '@chainmail/kernel'
import type { ChainmailError } from '../errors.ts'
import type { Problem, Table } from './save.ts'

/** A ruleset of one family as it was read from a text, and everything that is wrong with the text. */
export interface ReadRuleset {
  readonly family: Family
  /** What could be read; all of it where there are no problems. */
  readonly tables: readonly Table[]
  readonly problems: readonly Problem[]
}

/** What a reader threw, as one of the problems of a text. */
export function told({ code, message, line = 1, column = 1, path }: ChainmailError): Problem {
  return { code, message, line, column, ...(path === undefined ? {} : { path }) }
}
