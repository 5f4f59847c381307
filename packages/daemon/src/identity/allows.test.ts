import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allows } from './allows.ts'
import { entryNeed } from './ban-needs.ts'
import type { Caller } from './caller.ts'
import type { Need, NeededBan } from './needs.ts'
import { mayEverything, readPermissions } from './permissions.ts'
import { chainNeed, programNeed, setsNeed, touchedNeed } from './rule-needs.ts'

function caller(may: unknown, more: Partial<Caller> = {}): Caller {
  const permissions = readPermissions(may)
  return { name: 'carol', by: 'key', permissions, address: undefined, secondFactor: 'unused', ...more }
}

function missing(may: unknown, need: Need): string | undefined {
  const answer = allows(caller(may), need)
  return answer === true ? undefined : answer.detail
}

const ban: NeededBan = {
  kind: 'ban',
  address: '192.0.2.7',
  blocks: [{ family: 'ipv4', prefix: 32 }],
  scopes: ['everything'],
  seconds: 600,
  shortens: false,
}

describe('bans', () => {
  it('without limits are any bans', () => {
    expect(
      missing({ ban: {} }, { ...ban, seconds: undefined, blocks: [{ family: 'ipv4', prefix: 1 }] }),
    ).toBe(undefined)
  })

  it.each([
    [600, undefined],
    [3_600, undefined],
    [3_601, 'the ban is of 3601 s, and ban.longest is 3600 s'],
    [undefined, 'the ban is for ever, and ban.longest is 3600 s'],
  ])('of %s seconds against an hour', (seconds, words) => {
    const said = missing({ ban: { longest: '1h' } }, { ...ban, seconds })
    expect(said).toBe(words === undefined ? undefined : `carol may not do this: ${words}.`)
  })

  it.each([
    ['ipv4', [24], true],
    ['ipv4', [23], false],
    ['ipv4', [25, 25], true],
    ['ipv4', [25, 25, 32], false],
    ['ipv4', [1, 1], false],
    ['ipv6', [48], true],
    ['ipv6', [47], false],
    ['ipv6', [1, 1], false],
  ] as const)('of %s with the prefixes %s', (family, prefixes, isAllowed) => {
    const widest = { ipv4: 24, ipv6: 48 }
    const blocks = prefixes.map((prefix) => ({ family, prefix }))
    expect(missing({ ban: { widest } }, { ...ban, blocks }) === undefined).toBe(isAllowed)
  })

  it('of a family without a limit are as wide as they are', () => {
    const blocks = [{ family: 'ipv6', prefix: 3 } as const]
    expect(missing({ ban: { widest: { ipv4: 24 } } }, { ...ban, blocks })).toBe(undefined)
  })

  it('stay in their scopes', () => {
    const may = { ban: { scopes: ['tcp:22-23', 'input'] } }
    expect(missing(may, { ...ban, scopes: ['tcp:22', 'tcp:23'] })).toBe(undefined)
    expect(missing(may, { ...ban, scopes: ['input'] })).toBe(undefined)
    expect(missing(may, { ...ban, scopes: ['tcp:22', 'tcp:24'] })).toContain('ban.scopes lacks tcp:24')
    expect(missing(may, ban)).toContain('ban.scopes lacks everything')
    expect(missing({ ban: { scopes: [] } }, ban)).toContain('ban.scopes lacks everything')
  })

  it('take nothing back, and make nothing shorter, unless that is said', () => {
    const unban = { kind: 'unban', address: '192.0.2.7', blocks: ban.blocks, scopes: undefined } as const
    expect(missing({ ban: {} }, unban)).toContain('ban.unban')
    expect(missing({ ban: {} }, { ...ban, shortens: true })).toContain('ban.unban')
    expect(missing({ ban: { unban: true } }, unban)).toBe(undefined)
    expect(missing({ ban: { unban: true } }, { ...ban, shortens: true })).toBe(undefined)
    expect(missing({ ban: { unban: true, scopes: ['input'] } }, unban)).toContain('name a scope')
    expect(
      missing(
        { ban: { unban: true, widest: { ipv4: 32 } } },
        { ...unban, blocks: [{ family: 'ipv4', prefix: 8 }] },
      ),
    ).toContain('ban.widest.ipv4')
  })
})

