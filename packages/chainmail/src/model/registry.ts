import type { Family } from '@chainmail/kernel'
import type { Extension, Option } from './extension.ts'
import type { Kind } from './kind.ts'
import { matches } from './matches/index.ts'
import { targets } from './targets/index.ts'

/** The place of an option among those of its extension. */
export interface Slot {
  /** Counted from 0, in the order in which iptables-save prints the options. */
  readonly index: number
  readonly key: string
  readonly option: Option
}

/** A spelling of an option: the option itself, or a shorthand that stands for one of its values. */
export interface Flag {
  readonly slot: Slot
  /** Further options that get the same value. */
  readonly also?: readonly Slot[] | undefined
  readonly negatable: boolean
  /** The value that a shorthand stands for. */
  readonly value?: unknown
  /** Reads the value from the words behind the spelling. */
  readonly kind: Pick<Kind<unknown>, 'words' | 'optional' | 'parse'>
  /** Adds what the spelling says to what the option has so far. */
  readonly gather?: ((sofar: unknown, value: unknown) => unknown) | undefined
}

/** An extension made ready for reading: its options in their order, by their keys and by their spellings. */
export interface Compiled extends Extension {
  /** Where an error says that it is, unless the reader knows better: `matches.limit`, `target.LOG`. */
  readonly path: string
  readonly slots: readonly Slot[]
  readonly slotOf: ReadonlyMap<string, Slot>
  readonly flags: ReadonlyMap<string, Flag>
  /** It, or one of its options, may stand in some tables only. */
  readonly bound: boolean
  /** It, or one of its options, may stand in some of the kernel's own chains only. */
  readonly hooked: boolean
}

function compile(extension: Extension): Compiled {
  const flags = new Map<string, Flag>()
  const slots = Object.entries(extension.options).map(([key, option], index) => ({ index, key, option }))
  const slotOf = new Map(slots.map((slot) => [slot.key, slot]))
  const named = (key: string): Slot => {
    const slot = slotOf.get(key)
    if (slot !== undefined) return slot
    throw new Error(`${extension.name}: a shorthand stands for an option that is not there: ${key}`)
  }
  for (const slot of slots) {
    const { option } = slot
    const flag = { slot, negatable: option.negatable ?? false, kind: option.kind }
    for (const spelling of [option.flag, ...(option.aliases ?? [])]) flags.set(spelling, flag)
  }
  for (const { flag, key, also, value, kind, gather, negatable = false } of extension.shorthands ?? []) {
    const slot = named(key)
    flags.set(flag, {
      slot,
      also: also?.map(named),
      negatable,
      value,
      gather,
      kind: kind ?? slot.option.kind,
    })
  }
  const { role, name } = extension
  const path = role === 'match' ? `matches.${name}` : slots.length === 0 ? 'target' : `target.${name}`
  const bound = extension.tables !== undefined || slots.some(({ option }) => option.tables !== undefined)
  const hooked = extension.chains !== undefined || slots.some(({ option }) => option.chains !== undefined)
  return { ...extension, path, slots, slotOf, flags, bound, hooked }
}

type ByName = ReadonlyMap<string, Compiled>

function byFamily(extensions: readonly Extension[]): Readonly<Record<Family, ByName>> {
  const compiled = extensions.map(compile)
  const of = (family: Family): ByName =>
    new Map(
      compiled
        .filter(({ families }) => families === undefined || families.includes(family))
        .map((extension) => [extension.name, extension]),
    )
  return { ipv4: of('ipv4'), ipv6: of('ipv6') }
}

const matchesByFamily = byFamily(matches)
const targetsByFamily = byFamily(targets)

export function findMatch(name: string, family: Family): Compiled | undefined {
  return matchesByFamily[family].get(name)
}

export function findTarget(name: string, family: Family): Compiled | undefined {
  return targetsByFamily[family].get(name)
}

/** The names of the matches and targets that have an option of this spelling, each once. */
export function namesWithFlag(flag: string, family: Family): readonly string[] {
  const all = [...matchesByFamily[family].values(), ...targetsByFamily[family].values()]
  return [...new Set(all.filter(({ flags }) => flags.has(flag)).map(({ name }) => name))]
}

/** Whether some family has a match, or a target, of this name. */
export function existsElsewhere(role: 'match' | 'target', name: string): boolean {
  const { ipv4, ipv6 } = role === 'match' ? matchesByFamily : targetsByFamily
  return ipv4.has(name) || ipv6.has(name)
}
