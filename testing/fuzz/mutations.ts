import type { Chance } from './chance.ts'
import { type Draft, requestOf } from './generator.ts'
import { hostileText, hostileValue } from './hostile.ts'
import type { FuzzRequest } from './request.ts'

type Mutation = (request: FuzzRequest, draft: Draft, chance: Chance) => FuzzRequest

/** The request with something wrong about it. What rules it names by then, nobody knows: none may come of it but as it was. */
export function mutated(request: FuzzRequest, draft: Draft, chance: Chance): FuzzRequest {
  const possible = request.body === undefined ? withoutBody : [...withBody, ...withBody, ...withoutBody]
  return { ...chance.one(possible)(request, draft, chance), isMutated: true }
}

const withBody: readonly Mutation[] = [
  (request, draft, chance) => {
    const { json, lines } = draft.made
    if (json !== undefined) return withMade(request, draft, { ...draft.made, json: changed(json, chance) })
    if (lines !== undefined)
      return withMade(request, draft, {
        lines: lines.map((line) => (chance.comes(0.5) ? changed(line, chance) : line)),
      })
    return {
      ...request,
      body: Buffer.from(`${Buffer.from(request.body ?? []).toString()}${hostileText(chance)}`),
    }
  },
  (request, _, chance) => ({ ...request, body: brokenBytes(request.body ?? Buffer.alloc(0), chance) }),
  (request, _, chance) => ({
    ...request,
    headers: { ...request.headers, 'content-type': chance.one(contentTypes) },
  }),
  (request) => {
    const { 'content-type': _, ...headers } = request.headers
    return { ...request, headers }
  },
]

const withoutBody: readonly Mutation[] = [
  (request, _, chance) => ({
    ...request,
    path: `${request.path}${request.path.includes('?') ? '&' : '?'}${chance.one(queries)}`,
  }),
  (request, draft, chance) =>
    requestOf(
      request.operation,
      {
        ...draft,
        parts: draft.parts.map((part, index) =>
          draft.places.includes(index) && chance.comes(0.6) ? hostileText(chance) : part,
        ),
      },
      request,
    ),
  (request, draft, chance) =>
    requestOf(
      request.operation,
      {
        ...draft,
        query: draft.query.map(([name, value]) => [name, chance.comes(0.6) ? hostileText(chance) : value]),
      },
      request,
    ),
  (request, _, chance) => ({ ...request, headers: { ...request.headers, ...chance.one(headers) } }),
  (request, _, chance) => ({
    ...request,
    operation: undefined,
    method: chance.one(['PATCH', 'OPTIONS', 'HEAD', 'PROPFIND', 'PUT', 'DELETE', 'POST', 'GET']),
  }),
  (request, _, chance) => ({ ...request, operation: undefined, path: chance.one(paths) }),
  (request, _, chance) => ({
    ...request,
    operation: undefined,
    raw: Buffer.from(chance.one(raws), 'latin1'),
  }),
  (request) => ({ ...request, caller: undefined, door: 'https' }),
]

const contentTypes = [
  'application/x-ndjson',
  'text/plain',
  'application/json; charset=utf-16',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/jsonx',
  'json',
  '',
  'application/json;;;',
  'APPLICATION/JSON',
]

const queries = [
  'x=1',
  'dryRun=TRUE',
  'dryRun=true&dryRun=false',
  'dryRun',
  'dryRun=',
  'dryrun=true',
  'force=true&force=true',
  'family=ipv5',
  'family[]=ipv4',
  '__proto__=1',
  'limit=-1',
  'limit=1e9',
  'confirmWithin=0.1s',
  '%',
  '%ff%fe',
  '&&&==',
  `x=${'y'.repeat(3_000)}`,
]

const headers: readonly Readonly<Record<string, string>>[] = [
  { 'idempotency-key': 'unquoted' },
  { 'idempotency-key': '""' },
  { 'idempotency-key': `"${'k'.repeat(300)}"` },
  { 'idempotency-key': '"a", "b"' },
  { 'if-match': '*' },
  { 'if-match': 'W/"x"' },
  { 'if-match': '"x", "y", *' },
  { 'if-none-match': '*' },
  { 'if-match': '"x"', 'if-none-match': '"x"' },
  { 'last-event-id': '-1' },
  { 'last-event-id': '99999999999999999999' },
  { 'last-event-id': 'x' },
  { 'content-encoding': 'gzip' },
  { 'transfer-encoding': 'gzip, chunked' },
  { expect: '100-continue' },
  { expect: 'something' },
  { accept: 'application/xml' },
  { accept: 'application/x-ndjson' },
  { origin: 'https://evil.example' },
  { 'sec-fetch-site': 'cross-site' },
  { host: 'evil.example' },
  { host: '' },
  { 'x-http-method-override': 'DELETE' },
  { 'chainmail-why': '%zz' },
  { 'chainmail-why': 'w'.repeat(600) },
  { 'chainmail-why': '%22%20-j%20ACCEPT%0a' },
  { 'chainmail-request-id': 'x y' },
  { 'x-long': 'l'.repeat(20_000) },
  { authorization: 'Bearer' },
  { authorization: 'Digest x' },
  { cookie: 'a=b' },
  { connection: 'upgrade', upgrade: 'h2c' },
  { range: 'bytes=0-1' },
]

