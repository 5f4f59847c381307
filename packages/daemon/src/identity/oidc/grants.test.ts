import { describe, expect, it } from 'vitest'
import { claimOf, grantedTo, readGrants } from './grants.ts'
import { isIssuerUrl } from './issuer-url.ts'

describe('the file of groups', () => {
  it('says what each may do, as keys do', () => {
    const text = '[{ "group": "soc", "permissions": { "ban": { "longest": "1d" } } }]'
    expect(readGrants(text)).toEqual([{ group: 'soc', permissions: { ban: { longest: 86_400 } } }])
  })

  it.each([
    ['{}', 'a list'],
    ['[1]', '[0] has to be an object'],
    ['[{"group":"","permissions":{"read":true}}]', '[0].group'],
    ['[{"group":"a"}]', '[0].permissions'],
    ['[{"group":"a","permissions":{}}]', 'it allows nothing'],
    ['[{"group":"a","permissions":{"reads":true}}]', '"reads" is not a member'],
    ['[{"group":"a","permissions":{"read":true},"for":"1d"}]', '"for" is not a member'],
    [
      '[{"group":"a","permissions":{"read":true}},{"group":"a","permissions":{"everything":true}}]',
      'is there twice',
    ],
    ['[', 'JSON'],
  ])('is refused as %s', (text, words) => {
    expect(() => readGrants(text)).toThrow(words)
  })
})

describe('a claim', () => {
  it('is found by its name, with dots in it or around it, and never above the token', () => {
    const claims = { 'https://example.org/groups': ['a'], realm_access: { roles: ['b'] } }
    expect(claimOf(claims, 'https://example.org/groups')).toEqual(['a'])
    expect(claimOf(claims, 'realm_access.roles')).toEqual(['b'])
    for (const name of ['constructor', '__proto__', 'realm_access.constructor', 'roles', ''])
      expect(claimOf(claims, name)).toBeUndefined()
  })

  it('names groups as a list of texts, or with blanks between', () => {
    const grants = readGrants(
      '[{"group":"a b","permissions":{"everything":true}},{"group":"b","permissions":{"read":true}}]',
    )
    const granted = (groups: unknown) => grantedTo({ groups }, 'groups', grants)
    expect(granted('a b')).toEqual({ read: true })
    expect(granted(['a b', 'b'])).toEqual({ everything: true })
    for (const none of [undefined, null, 1, {}, { b: true }, [['b']], [{ b: 1 }], ['B'], ''])
      expect(granted(none)).toEqual({})
  })
})

describe('the URL of an issuer', () => {
  it('is encrypted, unless it leads to this host', () => {
    for (const url of [
      'https://login.example.org',
      'https://e.org/realms/a/',
      'http://127.0.0.1:1',
      'http://[::1]',
      'http://localhost:3000',
    ])
      expect([url, isIssuerUrl(url)]).toEqual([url, true])
    for (const url of [
      'http://example.org',
      'http://127.0.0.1.example.org',
      'https://a@b.org',
      'https://e.org?a',
      'https://e.org#a',
      'ftp://e.org',
      'e.org',
      '',
    ])
      expect([url, isIssuerUrl(url)]).toEqual([url, false])
  })
})
