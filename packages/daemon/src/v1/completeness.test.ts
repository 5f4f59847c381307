import { describe, expect, it } from 'vitest'
import { Allowlist } from '../../../chainmail/src/engine/bans/allowlist.ts'
import { Firewall } from '../../../chainmail/src/engine/firewall.ts'
import { RecentHandle } from '../../../chainmail/src/engine/recent.ts'
import { ChainHandle } from '../../../chainmail/src/engine/rules/chain.ts'
import { SetHandle } from '../../../chainmail/src/engine/sets/set.ts'
import { Transaction } from '../../../chainmail/src/engine/transactions/transaction.ts'
import { testServer } from './test-server.ts'

/** The routes that do what a method of the library does, by their operations; or, in brackets, why there is none. */
type Table = Readonly<Record<string, string>>

const classes = { Firewall, ChainHandle, SetHandle, RecentHandle, Allowlist, Transaction } as const

const tables: Readonly<Record<keyof typeof classes, Table>> = {
  Firewall: {
    allowlist: 'listAllowed',
    apply: 'apply',
    backend: 'getStatus',
    ban: 'putBan',
    banMany: 'addBans',
    bans: 'listBans',
    chain: 'getChain',
    change: 'addRule flushChain renameChain zeroChain setPolicy replaceRule',
    command: 'runProgram runPrograms',
    commits: 'getMetrics',
    confirm: 'confirm',
    decided: 'watch listProbations',
    decision: '(the stream of events tells it)',
    events: 'watch',
    generation: '(the ETag of what is read tells more)',
    host: 'getStatus',
    isBanned: 'getBan',
    onProbation: '(what the daemon makes changes on probation with)',
    ownedChains: '(what the daemon keeps applied states with)',
    plan: 'plan',
    planBack: 'rollback',
    planPart: '(what the daemon keeps applied states with)',
    probations: 'listProbations',
    recent: 'listRecent getRecent',
    recentLimit: 'listRecent',
    rehearse: 'apply',
    rehearseSet: 'createSet',
    rehearseTransaction: 'transact',
    restore: 'runProgram',
    restoreSets: 'restoreSets',
    revert: 'revert',
    saveSets: 'saveSets',
    set: 'createSet getSet',
    setCommands: 'runProgram runPrograms',
    setGuard: '(what the daemon guards changes of sets with)',
    setNames: 'listSets',
    setProtocol: '(a fact of the kernel package)',
    sets: 'listSets',
    settleProbations: '(openFirewall does it)',
    spelling: 'convertText formatText',
    tables: 'listTables',
    touchedByCommands: '(what the daemon makes changes on probation with)',
    transaction: 'transact',
    unban: 'deleteBan',
    verify: 'plan',
    watch: 'watch',
    watchDrift: 'getStatus watch',
  },
  ChainHandle: {
    append: 'addRule',
    check: 'checkRule',
    create: 'createChain',
    delete: 'deleteRule deleteRuleByNumber',
    flush: 'flushChain',
    insert: 'addRule',
    read: 'getChain',
    remove: 'deleteChain',
    replace: 'replaceRule',
    rules: 'getChain',
    takeOut: 'deleteRule deleteRuleByNumber',
  },
  SetHandle: {
    add: 'addSetEntries',
    addMany: 'addSetEntries',
    delete: 'deleteSetEntries',
    deleteMany: 'deleteSetEntries',
    description: 'getSet',
    destroy: 'deleteSet',
    entries: 'listSetEntries',
    entryBatches: 'listSetEntries',
    flush: 'flushSet',
    has: 'testSet',
    name: 'getSet',
    rehearsal: 'addSetEntries deleteSetEntries replaceSetEntries flushSet',
    rename: 'renameSet',
    replace: 'replaceSetEntries',
    swap: 'swapSets',
  },
  RecentHandle: {
    add: 'addRecentEntry',
    delete: 'deleteRecentEntry',
    entries: 'getRecent',
    flush: 'flushRecent',
    has: 'deleteRecentEntry',
  },
  Allowlist: {
    add: 'putAllowed',
    checkReason: 'putAllowed',
    covering: 'putBan',
    list: 'listAllowed',
    overlapping: 'putBan',
    refuseMissing: 'deleteAllowed',
    remove: 'deleteAllowed',
    restore: '(what the daemon opens its store with)',
  },
  Transaction: {
    addEntry: 'transact',
    append: 'transact',
    createChain: 'transact',
    createSet: 'transact',
    delete: 'transact',
    deleteEntry: 'transact',
    destroySet: 'transact',
    flushChain: 'transact',
    flushSet: 'transact',
    insert: 'transact',
    removeChain: 'transact',
    replace: 'transact',
  },
}

