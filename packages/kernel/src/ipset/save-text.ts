/**
 * Sets as `ipset save` prints them, byte for byte. `restore-text.ts` reads such text.
 *
 * Source: ipset(8), and what ipset 7.17 prints.
 */
import { type CreateOption, type CreateOptions, createOptions, isCreateOption } from './create-options.ts'
import type { SetEntry } from './entry-options.ts'
import type { Ipset } from './ipset.ts'
import { formatMark } from './plain-elements.ts'
import { setType } from './types.ts'

export interface SaveOptions {
  /** Also writes `forceadd`, which `ipset save` leaves out and `ipset restore` reads. */
  forceadd?: boolean
}

/**
 * The lines of all sets, or of the one named, hundreds at a time and without line ends: for each set its create line
 * and its entries, in the kernel's order, in which lists come behind their members. The sets are read one after another,
 * as they are asked for, without holding the event loop.
 * @throws KernelError `set-not-found`
 */
export async function* saveLines(
  sets: Ipset,
  name?: string,
  options: SaveOptions = {},
): AsyncGenerator<readonly string[], void> {
  const described = name === undefined ? await sets.describeAll() : [await sets.describe(name)]
  for (const set of described) {
    yield [createLine(set.name, set.type, set.options, options)]
    for await (const entries of sets.entryBatches(set.name))
      yield entries.map((entry) => addLine(set.name, entry))
  }
}

/**
 * The line that creates a set: `create a hash:ip family inet hashsize 1024 maxelem 65536`.
 * @throws KernelError `set-type-unsupported` for a type that this library does not know
 */
export function createLine(
  name: string,
  typeName: string,
  options: CreateOptions,
  { forceadd = false }: SaveOptions = {},
): string {
  const type = setType(typeName)
  let line = `create ${name} ${typeName}`
  if (type.families.length > 1) line += ` family ${options.family ?? type.families[0]}`
  for (const option in type.createOptions) {
    if (!isCreateOption(option) || (option === 'forceadd' && !forceadd)) continue
    const value = options[option]
    if (value === undefined || value === false) continue
    line += value === true ? ` ${option}` : ` ${option} ${valueText(createOptions[option], value)}`
  }
  return line
}

function valueText(option: CreateOption, value: string | number): string {
  return option.kind === 'number' && option.hexadecimal === true ? formatMark(Number(value)) : String(value)
}

/** The line that adds an entry: `add a 192.0.2.1 timeout 60 comment "a word"`. */
export function addLine(name: string, entry: SetEntry): string {
  let line = `add ${name} ${entry.element}`
  if (entry.timeout !== undefined) line += ` timeout ${entry.timeout}`
  if (entry.before !== undefined) line += ` before ${entry.before}`
  if (entry.after !== undefined) line += ` after ${entry.after}`
  if (entry.nomatch === true) line += ' nomatch'
  if (entry.wildcard === true) line += ' wildcard'
  if (entry.packets !== undefined) line += ` packets ${entry.packets}`
  if (entry.bytes !== undefined) line += ` bytes ${entry.bytes}`
  if (entry.comment !== undefined && entry.comment !== '') line += ` comment "${entry.comment}"`
  if (entry.skbmark !== undefined) line += ` skbmark ${entry.skbmark}`
  if (entry.skbprio !== undefined) line += ` skbprio ${entry.skbprio}`
  if (entry.skbqueue !== undefined) line += ` skbqueue ${entry.skbqueue}`
  return line
}
