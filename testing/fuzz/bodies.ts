import type { Family } from '@chainmail/kernel'
import { tableNames } from '../../packages/chainmail/src/model/names/tables.ts'
import type { Chance } from './chance.ts'
import { hostileText } from './hostile.ts'
import { anyTable, type NamedRule, type RulePool } from './named-rules.ts'
import { anyAddress, anyChain, anySet, chainNames, duration, keyName, scopeWord, type Told } from './nouns.ts'
import { savedWords } from './saved-words.ts'

/** What the path and the query of the request say already. */
export interface BodyContext {
  readonly chance: Chance
  readonly pool: RulePool
  readonly told: Told
  readonly family: Family
  /** Of the path; undefined where it has none. */
  readonly table: string
  readonly set: string
  readonly program: string
}

/** A body that makes sense, and the rules that it names. */
export interface MadeBody {
  /** JSON, a text, or lines. */
  readonly json?: unknown
  readonly text?: string
  readonly lines?: readonly unknown[]
  readonly rules?: readonly NamedRule[]
}

type Maker = (context: BodyContext) => MadeBody

/**
 * Bodies of the operations whose schema alone does not say what makes sense. All others, such as those that come to be
 * later, get what their schema says.
 */
export const bodyMakers: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  [
    'addRule',
    (context) =>
      ruleBody(context, context.chance.comes(0.4) ? { position: context.chance.between(1, 4) } : {}),
  ],
  ['replaceRule', (context) => ruleBody(context)],
  ['deleteRule', (context) => ruleBody(context)],
  ['checkRule', (context) => ruleBody(context)],
  ['createChain', ({ chance }) => ({ json: { name: anyChain(chance) } })],
  ['renameChain', ({ chance }) => ({ json: { name: anyChain(chance) } })],
  ['transact', transaction],
  ['plan', desired],
  ['apply', desired],
  ['runProgram', program],
  ['createSet', ({ chance }) => ({ json: setRequest(chance) })],
  ['addSetEntries', entries],
  ['deleteSetEntries', entries],
  ['replaceSetEntries', entries],
  ['restoreSets', ({ chance }) => ({ text: chance.many(1, 5, () => restoreLine(chance)).join('\n') })],
  ['addBans', ({ chance }) => ({ lines: chance.many(1, 12, () => banLine(chance)) })],
  ['deleteBans', ({ chance }) => ({ lines: chance.many(1, 12, () => anyAddress(chance)) })],
  ['createKey', ({ chance }) => ({ json: { name: keyName(chance), permissions: permissions(chance) } })],
  ['convertText', text],
  ['checkText', text],
  ['formatText', text],
])

function ruleBody({ chance, pool, family, table }: BodyContext, more: object = {}): MadeBody {
  const rule = pool.rule(chance, family, table)
  return { json: { rule: rule.given, ...more }, rules: [rule] }
}

function transaction(context: BodyContext): MadeBody {
  const { chance } = context
  const rules: NamedRule[] = []
  const changes = chance.many(1, 6, () => step(context, rules))
  return { json: { changes }, rules }
}

function step({ chance, pool }: BodyContext, rules: NamedRule[]): object {
  const family: Family = chance.comes(0.7) ? 'ipv4' : 'ipv6'
  const place = { table: anyTable(chance), family, chain: anyChain(chance) }
  const set = anySet(chance)
  const ruled = (): object => {
    const rule = pool.rule(chance, family, place.table)
    rules.push(rule)
    return { ...place, rule: rule.given }
  }
  switch (chance.below(12)) {
    case 0:
      return { do: 'createChain', ...place }
    case 1:
      return { do: 'flushChain', ...place }
    case 2:
      return { do: chance.comes(0.3) ? 'removeChain' : 'flushChain', ...place }
    case 3:
      return { do: 'createSet', set: set.name, options: set.options }
    case 4:
      return { do: chance.comes(0.2) ? 'destroySet' : 'flushSet', set: set.name }
    case 5:
      return { do: 'flushSet', set: set.name }
    case 6:
      return { do: 'addEntry', set: set.name, entry: entryOf(chance, set.name) }
    case 7:
      return { do: 'deleteEntry', set: set.name, entry: set.element(chance) }
    case 8:
      return { do: 'deleteRule', ...place, number: chance.between(1, 4) }
    case 9:
      return { do: 'insertRule', ...ruled(), number: chance.between(1, 3) }
    case 10:
      return { do: 'replaceRule', ...ruled(), number: chance.between(1, 3) }
    default:
      return { do: 'appendRule', ...ruled() }
  }
}

function desired({ chance, pool, family }: BodyContext): MadeBody {
  const rules: NamedRule[] = []
  const some = (table: string): unknown[] =>
    chance.many(0, 4, () => {
      const rule = pool.rule(chance, family, table)
      rules.push(rule)
      return rule.given
    })
  if (chance.comes(0.3)) return { text: dump(chance, pool, family, rules), rules }
  const tables = chance.many(0, 2, () => {
    const table = anyTable(chance)
    const chains = Object.fromEntries(
      chance.many(1, 2, () => [anyChain(chance), chainWish(chance, some(table))]),
    )
    return { table, family, chains }
  })
  const sets = Object.fromEntries(
    chance.many(0, 1, () => {
      const { name, options, element } = anySet(chance)
      const wish = chance.comes(0.1)
        ? { absent: true }
        : { ...options, entries: chance.many(0, 5, () => element(chance)) }
      return [name, wish]
    }),
  )
  const owner = chance.comes(0.2) ? { owner: chance.one(['main', 'fuzz', 'x y', '-j']) } : {}
  return { json: { ...owner, tables, ...(chance.comes(0.4) ? { sets } : {}) }, rules }
}

