import type { IncomingMessage } from 'node:http'
import { addressBits } from '@chainmail/kernel'
import { type Caller, callerOf } from './caller.ts'
import type {
  Need,
  NeededBan,
  NeededChain,
  NeededEdit,
  NeededEntries,
  NeededEntry,
  NeededUnban,
  NeedKind,
} from './needs.ts'
import type { BanPermission, EditPermission, Permissions, SomePermissions } from './permissions.ts'

/** What a caller lacks, with the code of the refusal. */
export interface Lack {
  readonly code: 'not-authenticated' | 'permission-missing' | 'second-factor-required'
  /** What is missing, in a sentence. */
  readonly detail: string
}

/** Whether a caller may do what a request needs: `true`, or what is missing. Pure. */
export function allows(caller: Caller, need: Need): true | Lack {
  if (need.kind === 'nothing') return true
  if (caller.by === undefined)
    return {
      code: 'not-authenticated',
      detail: 'Say who asks: with an API key, a password or a client certificate.',
    }
  const { permissions } = caller
  const missing = permissions.everything === true ? undefined : missingOf(permissions, need)
  if (missing !== undefined)
    return { code: 'permission-missing', detail: `${caller.name} may not do this: ${missing}.` }
  if (caller.secondFactor === 'absent' && isDangerous(permissions, need))
    return {
      code: 'second-factor-required',
      detail:
        'This needs a one-time password: send it in the header chainmail-otp. Who has none yet gets them by chainmail keys totp.',
    }
  return true
}

/**
 * Whether a caller may do something of a kind at all: what can be said before the body of a request was read. More than
 * that says {@link allows}.
 */
export function allowsSome(caller: Caller, kind: NeedKind): true | Lack {
  const { permissions } = caller
  if (permissions.everything === true || caller.by === undefined) return allows(caller, leastOf(kind))
  if (
    (kind === 'ban' && permissions.ban === undefined) ||
    (kind === 'unban' && permissions.ban?.unban !== true)
  )
    return lackOf(caller, `the permission ${kind === 'ban' ? 'ban' : 'ban.unban'} is missing`)
  if (kind === 'edit' && permissions.edit === undefined)
    return lackOf(caller, 'the permission edit is missing')
  if (kind === 'entries' && permissions.edit === undefined && permissions.ban?.sets === undefined)
    return lackOf(caller, 'the permissions edit.sets and ban.sets are missing')
  return allows(caller, leastOf(kind))
}

/** Whether who sends a request may do something else beside it. */
export function mayAlso(request: IncomingMessage, need: Need): boolean {
  const caller = callerOf(request)
  return caller !== undefined && allows(caller, need) === true
}

function leastOf(kind: NeedKind): Need {
  switch (kind) {
    case 'edit':
      return { kind, chains: [], sets: [] }
    case 'everything':
      return { kind, of: 'it' }
    case 'nothing':
    case 'read':
      return { kind }
    case 'anyone':
    case 'ban':
    case 'unban':
    case 'entries':
    case 'entry':
      return { kind: 'anyone' }
  }
}

/**
 * What a second factor is asked for: whatever changes more than bans, and than entries of those sets to which the
 * caller may add them as bans.
 */
function isDangerous({ ban }: Permissions, need: Need): boolean {
  if (need.kind === 'entry' || need.kind === 'entries')
    return missingOfEntry(ban === undefined ? {} : { ban }, need) !== undefined
  return need.kind === 'edit' || (need.kind === 'everything' && need.reads !== true)
}

function lackOf({ name }: Caller, missing: string): Lack {
  return { code: 'permission-missing', detail: `${name} may not do this: ${missing}.` }
}

/** What is missing, in words. */
function missingOf(
  permissions: SomePermissions,
  need: Exclude<Need, { kind: 'nothing' }>,
): string | undefined {
  switch (need.kind) {
    case 'anyone':
      return undefined
    case 'read':
      return permissions.read === true ? undefined : 'the permission read is missing'
    case 'ban':
      return permissions.ban === undefined
        ? 'the permission ban is missing'
        : (missingOfScopes(permissions.ban, need.scopes) ?? missingOfBan(permissions.ban, need))
    case 'unban':
      return permissions.ban === undefined
        ? 'the permission ban is missing'
        : missingOfUnban(permissions.ban, need)
    case 'entries':
    case 'entry':
      return missingOfEntry(permissions, need)
    case 'edit':
      return missingOfEdit(permissions.edit, need)
    case 'everything':
      return `the permission everything is missing, which ${need.of} needs`
  }
}

