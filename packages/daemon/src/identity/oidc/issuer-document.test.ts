import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { describe, expect, it } from 'vitest'
import { openTestHttps } from '../../doors/test-https.ts'
import { readDocument } from './issuer-document.ts'

/** What comes of a document of a server on loopback. */
async function read(listener: RequestListener): Promise<unknown> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  try {
    return await readDocument(new URL(`http://127.0.0.1:${port}/`), undefined)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe('a document of an issuer', () => {
  it('is read by HTTPS when its authority is trusted, and not otherwise', async () => {
    await using https = await openTestHttps((_request, response) => response.end('{"issuer":"it"}'))
    const url = new URL(https.url)
    expect(await readDocument(url, https.ca)).toEqual({ issuer: 'it' })
    await expect(readDocument(url, undefined)).rejects.toMatchObject({
      code: expect.stringMatching(/CERT|SIGNATURE/),
    })
    await using other = await openTestHttps((_request, response) => response.end('{}'))
    await expect(readDocument(url, other.ca)).rejects.toThrow()
  })

  it('is not read where others could have written in it', async () => {
    await expect(readDocument(new URL('http://192.0.2.1/'), undefined)).rejects.toThrow('not encrypted')
    await expect(readDocument(new URL('file:///etc/passwd'), undefined)).rejects.toThrow('not encrypted')
  })

  it('is not looked for elsewhere, and neither too long nor anything but JSON', async () => {
    await expect(
      read((_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()),
    ).rejects.toThrow('HTTP status 302')
    await expect(read((_request, response) => response.end(`"${'x'.repeat(600_000)}"`))).rejects.toThrow(
      'more than',
    )
    await expect(read((_request, response) => response.end('<html>'))).rejects.toThrow('JSON')
    await expect(read((request) => request.socket.destroy())).rejects.toThrow()
    await expect(
      read((_request, response) => {
        response.writeHead(200, { 'content-length': 10 }).write('{')
        response.destroy()
      }),
    ).rejects.toThrow()
  })
})
