import { request as httpsRequest } from 'node:https'
import { getCACertificates } from 'node:tls'
import { http } from '../../node-http.ts'
import { isLoopbackHost } from './issuer-url.ts'

/** Bytes: an issuer's keys take some thousands. */
const LONGEST = 512 * 1024
/** Milliseconds for all of it. */
const TIMEOUT = 5_000

/**
 * Reads a document of an issuer's as JSON. No redirection is followed: where the keys are says the issuer itself.
 * @param authorities certificates in PEM, trusted beside those of Node
 * @throws Error in words for the log
 */
export async function readDocument(url: URL, authorities: string | undefined): Promise<unknown> {
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackHost(url.hostname)))
    throw new Error(`${url.href} is not read, since it is not encrypted`)
  return JSON.parse(await textOf(url, authorities))
}

function textOf(url: URL, authorities: string | undefined): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const options = {
    agent: false,
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(TIMEOUT),
  }
  const trust = authorities === undefined ? {} : { ca: [...getCACertificates('default'), authorities] }
  const sent =
    url.protocol === 'https:'
      ? httpsRequest(url, { ...options, ...trust, minVersion: 'TLSv1.2' })
      : http.request(url, options)
  sent.on('error', reject)
  sent.on('response', (response) => {
    const chunks: Buffer[] = []
    let length = 0
    response.on('error', reject)
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      length += chunk.length
      if (length > LONGEST) sent.destroy(new Error(`${url.href} answers with more than ${LONGEST} bytes`))
    })
    response.on('end', () => {
      if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8'))
      else reject(new Error(`${url.href} answers with HTTP status ${response.statusCode}`))
    })
  })
  sent.end()
  return promise
}
