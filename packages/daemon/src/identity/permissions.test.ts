import { expect, it } from 'vitest'
import { readPermissions } from './permissions.ts'

it.each([
  [{ everything: true }, { everything: true }],
  [{ read: true, everything: false }, { read: true }],
  [{ ban: {} }, { ban: {} }],
  [
    {
      ban: {
        longest: '1d',
        widest: { ipv4: 24 },
        scopes: ['tcp:22-23', 'input'],
        sets: ['block*'],
        perMinute: 60,
        unban: true,
      },
    },
    {
      ban: {
        longest: 86_400,
        widest: { ipv4: 24 },
        scopes: ['tcp:22', 'tcp:23', 'input'],
        sets: ['block*'],
        perMinute: 60,
        unban: true,
      },
    },
  ],
  [{ edit: { chains: ['filter/INPUT', '*'] } }, { edit: { chains: ['filter/INPUT', '*'], sets: [] } }],
])('%j is read', (given, read) => {
  expect(readPermissions(given)).toEqual(read)
  expect(readPermissions(JSON.parse(JSON.stringify(read)))).toEqual(read)
})

it.each([
  [undefined, 'permissions: it has to be an object'],
  [[], 'permissions: it has to be an object'],
  [{}, 'permissions: it allows nothing'],
  [{ read: false }, 'permissions: it allows nothing'],
  [{ read: 'true' }, 'permissions.read: it has to be true or false'],
  [{ write: true }, 'permissions: "write" is not a member'],
  [{ everything: true, read: true }, 'permissions: everything stands alone'],
  [{ ban: true }, 'permissions.ban: it has to be an object'],
  [{ ban: { longest: '1 day' } }, 'permissions.ban.longest: "1 day" is not a duration'],
  [{ ban: { longest: 0 } }, 'permissions.ban.longest'],
  [
    { ban: { widest: { ipv4: 33 } } },
    'permissions.ban.widest.ipv4: it has to be a whole number from 0 to 32',
  ],
  [{ ban: { widest: { ipv5: 1 } } }, 'permissions.ban.widest: "ipv5"'],
  [{ ban: { scopes: ['tcp'] } }, 'permissions.ban.scopes[0]'],
  [{ ban: { perMinute: 0.5 } }, 'permissions.ban.perMinute'],
  [{ edit: { chains: ['INPUT'] } }, 'permissions.edit.chains[0]: "INPUT" is not table/chain'],
  [{ edit: { chains: ['filter/'] } }, 'permissions.edit.chains[0]'],
  [{ edit: { sets: ['a*b'] } }, 'permissions.edit.sets[0]: "a*b" has a * that is not at its end'],
  [{ edit: { sets: [''] } }, 'permissions.edit.sets[0]'],
  [JSON.parse('{"__proto__": {"everything": true}}'), 'permissions'],
])('%j is refused', (given, words) => {
  expect(() => readPermissions(given)).toThrow(
    expect.objectContaining({ code: 'bad-request', message: expect.stringContaining(words) }),
  )
})

it('a second factor may be asked of whoever has permissions, and is none itself', () => {
  for (const may of [{ everything: true }, { read: true }, { edit: { chains: ['*'], sets: [] } }])
    expect(readPermissions({ ...may, secondFactor: true })).toEqual({ ...may, secondFactor: true })
  expect(readPermissions({ read: true, secondFactor: false })).toEqual({ read: true })
  expect(() => readPermissions({ secondFactor: true })).toThrow('it allows nothing')
  expect(() => readPermissions({ read: true, secondFactor: 'yes' })).toThrow('permissions.secondFactor')
})
