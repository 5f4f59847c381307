import { ChainmailError } from '../errors.ts'
import { type Context, shown } from './kind.ts'
import { checkNegatable, isNegation } from './negation.ts'
import { reading } from './reading.ts'
import type { Compiled } from './registry.ts'

/** The options of one match or target while they are read: values by key, as yet without the defaults. */
export type Given = Map<string, unknown>

/** Options from data: every member must be one of the extension's and of its kind. */
export function checkOptions(extension: Compiled, input: unknown, path: string, context: Context): Given {
  const given: Given = new Map()
  if (input === true) return given
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ChainmailError('bad-rule', `${path}: ${shown(input)} is not an object of options.`, { path })
  }
  for (const [key, value] of Object.entries(input)) {
    if (value === undefined) continue
    const option = Object.hasOwn(extension.options, key) ? extension.options[key] : undefined
    const place = `${path}.${key}`
    if (option === undefined) throw unknownOption(extension, shown(key), place)
    given.set(
      key,
      checkNegatable(value, option.negatable ?? false, place, (plain) => option.kind.check(plain, context)),
    )
  }
  return given
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
  for (const [key, option] of extension.entries) {
    let value = given.get(key)
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
      refuseCompany(extension, given, key, path)
      if (value === option.omitted) continue
      if (option.neverNot !== undefined && isNegation(value) && value.not === option.neverNot) {
        throw new ChainmailError(
          'bad-rule',
          `${path}: ${key} cannot be negated when it stands for everything.`,
          {
            path: `${path}.${key}`,
          },
        )
      }
    }
    options[key] = value
  }
  if (count === 0 && extension.needsOption === true) {
    const flags = extension.entries.map(([key]) => key)
    throw new ChainmailError(
      'bad-rule',
      `${path}: ${extension.name} needs at least one of ${flags.join(', ')}.`,
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
  extension: Compiled,
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const keys = extension.entries.map(([key]) => key).filter((key) => options[key] !== undefined)
  return Object.fromEntries(keys.map((key) => [key, options[key]]))
}

function refuseCompany(extension: Compiled, given: Given, key: string, path: string): void {
  const { excludes = [], needs = [] } = extension.options[key] ?? {}
  const excluded = excludes.find((other) => given.has(other))
  if (excluded !== undefined) {
    throw new ChainmailError('bad-rule', `${path}: ${key} cannot stand beside ${excluded}.`, {
      path: `${path}.${key}`,
    })
  }
  const missing = needs.find((other) => !given.has(other))
  if (missing !== undefined) {
    throw new ChainmailError('bad-rule', `${path}: ${key} means nothing without ${missing}.`, {
      path: `${path}.${key}`,
    })
  }
}