describe('entries of sets', () => {
  const limited = { ban: { sets: ['block*'], longest: '1h', widest: { ipv4: 24 } } }
  it.each([
    [{ element: '192.0.2.7', timeout: 60 }, undefined],
    [{ element: '192.0.2.0/24,tcp:80', timeout: 60 }, undefined],
    ['192.0.2.7', 'for ever'],
    [{ element: '192.0.2.7', timeout: 0 }, 'for ever'],
    [{ element: '192.0.2.7', timeout: 3_601 }, 'of 3601 s'],
    [{ element: '10.0.0.0/8', timeout: 60 }, 'wider than a /24'],
    [{ element: '10.0.0.1/8', timeout: 60 }, 'wider than a /24'],
    [{ element: '0.0.0.0/0', timeout: 60 }, 'wider than a /24'],
    [{ element: '10.0.0.0-10.0.2.255', timeout: 60 }, 'wider than a /24'],
    [{ element: 'other-set', timeout: 60 }, 'not certain how wide'],
    [{ element: '00:11:22:33:44:55', timeout: 60 }, 'not certain how wide'],
    [
      { element: '192.0.2.7', timeout: 60, nomatch: true },
      'an exception needs the set "blocked" in edit.sets',
    ],
  ])('%j within the limits of bans', (entry, words) => {
    const said = missing(limited, entryNeed('blocked', 'add', entry))
    if (words === undefined) expect(said).toBe(undefined)
    else expect(said).toContain(words)
  })

  it('are any entries where the set may be edited', () => {
    const may = { edit: { sets: ['blocked'] } }
    expect(missing(may, entryNeed('blocked', 'add', { element: '0.0.0.0/0', nomatch: true }))).toBe(undefined)
    expect(missing(may, entryNeed('blocked2', 'delete', '192.0.2.7'))).toContain('blocked2')
  })
})

describe('chains and sets', () => {
  it.each([
    ['filter/INPUT', 'ipv4', 'filter', 'INPUT', true],
    ['filter/INPUT', 'ipv6', 'filter', 'INPUT', true],
    ['ipv4/filter/INPUT', 'ipv6', 'filter', 'INPUT', false],
    ['filter/app-*', 'ipv4', 'filter', 'app-web', true],
    ['filter/app-*', 'ipv4', 'nat', 'app-web', false],
    ['filter/app-*', 'ipv4', 'filter', '*', false],
    ['filter/*', 'ipv4', 'filter', '*', true],
    ['ipv6/filter/*', 'ipv6', 'filter', '*', true],
    ['ipv6/filter/*', 'ipv4', 'filter', '*', false],
    ['*', 'ipv4', 'raw', '*', true],
    ['filter/INPUT', 'ipv4', 'filter', 'input', false],
    ['filter/INPUT', 'ipv4', 'filter', 'INPUT2', false],
  ] as const)('%s against %s %s %s', (pattern, family, table, chain, isAllowed) => {
    expect(missing({ edit: { chains: [pattern] } }, chainNeed(family, table, chain)) === undefined).toBe(
      isAllowed,
    )
  })

  it('are all needed of a request that names several', () => {
    const may = { edit: { chains: ['filter/INPUT'], sets: ['a', 'b'] } }
    expect(missing(may, setsNeed('a', 'b'))).toBe(undefined)
    expect(missing(may, setsNeed('a', 'c'))).toContain('edit.sets lacks "c"')
    expect(missing(may, touchedNeed(['ipv4 filter INPUT', 'set a']))).toBe(undefined)
    expect(missing(may, touchedNeed(['ipv4 filter INPUT', 'ipv6 nat OUTPUT']))).toContain('ipv6/nat/OUTPUT')
  })

  it.each([
    [['-A', 'app', '-j', 'DROP'], undefined],
    [['-t', 'filter', '-F', 'app'], undefined],
    [['-L'], 'read'],
    [['-L', 'app', '-Z'], undefined],
    [['-L', '-Z'], 'ipv4/filter/*'],
    [['-F'], 'ipv4/filter/*'],
    [['-X'], 'ipv4/filter/*'],
    [['-E', 'app', 'INPUT2'], 'ipv4/filter/INPUT2'],
    [['-P', 'INPUT', 'DROP'], 'ipv4/filter/INPUT'],
    [['-t', 'nat', '-A', 'app', '-j', 'ACCEPT'], 'ipv4/nat/app'],
    [['-A', 'app', '-A', 'INPUT'], 'everything'],
    [['-A', 'app', '-s', 'no.such.host.example', '-j', 'DROP'], 'everything'],
  ])('of the command iptables %j', (words, said) => {
    const answer = missing({ edit: { chains: ['filter/app'] } }, programNeed('iptables', words, ''))
    if (said === undefined) expect(answer).toBe(undefined)
    else expect(answer).toContain(said)
  })

  it('of a dump are all chains of its tables', () => {
    const need = programNeed(
      'iptables-restore',
      ['--noflush'],
      '*filter\n-A app -j DROP\nCOMMIT\n*nat\nCOMMIT\n',
    )
    expect(missing({ edit: { chains: ['filter/*', 'ipv4/nat/*'] } }, need)).toBe(undefined)
    expect(missing({ edit: { chains: ['filter/app', 'nat/*'] } }, need)).toContain('ipv4/filter/*')
  })

  it.each([
    ['-A app -j SET --add-set customers src', undefined],
    ['[1:2] -I app -j SET --map-set other src --map-mark', undefined],
    ['-D app -j SET --add-set other src', undefined],
    [' -A app -j SET --del-set other src', '"other"'],
    ['[1:2] -I app 2 -j SET --add-set other src', '"other"'],
    ['-R app 1 -m recent --set --rsource', '"recent:DEFAULT"'],
    ['-A app -j SET --add-set chainmail-ban4 src', "chainmail's own"],
    ['-A app -s no.such.host.example -j DROP', 'cannot be read'],
  ])('of a dump with the line %s are the sets that its rules write too', (line, said) => {
    const need = programNeed('iptables-restore', [], `*mangle\n:app - [0:0]\n# a comment\n${line}\nCOMMIT\n`)
    const answer = missing({ edit: { chains: ['mangle/*'], sets: ['customers'] } }, need)
    if (said === undefined) expect(answer).toBe(undefined)
    else expect(answer).toContain(said)
  })
})

