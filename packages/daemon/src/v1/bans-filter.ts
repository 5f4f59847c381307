import { ChainmailError, contains, elementScopes, networkBlock, parseScope, readScope } from 'chainmail'

/** Which bans are wanted; what is absent does not matter. */
export interface BanQuery {
  /** An address or network that the ban has to hold as a whole. */
  readonly contains?: string
  /** A network that has to hold the ban as a whole. */
  readonly within?: string
  /** What the reason has to hold. */
  readonly reason?: string
  readonly who?: string
  readonly scope?: string
  readonly family?: 'ipv4' | 'ipv6'
}

interface Candidate {
  readonly address: string
  readonly family: 'ipv4' | 'ipv6'
  /** The word of its scope. */
  readonly scope: string
  readonly reason?: string | undefined
  readonly who?: string | undefined
}

/** @throws AddressError or ChainmailError `bad-address`; ChainmailError `bad-scope` */
export function banFilter(query: BanQuery): (ban: Candidate) => boolean {
  const { family, who, reason } = query
  const tests: ((ban: Candidate) => boolean)[] = []
  if (family !== undefined) tests.push((ban) => ban.family === family)
  if (who !== undefined) tests.push((ban) => ban.who === who)
  if (reason !== undefined) tests.push((ban) => ban.reason?.includes(reason) === true)
  if (query.scope !== undefined) {
    const scopes = new Set(elementScopes(parseScope(readScope(query.scope))))
    tests.push(({ scope }) => scopes.has(scope))
  }
  if (query.contains !== undefined) {
    const inner = networkBlock(query.contains)
    tests.push(({ address }) => contains(networkBlock(address), inner))
  }
  if (query.within !== undefined) {
    const outer = networkBlock(query.within)
    tests.push(({ address }) => contains(outer, networkBlock(address)))
  }
  return (ban) => tests.every((test) => test(ban))
}

/** Where the next page begins: behind a ban of the book, or behind one that only the kernel knows. */
export type BanCursor =
  | { readonly in: 'book'; readonly after: number }
  | { readonly in: 'kernel'; readonly after: string | undefined }

export function writeCursor(cursor: BanCursor): string {
  const text = cursor.in === 'book' ? `b${cursor.after}` : `k${cursor.after ?? ''}`
  return Buffer.from(text).toString('base64url')
}

/** @throws ChainmailError `bad-request` */
export function readCursor(text: string | undefined): BanCursor {
  if (text === undefined) return { in: 'book', after: 0 }
  const words = Buffer.from(text, 'base64url').toString()
  if (/^b\d{1,15}$/u.test(words)) return { in: 'book', after: Number(words.slice(1)) }
  if (words.startsWith('k')) return { in: 'kernel', after: words.slice(1) || undefined }
  throw new ChainmailError('bad-request', 'cursor is not the `next` of a page.', { path: 'cursor' })
}
