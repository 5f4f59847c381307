import { expect, it } from 'vitest'
import { discoveryUrl, isIssuerUrl } from './issuer-url.ts'

it.each([
  'https://login.example.org',
  'https://login.example.org/realms/staff',
  'https://login.example.org:8443/',
  'http://localhost:9000',
  'http://127.0.0.1:9000/realm',
  'http://[::1]:9000',
])('%s may be an issuer', (text) => expect(isIssuerUrl(text)).toBe(true))

it.each([
  'http://login.example.org',
  'http://localhost.example.org',
  'http://127.0.0.1.example.org',
  'http://192.0.2.1',
  'http://127.1.example.org',
  'http://[::ffff:192.0.2.1]',
  'https://alice:secret@login.example.org',
  'https://login.example.org?realm=staff',
  'https://login.example.org#staff',
  'https://login.example.org/ ',
  'file:///etc/passwd',
  'ftp://login.example.org',
  'login.example.org',
  '',
])('%j is none', (text) => expect(isIssuerUrl(text)).toBe(false))

it('tells of itself below its own path', () => {
  const place = '/.well-known/openid-configuration'
  expect(discoveryUrl('https://a.example').href).toBe(`https://a.example${place}`)
  expect(discoveryUrl('https://a.example/realms/staff/').href).toBe(`https://a.example/realms/staff${place}`)
})