describe('a caller', () => {
  it('who is not known gets at what needs nothing, and at nothing else', () => {
    const nobody = caller({ read: true }, { by: undefined })
    expect(allows(nobody, { kind: 'nothing' })).toBe(true)
    expect(allows(nobody, { kind: 'anyone' })).toMatchObject({ code: 'not-authenticated' })
    expect(allows(nobody, { kind: 'read' })).toMatchObject({ code: 'not-authenticated' })
  })

  it('who has a second factor shows it where it is dangerous', () => {
    const admin = { permissions: mayEverything, secondFactor: 'absent' } as const
    const one = caller({ everything: true }, admin)
    expect(allows(one, { kind: 'read' })).toBe(true)
    expect(allows(one, ban)).toBe(true)
    expect(allows(one, chainNeed('ipv4', 'filter', 'INPUT'))).toMatchObject({
      code: 'second-factor-required',
    })
    expect(allows({ ...one, secondFactor: 'given' }, chainNeed('ipv4', 'filter', 'INPUT'))).toBe(true)
  })

  it('who has a second factor adds to the sets of his bans without it, and changes other sets with it', () => {
    const add = entryNeed('blocked', 'add', { element: '192.0.2.7', timeout: 600 })
    const lines: Need = { kind: 'entries', set: 'blocked', does: 'add' }
    const required = { code: 'second-factor-required' }
    const absent = { secondFactor: 'absent' } as const
    const bans = caller({ ban: { sets: ['blocked'], longest: 600 }, edit: { sets: ['*'] } }, absent)
    for (const need of [add, lines]) {
      expect(allows(bans, need)).toBe(true)
      expect(allows(caller({ edit: { sets: ['*'] } }, absent), need)).toMatchObject(required)
      expect(allows(caller({ everything: true }, absent), need)).toMatchObject(required)
    }
    for (const more of [
      { ...add, seconds: 601 },
      { ...add, does: 'delete' },
      { ...add, set: 'customers' },
      { ...lines, does: 'delete' },
    ] as const)
      expect(allows(bans, more)).toMatchObject(required)
  })

  it('who may more of something may never do less', () => {
    const prefix = fc.integer({ min: 1, max: 32 })
    const seconds = fc.integer({ min: 1, max: 100_000 })
    fc.assert(
      fc.property(prefix, prefix, seconds, seconds, (widest, wanted, longest, asked) => {
        const need = { ...ban, seconds: asked, blocks: [{ family: 'ipv4', prefix: wanted } as const] }
        const isAllowed = missing({ ban: { widest: { ipv4: widest }, longest } }, need) === undefined
        expect(isAllowed).toBe(wanted >= widest && asked <= longest)
      }),
    )
  })
})
