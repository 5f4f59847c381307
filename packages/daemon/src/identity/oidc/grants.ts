import { type Permissions, readPermissions } from '../permissions.ts'

/** What those may do whom a token counts to a group. */
export interface Grant {
  readonly group: string
  readonly permissions: Permissions
}

export type Claims = Readonly<Record<string, unknown>>

const MOST_GRANTS = 1_000

/**
 * Reads what groups may do: `[{ "group": "firewall-admins", "permissions": { "everything": true } }, …]`, with
 * permissions as keys have them. The issuer says who is in a group; what the group may do says this host alone.
 * @throws Error, and ChainmailError `bad-request`, in words for whoever has written the file
 */
export function readGrants(text: string): readonly Grant[] {
  const list: unknown = JSON.parse(text)
  if (!Array.isArray(list) || list.length > MOST_GRANTS)
    throw new Error(`it has to be a list of at most ${MOST_GRANTS} groups.`)
  const grants = list.map(readGrant)
  const names = new Set<string>()
  for (const { group } of grants) {
    if (names.has(group)) throw new Error(`the group ${JSON.stringify(group)} is there twice.`)
    names.add(group)
  }
  return grants
}

function readGrant(value: unknown, index: number): Grant {
  if (!isClaims(value)) throw new Error(`[${index}] has to be an object with group and permissions.`)
  const { group, permissions, ...surplus } = value
  const [other] = Object.keys(surplus)
  if (other !== undefined)
    throw new Error(`[${index}]: ${JSON.stringify(other)} is not a member of it; group and permissions are.`)
  if (typeof group !== 'string' || group === '') throw new Error(`[${index}].group has to be a text.`)
  return { group, permissions: readPermissions(permissions, `[${index}].permissions`) }
}

/**
 * What the claims allow. Of several groups the first in the list counts, so that nobody has to work out what
 * two lists of limits are together; of none, nothing is allowed.
 */
export function grantedTo(claims: Claims, claim: string, grants: readonly Grant[]): Permissions {
  const groups = new Set(groupsOf(claimOf(claims, claim)))
  return grants.find(({ group }) => groups.has(group))?.permissions ?? {}
}

/**
 * A claim by its name, such as `groups` or `https://example.org/groups`, or else by the names of those around it, such
 * as `realm_access.roles`.
 */
export function claimOf(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  let found: unknown = claims
  for (const part of name.split('.')) {
    if (!isClaims(found) || !Object.hasOwn(found, part)) return undefined
    found = found[part]
  }
  return found
}

/** A list of texts, or one text with blanks between, as `scope` is written: RFC 8693, section 4.2. */
function groupsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(' ')
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

function isClaims(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