function missingOfBan(
  permission: BanPermission,
  { address, blocks, seconds, shortens }: NeededBan,
): string | undefined {
  if (shortens && permission.unban !== true)
    return `${shown(address)} is banned for longer, and ban.unban is missing, without which no ban is made shorter`
  return missingOfTime(permission, seconds, 'ban') ?? missingOfWidth(permission, address, blocks)
}

function missingOfUnban(
  permission: BanPermission,
  { address, blocks, scopes }: NeededUnban,
): string | undefined {
  if (permission.unban !== true) return 'the permission ban.unban is missing'
  if (scopes === undefined && permission.scopes !== undefined)
    return `name a scope, since ban.scopes holds only ${permission.scopes.join(', ') || 'none'}`
  return missingOfScopes(permission, scopes ?? []) ?? missingOfWidth(permission, address, blocks)
}

function missingOfScopes({ scopes }: BanPermission, wanted: readonly string[]): string | undefined {
  const missing = scopes === undefined ? undefined : wanted.find((word) => !scopes.includes(word))
  return missing === undefined ? undefined : `ban.scopes lacks ${missing}`
}

function missingOfTime(
  { longest }: BanPermission,
  seconds: number | undefined,
  what: string,
): string | undefined {
  if (longest === undefined || (seconds !== undefined && seconds > 0 && seconds <= longest)) return undefined
  const wanted = seconds === undefined || seconds === 0 ? 'for ever' : `of ${seconds} s`
  return `the ${what} is ${wanted}, and ban.longest is ${longest} s`
}

function missingOfWidth(
  { widest }: BanPermission,
  address: string,
  blocks: NeededBan['blocks'],
): string | undefined {
  const [{ family } = { family: 'ipv4' as const }] = blocks
  const limit = widest?.[family]
  if (limit === undefined || blocks.length === 0) return undefined
  const bits = addressBits(family)
  // A range is several networks: together they are no more addresses than the widest one.
  const sum = blocks.reduce((size, { prefix }) => size + (1n << BigInt(bits - prefix)), 0n)
  if (sum <= 1n << BigInt(bits - limit)) return undefined
  return `${shown(address)} is wider than a /${limit}, which ban.widest.${family} is`
}

function missingOfEntry(
  { edit, ban }: SomePermissions,
  need: NeededEntries | NeededEntry,
): string | undefined {
  const { set, does } = need
  if (edit?.sets.some((pattern) => fits(pattern, set)) === true) return undefined
  if (ban?.sets?.some((pattern) => fits(pattern, set)) !== true)
    return `neither edit.sets nor ban.sets has the set ${shown(set)}`
  if (does === 'delete' && ban.unban !== true)
    return `ban.unban is missing, or the set ${shown(set)} in edit.sets`
  return need.kind === 'entries' ? undefined : missingOfElement(ban, need)
}

function missingOfElement(permission: BanPermission, need: NeededEntry): string | undefined {
  const { set, does, element, blocks, seconds, exempts } = need
  if (exempts) return `an exception needs the set ${shown(set)} in edit.sets`
  if (blocks === undefined && permission.widest !== undefined)
    return `it is not certain how wide ${shown(element)} is, and ban.widest limits that`
  const isTooLong = does === 'add' ? missingOfTime(permission, seconds, 'entry') : undefined
  return isTooLong ?? missingOfWidth(permission, element, blocks ?? [])
}

function missingOfEdit(
  permission: EditPermission | undefined,
  { chains, sets }: NeededEdit,
): string | undefined {
  if (permission === undefined) return 'the permission edit is missing'
  const chain = chains.find((one) => !permission.chains.some((pattern) => fitsChain(pattern, one)))
  if (chain !== undefined) return `edit.chains lacks ${chain.family}/${chain.table}/${chain.chain}`
  const set = sets.find((name) => !permission.sets.some((pattern) => fits(pattern, name)))
  return set === undefined ? undefined : `edit.sets lacks ${shown(set)}`
}

/** All chains of a table fit a pattern that ends with the table's `*` alone. */
function fitsChain(pattern: string, { family, table, chain }: NeededChain): boolean {
  const place = `${table}/${chain}`
  return chain === '*'
    ? pattern === '*' || pattern === place || pattern === `${family}/${place}`
    : fits(pattern, place) || fits(pattern, `${family}/${place}`)
}

function fits(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80))
}
