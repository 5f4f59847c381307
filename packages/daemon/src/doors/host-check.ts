import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { DaemonError } from '../errors.ts'

/**
 * What protects a server from the web pages that a browser shows, which can reach whatever the browser's machine reaches.
 *
 * 1. DNS rebinding: a page's own name may be made to resolve to the server's address. Its requests still name it in the
 *    Host header, so only the server's own names and addresses are let in.
 * 2. Cross-site requests: browsers mark them with Origin or Sec-Fetch-Site. "same-site" is refused too: another
 *    port of localhost is the same site (https://www.w3.org/TR/fetch-metadata/).
 *
 * There is no header that would let a page of another site read an answer (CORS).
 */

/** A server on loopback. @throws DaemonError `bad-http`, `host-not-allowed`, `cross-site-refused` */
export function checkLoopbackPeer(request: IncomingMessage, port: number): void {
  const { host } = request.headers
  checkOneHost(request)
  if (host === undefined || !isLoopbackHost(host, port))
    throw new DaemonError(
      'host-not-allowed',
      `This daemon answers to localhost:${port}, 127.0.0.1:${port} and [::1]:${port}, not to ${JSON.stringify(host ?? '')}.`,
    )
  checkSite(request, `http://${host}`)
}

/**
 * A server of HTTPS. Which port the request says it is for does not matter: one may be forwarded to another.
 * @param isOwnName whether a name or address, in small letters, is the server's
 * @throws DaemonError `bad-http`, `host-not-allowed`, `cross-site-refused`
 */
export function checkHttpsPeer(request: IncomingMessage, isOwnName: (name: string) => boolean): void {
  const { host } = request.headers
  checkOneHost(request)
  const name = host === undefined ? undefined : nameOfHost(host)
  if (name === undefined || !isOwnName(name))
    throw new DaemonError(
      'host-not-allowed',
      `${JSON.stringify(host ?? '')} is none of the names and addresses of this daemon's certificate: where it is a name of this host, add it to https.names.`,
    )
  checkSite(request, `https://${host}`)
}

/** The name or address of a Host header, in small letters, without its port and brackets; undefined where it is none. */
export function nameOfHost(header: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::\d{1,5})?$/i.exec(header) ?? []
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? bracketed.toLowerCase() : undefined
  return plain?.toLowerCase()
}

/**
 * A request names its host once: RFC 9112, 3.2. Of two headers Node keeps the first, where a proxy in front may have looked
 * at the last; and a whole URL, as proxies are sent one, goes before the header (3.2.2).
 */
function checkOneHost({ url = '', headers: { host }, rawHeaders }: IncomingMessage): void {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]
    if (name?.length === 4 && name.toLowerCase() === 'host') count++
  }
  if (count > 1) throw new DaemonError('bad-http', 'The header Host is there twice.')
  if (url.startsWith('/') || url === '*') return
  const [, authority] = /^https?:\/\/([^/?#]*)/i.exec(url) ?? []
  if (host === undefined || authority?.toLowerCase() !== host.toLowerCase())
    throw new DaemonError('bad-http', 'The URL of the request is for another host than its header Host.')
}

function checkSite({ headers }: IncomingMessage, own: string): void {
  const { origin, 'sec-fetch-site': site } = headers
  if (origin !== undefined && origin !== own)
    throw new DaemonError(
      'cross-site-refused',
      `Requests of a page from ${JSON.stringify(origin)} are refused.`,
    )
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new DaemonError('cross-site-refused', 'Requests of a page from another site are refused.')
}

function isLoopbackHost(host: string, port: number): boolean {
  const colon = host.lastIndexOf(':')
  const bracket = host.lastIndexOf(']')
  const hasPort = colon > bracket
  const name = (hasPort ? host.slice(0, colon) : host).toLowerCase()
  // A client leaves out the port that its scheme stands for.
  const named = hasPort ? host.slice(colon + 1) : '80'
  return named === String(port) && (name === 'localhost' || name === '[::1]' || isLoopbackIpv4(name))
}

function isLoopbackIpv4(name: string): boolean {
  return name.startsWith('127.') && isIP(name) === 4
}
