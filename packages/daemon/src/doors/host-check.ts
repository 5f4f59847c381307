import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { DaemonError } from '../errors.ts'

/**
 * What protects a server on loopback from the web pages that a browser on the same machine shows.
 *
 * 1. DNS rebinding: a page's own name may be made to resolve to 127.0.0.1. Its requests still name it in the Host
 *    header, so only loopback's names and addresses, with the server's own port, are let in.
 * 2. Cross-site requests: browsers mark them with Origin or Sec-Fetch-Site. "same-site" is refused too: another
 *    port of localhost is the same site (https://www.w3.org/TR/fetch-metadata/).
 *
 * @throws DaemonError `host-not-allowed`, `cross-site-refused`
 */
export function checkPeer(request: IncomingMessage, port: number): void {
  const { host, origin, 'sec-fetch-site': site } = request.headers
  if (host === undefined || !isOwnHost(host, port)) {
    throw new DaemonError(
      'host-not-allowed',
      `This daemon answers to localhost:${port}, 127.0.0.1:${port} and [::1]:${port}, not to ${JSON.stringify(host ?? '')}.`,
    )
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    throw new DaemonError(
      'cross-site-refused',
      `Requests of a page from ${JSON.stringify(origin)} are refused.`,
    )
  }
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new DaemonError('cross-site-refused', 'Requests of a page from another site are refused.')
  }
}

function isOwnHost(host: string, port: number): boolean {
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
