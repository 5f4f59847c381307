import { isIPv4 } from 'node:net'

/**
 * Whether a text is the URL of an issuer: https, without query and fragment (OpenID Connect Discovery 1.0, section 3).
 * What is not encrypted may be on this host only, where nobody stands between.
 */
export function isIssuerUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || /[?#\s]/.test(text) || `${url.username}${url.password}` !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))
}

/** Where an issuer tells of itself: section 4 of the same. */
export function discoveryUrl(issuer: string): URL {
  return new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
}

/** @param host as `URL` writes it */
export function isLoopbackHost(host: string): boolean {
  return host === '[::1]' || host === 'localhost' || (isIPv4(host) && host.startsWith('127.'))
}
