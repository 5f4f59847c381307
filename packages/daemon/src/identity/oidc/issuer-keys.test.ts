import { once } from 'node:events'
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import { expect, it } from 'vitest'
import { openTestHttps } from '../../doors/test-https.ts'
import { IssuerKeys } from './issuer-keys.ts'

it('an issuer that answers by HTTPS has its keys nowhere else: not where this host answers itself, by plain HTTP', async () => {
  const { publicKey } = await generateKeyPair('ES256')
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] })
  let questions = 0
  const inside = createServer((_request, response) => {
    questions++
    response.end(keys)
  }).listen(0, '127.0.0.1')
  await once(inside, 'listening')
  const address = inside.address()
  const port = typeof address === 'object' ? address?.port : undefined
  let place = `http://127.0.0.1:${port}/keys`
  await using https = await openTestHttps(({ url = '', headers: { host } }, response) =>
    response.end(url === '/keys' ? keys : JSON.stringify({ issuer: `https://${host}`, jwks_uri: place })),
  )
  try {
    const fresh = () => new IssuerKeys({ issuer: https.url, authorities: https.ca, onFault: () => undefined })
    await expect(fresh().current()).rejects.toMatchObject({
      code: 'issuer-unreachable',
      cause: expect.objectContaining({ message: expect.stringContaining('not encrypted') }),
    })
    expect(questions).toBe(0)
    place = `${https.url}/keys`
    expect(await fresh().current()).toMatchObject({ text: expect.stringContaining('"one"') })
  } finally {
    inside.close()
  }
})
