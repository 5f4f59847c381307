import type { BanScope } from 'chainmail'

/** A scope in one word, as it is typed and as the daemon reads it in a query. */
export function scopeWord(scope: BanScope): string {
  if (typeof scope === 'string') return scope
  return 'interface' in scope ? `interface:${scope.interface}` : scope.ports.join(',')
}
