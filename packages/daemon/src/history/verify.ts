import {
  type AllowedNetwork,
  type BookedBans,
  type ChangedChain,
  type Family,
  type ListedRule,
  renderRule,
} from 'chainmail'
import { codeOf } from '../errors.ts'
import type { ChangedSet, Operations } from './revision.ts'

/** What is read to verify a revision. */
export interface VerifyDoors {
  readonly firewall: {
    chain(
      name: string,
      place: { table: string; family: Family },
    ): { read(): Promise<{ readonly policy?: string; readonly rules: readonly ListedRule[] }> }
    set(name: string): Promise<{ entryBatches(): AsyncIterable<readonly { readonly element: string }[]> }>
  }
  readonly bans: Pick<BookedBans, 'batches'>
  readonly allowlist: { list(): readonly Pick<AllowedNetwork, 'address' | 'origin'>[] }
}

/** Whether what a revision has made is so now. */
export interface Verdict {
  readonly holds: boolean
  /** What is not, in a sentence each. */
  readonly differences: readonly string[]
  /** What was not looked at. */
  readonly unchecked: readonly string[]
}

/** Reads the kernel back. @param now milliseconds since 1970 */
export async function verify(operations: Operations, doors: VerifyDoors, now: number): Promise<Verdict> {
  const { chains = [], sets = [], rfw = [] } = operations
  const differences: string[] = []
  for (const chain of chains) differences.push(...(await chainDifferences(chain, doors)))
  for (const set of sets) differences.push(...(await setDifferences(set, doors)))
  differences.push(...(await banDifferences(operations, doors, now)))
  differences.push(...allowDifferences(operations, doors))
  const unchecked = rfw.length === 0 ? [] : [`${rfw.length} entries of the rfw protocol`]
  return { holds: differences.length === 0, differences, unchecked }
}

const COUNTERS = /^\[\d+:\d+\] /

async function chainDifferences(
  { table, family, chain: name, did, policy, lines }: ChangedChain,
  { firewall }: VerifyDoors,
): Promise<readonly string[]> {
  const place = `The chain ${name} of ${table} (${family})`
  const chain = await orAbsent(() => firewall.chain(name, { table, family }).read())
  if (chain === undefined) return did === 'removed' ? [] : [`${place} is not there.`]
  if (did === 'removed') return [`${place} is there.`]
  const texts = new Set(chain.rules.flatMap((rule) => [rule.text, canonicalText(rule, family)]))
  const came = new Set(lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1)))
  const differences = Array.from(came)
    .filter((text) => !texts.has(text))
    .map((text) => `${place} has no rule ${text}.`)
  for (const line of lines) {
    const text = line.slice(1).replace(COUNTERS, '')
    if (line.startsWith('-') && texts.has(text) && !came.has(text))
      differences.push(`${place} has the rule ${text}.`)
  }
  if (policy !== undefined && chain.policy !== policy.after)
    differences.push(`${place} has the policy ${chain.policy}, not ${policy.after}.`)
  return differences
}

function canonicalText({ text: _, counters: __, ...rule }: ListedRule, family: Family): string {
  return renderRule(rule, { family })
}

async function setDifferences(change: ChangedSet, { firewall }: VerifyDoors): Promise<readonly string[]> {
  const { name } = change
  const set = await orAbsent(() => firewall.set(name))
  if (change.do === 'create') return set === undefined ? [] : [`The set ${name} is there.`]
  if (set === undefined) return [`The set ${name} is not there.`]
  if (change.do === 'destroy') return []
  const missing = new Set(change.take)
  const gone = new Set(
    change.put.map((line) => line.split(' ', 3)[2] ?? '').filter((one) => !missing.has(one)),
  )
  const back: string[] = []
  for await (const batch of set.entryBatches()) {
    for (const { element } of batch) {
      missing.delete(element)
      if (gone.has(element)) back.push(element)
    }
  }
  return [
    ...Array.from(missing, (element) => `The set ${name} has no entry ${element}.`),
    ...back.map((element) => `The set ${name} has the entry ${element}.`),
  ]
}

async function banDifferences(
  { bans = [] }: Operations,
  doors: VerifyDoors,
  now: number,
): Promise<readonly string[]> {
  const missing = new Map<string, string>()
  const gone = new Set<string>()
  for (const { before, after } of bans) {
    const place = `${after?.address ?? before?.address} ${after?.scope ?? before?.scope}`
    const isBan = after !== undefined && !after.exempt
    if (!isBan) gone.add(place)
    else if (after.until === undefined || after.until > now) missing.set(place, after.address)
  }
  if (missing.size + gone.size === 0) return []
  const back: string[] = []
  for await (const batch of doors.bans.batches()) {
    for (const { place } of batch) {
      const key = `${place.address} ${place.scope}`
      missing.delete(key)
      if (gone.has(key)) back.push(place.address)
    }
  }
  return [
    ...Array.from(missing.values(), (address) => `${address} is not banned.`),
    ...back.map((address) => `${address} is banned.`),
  ]
}

function allowDifferences({ allowlist = [] }: Operations, doors: VerifyDoors): readonly string[] {
  if (allowlist.length === 0) return []
  const entries = new Set(
    doors.allowlist
      .list()
      .filter(({ origin }) => origin === 'entry')
      .map(({ address }) => address),
  )
  return allowlist.flatMap(({ before, after }) => {
    if (after !== undefined) return entries.has(after.address) ? [] : [`${after.address} is not allowed.`]
    return before !== undefined && entries.has(before.address) ? [`${before.address} is allowed.`] : []
  })
}

async function orAbsent<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read()
  } catch (error) {
    const code = codeOf(error)
    if (code === 'chain-not-found' || code === 'set-not-found' || code === 'table-unknown') return undefined
    throw error
  }
}
