import type { Family } from '@chainmail/kernel'
import type { Extension, Option } from './extension.ts'
import type { Kind } from './kind.ts'
import { matches } from './matches/index.ts'
import { targets } from './targets/index.ts'

/** A spelling of an option: the option itself, or a shorthand that stands for one of its values. */
export interface Flag {
  readonly key: string
  /** Keys of further options that get the same value. */
  readonly also?: readonly string[] | undefined
  readonly option: Option
  readonly negatable: boolean
  /** The value that a shorthand stands for. */
  readonly value?: unknown
  /** Reads the value from the words behind the spelling. */
  readonly kind: Pick<Kind<unknown>, 'words' | 'optional' | 'parse'>
  /** Adds what the spelling says to what the option has so far. */
  readonly gather?: ((sofar: unknown, value: unknown) => unknown) | undefined
}

/** An extension made ready for reading: its options by their spellings. */
export interface Compiled extends Extension {
  readonly flags: ReadonlyMap<string, Flag>
  readonly entries: readonly (readonly [key: string, option: Option])[]
}

function compile(extension: Extension): Compiled {
  const flags = new Map<string, Flag>()
  const entries = Object.entries(extension.options)
  for (const [key, option] of entries) {
    const flag = { key, option, negatable: option.negatable ?? false, kind: option.kind }
    for (const spelling of [option.flag, ...(option.aliases ?? [])]) flags.set(spelling, flag)
  }
  for (const { flag, key, also, value, kind, gather, negatable = false } of extension.shorthands ?? []) {
    const option = extension.options[key]
    if (option === undefined)
      throw new Error(`${extension.name}: ${flag} stands for an option that is not there: ${key}`)
    flags.set(flag, { key, also, option, negatable, value, gather, kind: kind ?? option.kind })
  }
  return { ...extension, flags, entries }
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

/** Whether some family has a match, or a target, of this name. */
export function existsElsewhere(role: 'match' | 'target', name: string): boolean {
  const all: readonly Extension[] = role === 'match' ? matches : targets
  return all.some((extension) => extension.name === name)
}
