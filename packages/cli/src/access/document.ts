import { refusal } from '../refusal.ts'
import type { Amount } from './access.ts'

/**
 * Readers for the JSON documents of a daemon, which may be older, newer or no daemon at all. Members that are not
 * read are let be. Each throws a Refusal `unexpected-answer` that names the member at fault.
 */
export type Members = Readonly<Record<string, unknown>>

export function members(value: unknown, path: string): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw unexpected(path, 'an object')
}

export function list<T>(
  value: unknown,
  path: string,
  read: (item: unknown, path: string) => T,
): readonly T[] {
  if (Array.isArray(value)) return value.map((item: unknown, index) => read(item, `${path}[${index}]`))
  throw unexpected(path, 'a list')
}

export function textOf(value: unknown, path: string): string {
  if (typeof value === 'string') return value
  throw unexpected(path, 'a text')
}

export function numberOf(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw unexpected(path, 'a number')
}

export function flagOf(value: unknown, path: string): boolean {
  if (typeof value === 'boolean') return value
  throw unexpected(path, 'true or false')
}

/** A counter: a number, or decimal digits in a text above 2^53 - 1. */
export function amountOf(value: unknown, path: string): Amount {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return BigInt(value)
  throw unexpected(path, 'a counter')
}

/** What the reader makes of a value that is there; undefined or null count as absent. */
export function optional<T>(
  value: unknown,
  path: string,
  read: (value: unknown, path: string) => T,
): T | undefined {
  return value === undefined || value === null ? undefined : read(value, path)
}

function unexpected(path: string, wanted: string): Error {
  return refusal(
    'unexpected-answer',
    'Unexpected answer',
    `The daemon's answer cannot be read: ${path} is not ${wanted}.`,
    'Is the daemon of another version than this command? chainmail --version tells this one.',
  )
}
