import { createHash } from 'node:crypto'
import {
  type DesiredInput,
  type DesiredState,
  desiredFromText,
  type Language,
  type Plan,
  type PlanScope,
  readDesired,
  type Spelling,
} from 'chainmail'

/** What is said of a text in the query. */
export interface DesiredQuery {
  readonly language?: Language
  readonly family?: 'ipv4' | 'ipv6'
  readonly scope?: PlanScope
  readonly owner?: string
}

/**
 * The desired state of a request, of whose members the schema has looked at the types.
 *
 * @param spelling of this host
 * @throws ChainmailError with the path of the member at fault, or line and column of a text
 */
export async function desiredOf(
  body: DesiredInput | string,
  query: DesiredQuery,
  spelling: Spelling,
): Promise<DesiredState> {
  if (typeof body !== 'string') return readDesired(body, spelling)
  const { language, family, scope, owner } = query
  return desiredFromText(body, {
    spelling,
    ...(language === undefined ? {} : { language }),
    ...(family === undefined ? {} : { family }),
    ...(scope === undefined ? {} : { scope }),
    ...(owner === undefined ? {} : { owner }),
  })
}

/** Names what a plan does: the same for two plans that would do the same. What rules have counted is left out. */
export function tokenOf({ desired, tables, sets }: Plan): string {
  const does = {
    owner: desired.owner,
    tables: tables.map(({ place, chains }) => ({ place, chains })),
    sets: sets.map(({ name, do: verb, changed, entries }) => ({
      name,
      verb,
      changed,
      entries: entries.map(({ do: what, entry }) => [what, entry.element, entry.comment]),
    })),
  }
  return createHash('sha256').update(JSON.stringify(does)).digest('base64url').slice(0, 22)
}
