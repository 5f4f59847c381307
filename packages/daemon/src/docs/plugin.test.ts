import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestServer, testServer } from '../v1/test-server.ts'
import { fileNames } from './files.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const get = (url: string, headers = {}) => server.app.inject({ url, headers })
const parts = ['/docs', '/docs/', '/docs/begin.js', ...fileNames.map((name) => `/docs/${name}`)]

it.each(parts)('%s is there, and may load nothing foreign', async (url) => {
  const { statusCode, headers } = await get(url)
  expect(statusCode).toBe(200)
  const policy = String(headers['content-security-policy'])
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toMatch(/unsafe|https?:|\*/)
  expect(headers['x-content-type-options']).toBe('nosniff')
})

it('shows a page whose every part is one of these', async () => {
  const { body, headers } = await get('/docs')
  expect(headers['content-type']).toBe('text/html; charset=utf-8')
  const wanted = Array.from(body.matchAll(/(?:src|href)="([^"]*)"/g), ([, url = '']) => url)
  expect(wanted).toHaveLength(5)
  for (const url of wanted) expect([...parts, '/v1/openapi.json']).toContain(url)
  // The policy forbids scripts and styles that stand in the page itself.
  expect(body).not.toMatch(/<script>|<style|style=|onload=/)
})

it('starts with a script that asks nobody else, and sends no change', async () => {
  const { body } = await get('/docs/begin.js')
  expect(body).not.toMatch(/https?:\/\//)
  expect(body).toContain('validatorUrl: null')
  expect(body).toContain("supportedSubmitMethods: ['get']")
})

it('has a style sheet that asks for no font or picture of others', async () => {
  const { body } = await get('/docs/swagger-ui.css')
  const wanted = Array.from(body.matchAll(/url\((['"]?)(.*?)\1\)/g), ([, , url = '']) => url)
  for (const url of wanted) expect(url).toMatch(/^data:/)
  expect(body).not.toContain('@import')
})

it('sends a file once as long as it is the same', async () => {
  const first = await get('/docs/swagger-ui-bundle.js')
  expect(Number(first.headers['content-length'])).toBe(first.rawPayload.length)
  const { etag } = first.headers
  const again = await get('/docs/swagger-ui-bundle.js', { 'if-none-match': etag })
  expect(again.statusCode).toBe(304)
  expect(again.rawPayload).toHaveLength(0)
})

it.each(['/docs/index.html', '/docs/../package.json', '/docs/%2e%2e/package.json', '/docs/swagger-ui.js'])(
  'has no %s',
  async (url) => {
    // Paths that nothing else has are read as commands of rfw's.
    expect([400, 404]).toContain((await get(url)).statusCode)
  },
)

it('is for reading', async () => {
  const { statusCode, headers } = await server.app.inject({ method: 'POST', url: '/docs' })
  expect(statusCode).toBe(405)
  expect(headers.allow).toBe('GET')
})
