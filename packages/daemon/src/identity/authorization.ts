import type { IncomingMessage } from 'node:http'
import { Rejection } from './authenticator.ts'

/** The header `Authorization`, RFC 9110 section 11.6.2. */
export interface Authorization {
  /** In lower case: its case means nothing. */
  readonly scheme: string
  readonly credentials: string
}

/** scheme SP credentials; both visible ASCII. */
const HEADER = /^([!#$%&'*+.^_`|~\w-]+) +([!-~]+) *$/

/**
 * Takes the header apart. One that is there twice is refused, since Node would keep the first and a proxy in front
 * may have looked at the last.
 */
export function authorizationOf(request: IncomingMessage): Authorization | Rejection | undefined {
  const header = request.headers.authorization
  if (header === undefined) return undefined
  if (isTwice(request.rawHeaders)) return new Rejection('the header Authorization is there twice')
  const [, scheme, credentials] = HEADER.exec(header) ?? []
  if (scheme === undefined || credentials === undefined)
    return new Rejection('the header Authorization has no scheme and credentials')
  return { scheme: scheme.toLowerCase(), credentials }
}

/** @param words name, value, name, value … as they came */
function isTwice(words: readonly string[]): boolean {
  const names = words.filter((word, index) => index % 2 === 0 && word.toLowerCase() === 'authorization')
  return names.length > 1
}
