import { ChainmailError } from '../../errors.ts'
import { type BanScope, type ElementTail, parseScope, type Scope, type ScopeKind } from './scope.ts'

const plain = ['everything', 'input', 'output', 'forward'] as const

const INTERFACE = /^interface:(.+)$/su

/**
 * Reads a scope in one word: `everything`, `input`, `output`, `forward`, `interface:eth0`, `tcp:22,udp:5000-5010`.
 *
 * @throws ChainmailError `bad-scope`
 */
export function readScope(text: string): BanScope {
  const found = plain.find((scope) => scope === text)
  if (found !== undefined) return found
  const name = INTERFACE.exec(text)?.[1]
  const scope = name === undefined ? { ports: text.split(',') } : { interface: name }
  try {
    parseScope(scope)
  } catch (error) {
    if (name !== undefined || text.includes(':')) throw error
    throw new ChainmailError(
      'bad-scope',
      `scope: ${JSON.stringify(text.slice(0, 60))} is not everything, input, output, forward, interface:NAME or ports such as tcp:22.`,
      { path: 'scope' },
    )
  }
  return scope
}

/** The word of each element that a ban of this scope has: the scope itself, or one for each port. */
export function elementScopes({ kind, tails }: Scope): string[] {
  return tails.map((tail) => elementScope(kind, tail))
}

/** The word of the scope of one element. */
export function elementScope(kind: ScopeKind, { text, wildcard }: ElementTail): string {
  if (kind === 'ports') return text.slice(1)
  return kind === 'interface' ? `interface:${text.slice(1)}${wildcard === true ? '+' : ''}` : kind
}
