import { canonicalElement, InputError, type SetHeader } from '@chainmail/kernel'
import { IpsetRefusal } from './refusal.ts'

/** A port, and another one behind a dash. */
const PORTS = /^(?:[^:]*:)?\d+-\d+$/

/**
 * Ranges that ipset reads, and does not test.
 *
 * @param element as it was read
 * @throws IpsetRefusal
 */
export function refuseRanges(element: string, { type, family }: SetHeader): void {
  const kinds = type.slice(type.indexOf(':') + 1).split(',')
  for (const [index, part] of element.split(',').entries()) {
    const what = rangeIn(part, kinds[index] ?? '', index, type)
    if (what !== undefined)
      throw new IpsetRefusal(
        `${what} range is not allowed in command test with set type ${type} and family ${family}`,
      )
  }
}

function rangeIn(part: string, kind: string, index: number, type: string): string | undefined {
  if (kind === 'port') return PORTS.test(part) ? 'FROM-TO port' : undefined
  if (index > 0 || type === 'hash:ip' || (kind !== 'ip' && kind !== 'net')) return undefined
  if (part.includes('-')) return 'FROM-TO IP'
  return kind === 'ip' && part.includes('/') ? 'IP/CIDR' : undefined
}

/** An element as ipset tells of it. */
export function toldElement(element: string, { type }: SetHeader): string {
  if (type === 'list:set') return element
  try {
    return canonicalElement(type)(element) ?? element
  } catch (error) {
    if (error instanceof InputError) return element
    throw error
  }
}