describe('the interface over HTTP', () => {
  it.each(Object.entries(tables))('has a route for everything that a %s can do', async (name, table) => {
    const type = Object.entries(classes).find(([known]) => known === name)?.[1]
    const methods = Object.getOwnPropertyNames(type?.prototype).filter((method) => method !== 'constructor')
    expect(
      Object.keys(table)
        .filter((method) => !fields.has(`${name}.${method}`))
        .toSorted(),
    ).toEqual(methods.toSorted())
    await using server = await testServer()
    const operations = new Set(
      operationsOf(JSON.parse((await server.app.inject('/v1/openapi.json')).payload)),
    )
    const named = Object.values(table).filter((words) => !words.startsWith('('))
    expect(named.flatMap((words) => words.split(' ')).filter((one) => !operations.has(one))).toEqual([])
  })
})

/** Changes that cannot be told beforehand, and why. */
const notRehearsed: Table = {
  confirm: 'it changes nothing but that the change stays',
  revert: 'what it takes back was told when it was made',
}

/** What concerns the daemon itself, and not the firewall. */
const own = /Key|Totp/

describe('a change over HTTP', () => {
  it('can be tried without making it, unless it is known why not', async () => {
    await using server = await testServer()
    const { paths }: Described = JSON.parse((await server.app.inject('/v1/openapi.json')).payload)
    const changes = Object.values(paths).flatMap((methods) =>
      Object.entries(methods).flatMap(([method, operation]) => (method === 'get' ? [] : [operation])),
    )
    const looks = ['plan', 'checkRule', 'convertText', 'checkText', 'formatText']
    const without = changes
      .filter(({ parameters = [] }) => !parameters.some(({ name }) => name === 'dryRun'))
      .map(({ operationId }) => operationId)
      .filter((id) => !looks.includes(id) && !own.test(id))
    expect(without.toSorted()).toEqual(Object.keys(notRehearsed).toSorted())
  })
})

/** Changes that may shut somebody out and cannot be on probation, and why. */
const notOnProbation: Table = {
  addSetEntries: 'its lines take effect as they come',
  deleteSetEntries: 'its lines take effect as they come',
  runProgram: 'what it does is known only when it is done',
  runPrograms: 'what they do is known only when they are done',
  swapSets: 'swapping once more is the way back',
}

describe('a change over HTTP that may shut somebody out', () => {
  it('can be on probation, unless it is known why not', async () => {
    await using server = await testServer()
    const { paths }: Described = JSON.parse((await server.app.inject('/v1/openapi.json')).payload)
    const without = Object.values(paths)
      .flatMap((methods) => Object.values(methods))
      .filter(({ parameters = [] }) => {
        const names = parameters.map(({ name }) => name)
        return names.includes('force') && !names.includes('confirmWithin')
      })
    expect(without.map(({ operationId }) => operationId).toSorted()).toEqual(Object.keys(notOnProbation))
  })
})

/** What is no method, nor a getter. */
const fields: ReadonlySet<string> = new Set([
  'Firewall.allowlist',
  'Firewall.backend',
  'Firewall.host',
  'Firewall.setCommands',
  'Firewall.spelling',
])

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string }[]
}

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

function operationsOf({ paths }: Described): string[] {
  return Object.values(paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  )
}
