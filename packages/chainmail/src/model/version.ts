import type { Context } from './kind.ts'

/** What a context says of a version of iptables, such as `1.8.9`. */
export type Spelling = Pick<Context, 'iptables'>

/** How a version of iptables reads and prints rules, as far as the model tells versions apart. */
export function spellingOf(version: string): Spelling {
  return version.localeCompare('1.8.11', 'en', { numeric: true }) < 0 ? {} : { iptables: '1.8.11' }
}
