import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { checkHttpsPeer, checkLoopbackPeer } from './host-check.ts'

function requestWith(headers: Readonly<Record<string, string>>): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  Object.assign(request.headers, headers)
  request.url = '/v1/bans'
  return request
}

const check = (headers: Readonly<Record<string, string>>, port = 7390) =>
  checkLoopbackPeer(requestWith(headers), port)

describe('a request on loopback', () => {
  it.each(['localhost:7390', '127.0.0.1:7390', '[::1]:7390', 'LOCALHOST:7390', '127.0.0.2:7390'])(
    'is let in when it is for %s',
    (host) => expect(() => check({ host })).not.toThrow(),
  )

  it.each([
    'evil.example',
    'evil.example:7390',
    'localhost',
    'localhost:80',
    'localhost:7391',
    'localhost:',
    'localhost.evil.example:7390',
    'localhost:7390.evil.example',
    'evil.example@localhost:7390',
    '127.0.0.1.evil.example:7390',
    '127.evil.example:7390',
    '0.0.0.0:7390',
    '::1:7390',
    '[::1:7390',
    '[::]:7390',
    '192.0.2.1:7390',
    '',
  ])('is refused when it is for %j', (host) => {
    expect(() => check({ host })).toThrow(expect.objectContaining({ code: 'host-not-allowed' }))
  })

  it('is refused without a Host header', () => {
    expect(() => check({})).toThrow(expect.objectContaining({ code: 'host-not-allowed' }))
  })

  it('may leave out port 80 alone', () => {
    expect(() => check({ host: 'localhost' }, 80)).not.toThrow()
  })

  it.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:3000' },
    { origin: 'https://localhost:7390' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('is refused when a page of another site sent it: %j', (headers) => {
    expect(() => check({ host: 'localhost:7390', ...headers })).toThrow(
      expect.objectContaining({ code: 'cross-site-refused' }),
    )
  })

  it.each([
    { origin: 'http://localhost:7390' },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
  ])('is let in from its own pages and from the address bar: %j', (headers) =>
    expect(() => check({ host: 'localhost:7390', ...headers })).not.toThrow(),
  )
})

describe('a request that names two hosts', () => {
  const own = 'localhost:7390'
  const refused = expect.objectContaining({ code: 'bad-http' })

  function requestFor(url: string, ...hosts: readonly string[]): IncomingMessage {
    const request = requestWith({ host: own })
    request.url = url
    request.rawHeaders = ['Accept', '*/*', ...hosts.flatMap((host) => ['Host', host])]
    return request
  }

  it.each(['evil.example', own])('in two headers is refused: %s', (other) => {
    expect(() => checkLoopbackPeer(requestFor('/v1/bans', own, other), 7390)).toThrow(refused)
    expect(() => checkHttpsPeer(requestFor('/v1/bans', own, other), () => true)).toThrow(refused)
  })

  it.each(['http://evil.example/v1/bans', 'http://localhost:7390@evil.example/', 'http:///v1', 'v1', ''])(
    'in the header and in the URL is refused: %j',
    (url) => expect(() => checkLoopbackPeer(requestFor(url, own), 7390)).toThrow(refused),
  )

  it.each(['/v1/bans', '//evil.example/v1', '*', 'http://LOCALHOST:7390/v1/bans', 'http://localhost:7390'])(
    'and in truth one is let in: %j',
    (url) => expect(() => checkLoopbackPeer(requestFor(url, own), 7390)).not.toThrow(),
  )
})

describe('a request by HTTPS', () => {
  const names = ['fw.example.org', '192.0.2.1', '2001:db8::1']
  const checkHttps = (headers: Readonly<Record<string, string>>) =>
    checkHttpsPeer(requestWith(headers), (name) => names.includes(name))

  it.each(['fw.example.org', 'FW.Example.org:7393', '192.0.2.1:443', '[2001:DB8::1]:7393', '[2001:db8::1]'])(
    'is let in when it is for %s',
    (host) => expect(() => checkHttps({ host })).not.toThrow(),
  )

  it.each([
    'evil.example:7393',
    'fw.example.org.evil.example',
    'evil@fw.example.org',
    'fw.example.org:7393:7393',
    'fw.example.org:',
    'fw.example.org/',
    '2001:db8::1',
    '[fw.example.org]',
    '',
  ])('is refused when it is for %j', (host) => {
    expect(() => checkHttps({ host })).toThrow(expect.objectContaining({ code: 'host-not-allowed' }))
  })

  it('is refused without a Host header', () => {
    expect(() => checkHttps({})).toThrow(expect.objectContaining({ code: 'host-not-allowed' }))
  })

  it.each([
    { origin: 'https://evil.example' },
    { origin: 'http://fw.example.org' },
    { origin: 'https://fw.example.org:8443' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('is refused when a page of another site sent it: %j', (headers) => {
    expect(() => checkHttps({ host: 'fw.example.org', ...headers })).toThrow(
      expect.objectContaining({ code: 'cross-site-refused' }),
    )
  })

  it.each([{ origin: 'https://fw.example.org' }, { 'sec-fetch-site': 'same-origin' }])(
    'is let in from its own pages: %j',
    (headers) => expect(() => checkHttps({ host: 'fw.example.org', ...headers })).not.toThrow(),
  )
})
