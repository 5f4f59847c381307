import { ChainmailError } from '../errors.ts'
import { shown } from './kind.ts'
import { reading } from './reading.ts'

/** A value or `{ not: value }`. */
export function checkNegatable<Value>(
  value: unknown,
  negatable: boolean,
  place: string,
  check: (plain: unknown) => Value,
): Value | { readonly not: Value } {
  if (!isNegation(value)) return reading(place, () => check(value))
  if (!negatable)
    throw new ChainmailError('bad-rule', `${place}: ${shown(value)} is negated, and this option cannot be.`, {
      path: place,
    })
  return { not: reading(place, () => check(value.not)) }
}

export function isNegation(value: unknown): value is { readonly not: unknown } {
  return typeof value === 'object' && value !== null && 'not' in value && Object.keys(value).length === 1
}
