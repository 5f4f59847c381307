import { ChainmailError } from '../errors.ts'
import type { Option } from './extension.ts'
import { type Context, shown } from './kind.ts'
import { checkNegatable, isNegation } from './negation.ts'
import { reading } from './reading.ts'
import type { Compiled, Slot } from './registry.ts'

/**
 * The options of one match or target while they are read: each value in its option's slot, as yet without the defaults.
 */
export type Given = unknown[]

export function noneGiven({ slots }: Compiled): Given {
  return new Array(slots.length)
}

/** Options from data: every member must be one of the extension's and of its kind. */
export function checkOptions(extension: Compiled, input: unknown, path: string, context: Context): Given {
  const given = noneGiven(extension)
  if (input === true) return given
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ChainmailError('bad-rule', `${path}: ${shown(input)} is not an object of options.`, { path })
  }
  for (const [key, value] of Object.entries(input)) {
    if (value === undefined) continue
    const slot = extension.slotOf.get(key)
    const place = `${path}.${key}`
    if (slot === undefined) throw unknownOption(extension, shown(key), place)
    const { kind, negatable = false } = slot.option
    given[slot.index] = explained(slot.option, () =>
      checkNegatable(value, negatable, place, (plain) => kind.check(plain, context)),
    )
  }
  return given
}

/** What is read for an option; an error says in the words of the man page too what it is for. */
function explained<Value>({ flag, about }: Option, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ChainmailError)) throw error
    const { code, message, path, cause } = error
    const words = `(${flag}: ${about.replace(/\.$/, '')})`
    throw new ChainmailError(code, `${message.replace(/\.$/, '')} ${words}.`, { path, cause })
  }
}

export function unknownOption(extension: Compiled, named: string, path: string): ChainmailError {
  const known = Object.keys(extension.options)
  const choice = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`
  return new ChainmailError(
    'unknown-option',
    `${path}: ${named} is not an option of ${extension.name}; ${choice}.`,
    { path },
  )
}

/**
 * The canonical options: what iptables implies is filled in, what iptables-save leaves out is left out,
 * and the keys stand in the extension's order.
 */
export function complete(
  extension: Compiled,
  given: Given,
  path: string,
  context: Context,
): Readonly<Record<string, unknown>> {
  const options: Record<string, unknown> = {}
  let count = 0
  for (const slot of extension.slots) {
    const { index, key, option } = slot
    let value = given[index]
    if (value === undefined) {
      if (option.required === true) {
        throw new ChainmailError('bad-rule', `${path}: ${extension.name} needs ${key} (${option.flag}).`, {
          path: `${path}.${key}`,
        })
      }
      const { implied } = option
      value = typeof implied === 'function' ? implied(context.family) : implied
      if (value === undefined) continue
    } else {
      count++
      if (option.excludes !== undefined || option.needs !== undefined)
        refuseCompany(extension, given, slot, path)
      if (value === option.omitted) continue
      if (
        option.neverNot !== undefined &&
        isNegation(value) &&
        value.not === option.neverNot &&
        context.iptables === undefined
      ) {
        throw new ChainmailError(
          'bad-rule',
          `${path}.${key}: what stands for everything cannot be negated before iptables 1.8.11.`,
          { path: `${path}.${key}` },
        )
      }
    }
    options[key] = value
  }
  if (count === 0 && extension.needsOption === true) {
    const keys = extension.slots.map(({ key }) => key)
    throw new ChainmailError(
      'bad-rule',
      `${path}: ${extension.name} needs at least one of ${keys.join(', ')}.`,
      { path },
    )
  }
  const { settle } = extension
  if (settle === undefined) return options
  return inOrder(
    extension,
    reading(path, () => settle(options, context)),
  )
}

function inOrder(
  { slots }: Compiled,
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const keys = slots.map(({ key }) => key).filter((key) => options[key] !== undefined)
  return Object.fromEntries(keys.map((key) => [key, options[key]]))
}

function refuseCompany(
  { slotOf }: Compiled,
  given: Given,
  { key, option: { excludes = [], needs = [] } }: Slot,
  path: string,
): void {
  const isGiven = (other: string) => {
    const slot = slotOf.get(other)
    return slot !== undefined && given[slot.index] !== undefined
  }
  const excluded = excludes.find(isGiven)
  if (excluded !== undefined) {
    throw new ChainmailError('bad-rule', `${path}: ${key} cannot stand beside ${excluded}.`, {
      path: `${path}.${key}`,
    })
  }
  const missing = needs.find((other) => !isGiven(other))
  if (missing !== undefined) {
    throw new ChainmailError('bad-rule', `${path}: ${key} means nothing without ${missing}.`, {
      path: `${path}.${key}`,
    })
  }
}