const paths = [
  '/',
  '/v1',
  '/v1/',
  '/v1//bans',
  '/v1/bans/',
  '/v1/../v1/bans',
  '/v1/bans/%2e%2e/allowlist',
  '/v1/nothing',
  '/v1/bans/%',
  '/v1/bans/%ff',
  '/v1/bans/%00',
  `/v1/sets/${'n'.repeat(600)}`,
  `/v1/bans/${'9'.repeat(9_000)}`,
  '/v1/tables/filter/chains/INPUT/rules/1/2/3',
  '/V1/BANS',
  '/v1/bans;x=1',
  '/docs/../../etc/passwd',
  '/docs/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '/v1/bans#x',
]

/** What is no HTTP, or more than one reader may read in different ways. */
const raws = [
  'GET / HTTP/9.9\r\n\r\n',
  'GET /v1/health HTTP/1.1\r\n\r\n',
  'GET /v1/health HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n',
  'GET /v1/health HTTP/1.1\r\nhost: localhost\r\nx: a\u0000b\r\n\r\n',
  'GET /v1/health HTTP/1.1\r\nhost: localhost\r\nx : b\r\n\r\n',
  'GET /v1/health HTTP/1.1\nhost: localhost\n\n',
  'GET http://evil.example/v1/bans HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n',
  'CONNECT localhost:22 HTTP/1.1\r\nhost: localhost\r\n\r\n',
  'DELETE /v1/bans/198.51.100.7 HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  'PUT /v1/bans/198.51.100.7 HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\n\r\n',
  'PUT /v1/bans/198.51.100.7 HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1, 2\r\n\r\n{}',
  'POST /v1/bans HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
  '{"method":"GET"}\r\n\r\n',
  `GET /v1/health HTTP/1.1\r\nhost: localhost\r\n${'x: y\r\n'.repeat(3_000)}\r\n`,
  'get /v1/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n',
]

function withMade(request: FuzzRequest, draft: Draft, made: Draft['made']): FuzzRequest {
  return { ...requestOf(request.operation, { ...draft, made }, request), rules: request.rules }
}

/** A value with one place of it changed: another value, a member more or one less. */
function changed(value: unknown, chance: Chance): unknown {
  if (Array.isArray(value) && value.length > 0 && chance.comes(0.8)) {
    const at = chance.below(value.length)
    return value.map((item: unknown, index) => (index === at ? changed(item, chance) : item))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return hostileValue(chance)
  const members = Object.entries(value)
  if (members.length === 0 || chance.comes(0.2))
    return Object.fromEntries([
      ...members,
      [chance.comes(0.5) ? chance.word() : hostileText(chance), hostileValue(chance)],
    ])
  const at = chance.below(members.length)
  if (chance.comes(0.15)) return Object.fromEntries(members.filter((_, index) => index !== at))
  return Object.fromEntries(
    members.map(([name, item], index) => [name, index === at ? changed(item, chance) : item]),
  )
}

function brokenBytes(body: Uint8Array, chance: Chance): Uint8Array {
  const bytes = Buffer.from(body)
  switch (chance.below(8)) {
    case 0:
      return bytes.subarray(0, chance.below(bytes.length + 1))
    case 1:
      return Buffer.concat([Buffer.from('\ufeff'), bytes])
    case 2:
      return Buffer.concat([bytes, Buffer.from([0xff, 0xfe, 0x00])])
    case 3:
      return Buffer.concat([bytes, bytes])
    case 4:
      return Buffer.from(
        chance.one([
          '',
          'null',
          '[]',
          '0',
          '"',
          '{',
          '{"a":1,"a":2}',
          '{"__proto__":{"x":1}}',
          '\n\n\n',
          'NaN',
        ]),
      )
    case 5:
      return Buffer.from(bytes.toString('latin1').replaceAll('"', "'"))
    case 6:
      return chance.comes(0.1) ? Buffer.alloc(1_200_000, 'x') : Buffer.from(`${' '.repeat(500)}${bytes}`)
    default: {
      const changed = Buffer.from(bytes)
      for (let count = 0; count < 3 && changed.length > 0; count++)
        changed[chance.below(changed.length)] = chance.below(256)
      return changed
    }
  }
}
