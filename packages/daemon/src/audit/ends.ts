import { readFileSync } from 'node:fs'
import { codeOf } from '../errors.ts'
import { HASH, type Head } from './record.ts'

/** Where the chain begins and ends, as it is told beside the records. */
export interface Ends {
  /** The oldest record that is kept, and the hash that it has to begin from. */
  readonly first: { readonly number: number; readonly previous: string }
  readonly last: Head
}

/** Bytes of the text, however long its numbers are: it is written over itself in one piece. */
const LENGTH = 512

export function endsText(ends: Ends): string {
  return `${JSON.stringify(ends).padEnd(LENGTH - 1)}\n`
}

/** Undefined where there is no such file, or it is none. */
export function readEnds(path: string): Ends | undefined {
  try {
    const { first, last }: Record<string, unknown> = { ...JSON.parse(readFileSync(path, 'utf8')) }
    const [from, to] = [pair(first, 'previous'), pair(last, 'hash')]
    if (from === undefined || to === undefined) return undefined
    return { first: { number: from.number, previous: from.hash }, last: to }
  } catch (error) {
    if (error instanceof SyntaxError || codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function pair(value: unknown, member: string): Head | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { number, [member]: hash }: Record<string, unknown> = { ...value }
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) return undefined
  return typeof hash === 'string' && HASH.test(hash) ? { number, hash } : undefined
}