function chainWish(chance: Chance, rules: readonly unknown[]): unknown {
  if (chance.comes(0.5)) return rules
  return chance.comes(0.15) ? { absent: true } : { rules, ...(chance.comes(0.3) ? { exact: true } : {}) }
}

function dump(chance: Chance, pool: RulePool, family: Family, rules: NamedRule[]): string {
  const table = chance.one(tableNames)
  const names = chance.many(1, 2, () => chance.one(chainNames))
  const lines = chance.many(0, 4, () => {
    const wished = pool.rule(chance, family, table)
    const rule = wished.text === undefined ? pool.read(family, table, '-j RETURN') : wished
    rules.push(rule)
    return `-A ${chance.one(names)} ${rule.text ?? ''}`
  })
  return [`*${table}`, ...names.map((name) => `:${name} - [0:0]`), ...lines, 'COMMIT', ''].join('\n')
}

function program(context: BodyContext): MadeBody {
  const { chance, pool, program: name } = context
  const family: Family = name.startsWith('ip6') ? 'ipv6' : 'ipv4'
  const rules: NamedRule[] = []
  if (name === 'ipset') {
    if (chance.comes(0.3)) return { json: { arguments: ['restore'], input: restoreLine(chance) } }
    return { json: { arguments: ipsetWords(chance) } }
  }
  if (name.endsWith('-save'))
    return { json: { arguments: chance.one([[], ['-t', anyTable(chance)], ['-c'], ['-M', 'x']]) } }
  if (name.endsWith('-restore')) {
    const input = dump(chance, pool, family, rules)
    return { json: { arguments: chance.one([['--noflush'], ['-n', '--test'], ['-n', '-c']]), input }, rules }
  }
  const table = anyTable(chance)
  const chain = anyChain(chance)
  const rule = pool.rule(chance, family, table)
  const words = rule.text === undefined ? [] : savedWords(rule.text)
  const isRuled = chance.comes(0.6)
  if (isRuled) rules.push(rule)
  const command = isRuled
    ? [chance.one(['-A', '-I', '-D', '-C']), chain, ...words]
    : chance.one([
        ['-S'],
        ['-L', '-n'],
        ['-N', chain],
        ['-F', chain],
        ['-X', chain],
        ['-Z'],
        ['-D', chain, '1'],
        ['-E', chain, anyChain(chance)],
      ])
  return { json: { arguments: ['-t', table, ...command] }, rules }
}

function ipsetWords(chance: Chance): readonly string[] {
  const { name, element, options } = anySet(chance)
  return chance.one([
    ['add', name, element(chance)],
    ['del', name, element(chance)],
    ['test', name, element(chance)],
    ['list', name],
    ['save'],
    ['flush', name],
    ['create', name, String(options.type)],
    ['add', name, element(chance), 'comment', hostileText(chance)],
    [hostileText(chance), name],
  ])
}

function restoreLine(chance: Chance): string {
  if (chance.comes(0.1)) return hostileText(chance)
  const { name, element, options } = anySet(chance)
  return chance.one([
    `add ${name} ${element(chance)}`,
    `del ${name} ${element(chance)}`,
    `create ${name} ${String(options.type)}`,
    `flush ${name}`,
  ])
}

function setRequest(chance: Chance): object {
  const { name, options } = anySet(chance)
  return chance.comes(0.85)
    ? { name, ...options }
    : { name, ...options, hashsize: chance.one([1, 1_024, 2 ** 32 - 1]) }
}

/** An entry for the set of this name. */
function entryOf(chance: Chance, set: string): unknown {
  const known = anySet(chance)
  const { element, options } = known.name === set || chance.comes(0.1) ? known : setOf(chance, set)
  if (chance.comes(0.4)) return element(chance)
  return {
    element: element(chance),
    ...(options.comment === true && chance.comes(0.7) ? { comment: hostileText(chance) } : {}),
    ...(options.timeout !== undefined && chance.comes(0.5) ? { timeout: duration(chance) } : {}),
    ...(options.type === 'hash:net' && chance.comes(0.1) ? { nomatch: true } : {}),
  }
}

function entries({ chance, set }: BodyContext): MadeBody {
  return { lines: chance.many(0, 15, () => entryOf(chance, set)) }
}

function setOf(chance: Chance, name: string) {
  for (let tries = 0; tries < 60; tries++) {
    const set = anySet(chance)
    if (set.name === name) return set
  }
  return anySet(chance)
}

function banLine(chance: Chance): unknown {
  const address = anyAddress(chance)
  if (chance.comes(0.4)) return address
  return {
    address,
    ...(chance.comes(0.5) ? { for: duration(chance) } : {}),
    ...(chance.comes(0.5) ? { reason: hostileText(chance) } : {}),
    ...(chance.comes(0.3) ? { scope: scopeWord(chance) } : {}),
  }
}

function permissions(chance: Chance): unknown {
  return chance.one([
    { read: true },
    { everything: true },
    { ban: { longest: '1d', scopes: ['tcp:22'], perMinute: 5 } },
    { edit: { chains: ['filter/fuzz-*'], sets: ['fuzz-*'] } },
    {},
    { read: true, everything: true },
  ])
}

function text({ chance, pool, family }: BodyContext): MadeBody {
  const rules: NamedRule[] = []
  const written = dump(chance, pool, family, rules)
  const to = chance.comes(0.5) ? { to: chance.one(['save', 'json', 'xml', 'commands']) } : {}
  return { json: { text: chance.comes(0.8) ? written : hostileText(chance), family, ...to } }
}
