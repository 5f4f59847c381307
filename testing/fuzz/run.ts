import { setTimeout } from 'node:timers/promises'
import { connect } from '@chainmail/daemon/client'
import { tableNames } from '../../packages/chainmail/src/model/names/tables.ts'
import { runCommand } from '../command.ts'
import { createSets, hostSpelling } from '../rules/host.ts'
import { AllowedRules } from './allowed-rules.ts'
import {
  AuditTrail,
  changedPlaces,
  isExplained,
  joined,
  overreach,
  type Trail,
  trailFaults,
} from './audit-trail.ts'
import { Chance } from './chance.ts'
import { Connections } from './connections.ts'
import { ApiDocument } from './document.ts'
import { callers, FuzzedDaemon } from './fuzzed-daemon.ts'
import { RequestGenerator } from './generator.ts'
import { differences, entryOptions, newRules, readSnapshot, type Snapshot } from './kernel-snapshot.ts'
import { RulePool } from './named-rules.ts'
import { chainNames, ELSEWHERE, knownSets, Told } from './nouns.ts'
import { Promises } from './promises.ts'
import { asCurl, type Exchange, type FuzzRequest, headerOf, isChanging, isDryRun } from './request.ts'

export interface FuzzOptions {
  readonly requests: number
  /** Makes the same requests again, as far as they do not name what answers have told. */
  readonly seed: number
  /** Random rules of each family to choose from. */
  readonly rules: number
  /** For the daemon's state. */
  readonly folder: string
  readonly onProgress?: (soFar: FuzzSoFar) => void
  readonly onFault?: (fault: string) => void
}

export interface FuzzSoFar {
  readonly requests: number
  /** Answers of each status. */
  readonly statuses: ReadonlyMap<number, number>
  /** Answers of 2xx and others of each operation. */
  readonly operations: ReadonlyMap<string, readonly [accepted: number, refused: number]>
  readonly revisions: number
  /** New lines of the kernel that were held against requests. */
  readonly rulesHeld: number
  /** Bytes. */
  readonly resident: readonly number[]
}

export interface FuzzResult extends FuzzSoFar {
  /** Each in words, with the request as a command; none when all is as it has to be. */
  readonly faults: readonly string[]
}

/** Requests that are sent together, and looked at together. */
const GROUP = 32
/** Groups after which the chains and sets are made again that are gone, so that most requests find what they name. */
const FURNISHED_EVERY = 8
/** Faults after which it ends. */
const MOST_FAULTS = 25
/** Rules in the kernel, or revisions between, at which what was made is cleared away. */
const MOST_RULES = 400
/** Tables in which there are always chains to fill. */
const furnished = ['filter', 'mangle', 'raw']
/** Times that the daemon is given to tell of what it has done by itself, and milliseconds between them. */
const TELLING = { times: 20, pause: 150 }
/** The same at the end: what was taken from the daemon again and again is put back after five minutes at the latest. */
const REPAIRING = { times: 310, pause: 1_000 }
/** A daemon that has been busy holds so much at most, in bytes; and in the second half of a long run, of that of the first. */
const MOST_RESIDENT = 512 * 1024 ** 2
const MOST_GROWTH = 1.1
const LONG_RUN = 100_000

/** Sends requests made from a daemon's own document, and holds answers, kernel and audit log against each other. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  for (const family of ['ipv4', 'ipv6'] as const) createSets(family)
  await makeChains()
  const daemon = await FuzzedDaemon.start(options.folder)
  const run = new Run(daemon, options)
  try {
    await run.prepare()
    await run.go()
    await run.verify()
  } finally {
    run[Symbol.dispose]()
    const fault = await daemon.stop()
    if (fault !== undefined) run.fail(fault)
  }
  return { ...run.soFar(), faults: run.faults }
}

async function makeChains(): Promise<void> {
  const lines = tableNames.flatMap((table) => [`*${table}`, `:${ELSEWHERE} - [0:0]`, 'COMMIT'])
  for (const program of ['iptables-restore', 'ip6tables-restore'])
    await runCommand(program, ['--noflush'], { input: `${lines.join('\n')}\n` })
}

class Run implements Disposable {
  readonly faults: string[] = []
  readonly #kinds = new Map<string, number>()
  readonly #daemon: FuzzedDaemon
  readonly #options: FuzzOptions
  readonly #connections: Connections
  readonly #trail: AuditTrail
  readonly #chance: Chance
  readonly #told = new Told()
  readonly #pool: RulePool
  readonly #allowed: AllowedRules
  readonly #statuses = new Map<number, number>()
  readonly #operations = new Map<string, [number, number]>()
  readonly #resident: number[] = []
  /** Revisions that came after the kernel was looked at, or at that moment: their changes may show at the next look. */
  #late: Trail['revisions'] = []
  #generator: RequestGenerator | undefined
  #promises: Promises | undefined
  #requests = 0
  #rulesHeld = 0

  constructor(daemon: FuzzedDaemon, options: FuzzOptions) {
    this.#daemon = daemon
    this.#options = options
    this.#chance = new Chance(options.seed)
    this.#pool = new RulePool(options.rules, options.seed, hostSpelling('nft'))
    this.#allowed = new AllowedRules(this.#pool)
    this.#connections = new Connections(daemon.place)
    this.#trail = new AuditTrail(connect({ socket: daemon.place.socket }))
  }

  [Symbol.dispose](): void {
    this.#connections[Symbol.dispose]()
  }

  async prepare(): Promise<void> {
    const { answer } = await this.#connections.send(plain('GET', '/v1/openapi.json'))
    const document = new ApiDocument(answer?.body ?? '')
    this.#promises = new Promises(document)
    this.#generator = new RequestGenerator(
      document,
      this.#chance,
      this.#pool,
      this.#told,
      Object.keys(callers),
    )
    await this.#trail.read()
  }

  async go(): Promise<void> {
    let before = await readSnapshot()
    for (
      let groups = 0;
      this.#requests < this.#options.requests && this.faults.length < MOST_FAULTS;
      groups++
    ) {
      if (groups % FURNISHED_EVERY === 0) before = await this.#furnish(before)
      const exchanges = await this.#sendGroup()
      const after = await this.#look(before, exchanges).catch((error: unknown) =>
        this.#ended(error, exchanges),
      )
      if (after === undefined) return
      const isShutOut = exchanges.some(
        ({ request, answer }) => answer === undefined && request.door === 'https',
      )
      if (isShutOut && !isCut(before) && !isCut(after))
        this.#tell('nothing in the kernel keeps requests over HTTPS away, and there was no answer', exchanges)
      before = isShutOut || after.rules.length > MOST_RULES ? await this.#clear() : after
      this.#resident.push(this.#daemon.residentBytes)
      this.#options.onProgress?.(this.soFar())
    }
  }

  /** @throws what has failed, if the daemon is still there */
  async #ended(error: unknown, exchanges: readonly Exchange[]): Promise<undefined> {
    await setTimeout(TELLING.pause * TELLING.times)
    if (!this.#daemon.hasEnded) throw error
    const sent = exchanges.map(({ request }) => asCurl(request)).join('\n')
    this.fail(`the daemon has ended: ${this.#daemon.said}\n${sent}`)
  }

  /** What has to be true at the end. */
  async verify(): Promise<void> {
    if (this.#daemon.hasEnded) return
    const { answer } = await this.#connections.send(plain('GET', '/v1/audit/verify'))
    if (answer?.status !== 200 || !answer.body.includes('"holds":true'))
      this.fail(`the audit log does not hold: ${answer?.body.slice(0, 2_000)}`)
    if (!(await this.#isReady())) this.fail('the daemon does not keep what it promises: GET /v1/ready')
    const half = Math.ceil(this.#resident.length / 2)
    const [first, second] = [this.#resident.slice(0, half), this.#resident.slice(half)].map((all) =>
      Math.max(...all),
    )
    if (first === undefined || second === undefined) return
    const isGrowing = this.#requests >= LONG_RUN && second > first * MOST_GROWTH
    if (isGrowing || Math.max(first, second) > MOST_RESIDENT)
      this.fail(`the daemon has held ${first} bytes in the first half, and ${second} in the second`)
  }

  /** What others have changed is repaired before long. */
  async #isReady(): Promise<boolean> {
    for (let tries = 0; tries < REPAIRING.times; tries++) {
      const { answer } = await this.#connections.send(plain('GET', '/v1/ready'))
      if (answer?.status === 200) return true
      await setTimeout(REPAIRING.pause)
    }
    return false
  }

  soFar(): FuzzSoFar {
    return {
      requests: this.#requests,
      statuses: this.#statuses,
      operations: this.#operations,
      revisions: this.#trail.revision,
      rulesHeld: this.#rulesHeld,
      resident: this.#resident,
    }
  }

  async #sendGroup(): Promise<readonly Exchange[]> {
    const generator = this.#generator
    if (generator === undefined) throw new Error('The document is read first.')
    const isHarmless = this.#chance.comes(0.35)
    const requests = Array.from({ length: GROUP }, () => generator.next(isHarmless))
    const exchanges = await Promise.all(requests.map((request) => this.#connections.send(request)))
    this.#requests += exchanges.length
    for (const exchange of exchanges) this.#note(exchange)
    return exchanges
  }

  /** Notes something that is wrong. */
  fail(fault: string): void {
    this.faults.push(fault)
    this.#options.onFault?.(fault)
  }

  #note(exchange: Exchange): void {
    const { request, answer } = exchange
    const status = answer?.status ?? 0
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1)
    const counts = this.#operations.get(request.operation ?? '-') ?? [0, 0]
    counts[status >= 200 && status < 400 ? 0 : 1]++
    this.#operations.set(request.operation ?? '-', counts)
    const fault = this.#promises?.fault(exchange)
    if (fault !== undefined && !(answer === undefined && request.door === 'https'))
      this.#tell(fault, [exchange])
    if (mayHaveChanged(exchange)) this.#allowed.add(request)
    if (answer === undefined) return
    const isDone = headerOf(answer, 'chainmail-revision') !== undefined
    // Of a text for ipset, and of several programs, what stands before the one that is refused is done.
    const isRefused = status >= 400 && !/^\/v1\/(?:ipset|programs)\b/.test(request.path)
    if (isDone && (isRefused || isDryRun(request)))
      this.#tell('an answer that says that nothing was changed names a revision', [exchange])
    if (isDone && request.caller === 'reader')
      this.#tell('somebody has changed something who may only read', [exchange])
    const [etag, probation] = [headerOf(answer, 'etag'), headerOf(answer, 'chainmail-probation')]
    if (etag !== undefined) this.#told.note('etag', etag)
    if (probation !== undefined) this.#told.note('probation', probation)
    const [, cursor] = /"next":"([^"]+)"/.exec(answer.body) ?? []
    if (cursor !== undefined) this.#told.note('cursor', cursor)
    const [, token] = /"token":"([^"]+)"/.exec(answer.body) ?? []
    if (token !== undefined) this.#told.note('token', token)
  }

  /** Holds what the kernel has against what the requests and the daemon say. */
  async #look(before: Snapshot, exchanges: readonly Exchange[]): Promise<Snapshot> {
    let trail: Trail = { records: [], revisions: [] }
    for (let tries = 0; ; tries++) {
      trail = joined(trail, await this.#trail.read())
      const after = await readSnapshot()
      // What the daemon does by itself, such as a repair, is told of when it is done.
      const late = await this.#trail.read()
      trail = joined(trail, late)
      const places = changedPlaces([...this.#late, ...trail.revisions])
      const unexplained = [...differences(before, after)].filter(
        ([place, line]) => !isExplained(place, line, places),
      )
      if (unexplained.length > 0 && tries < TELLING.times) {
        await setTimeout(TELLING.pause)
        continue
      }
      this.#told.revision = this.#trail.revision
      this.#late = late.revisions
      const faults = [
        ...unexplained.map(([place, line]) => `${place} has changed, and no revision says so: ${line}`),
        ...trailFaults(trail, exchanges, (who, status) => this.#trail.isCounted(who, status)),
        ...overreach(trail.revisions),
        ...newRules(before, after).flatMap((rule) => {
          this.#rulesHeld++
          return this.#allowed.fault(rule) ?? []
        }),
        ...entryFaults(before, after),
      ]
      if (faults.length > 0) this.#tell(faults.join('\n  '), exchanges.filter(mayHaveChanged))
      return after
    }
  }

  /** Takes out what was made, and lets in whom a forced change has shut out: by the daemon, which would repair it otherwise. */
  async #clear(): Promise<Snapshot> {
    for (const id of await this.#probations()) await this.#ask('POST', `/v1/probations/${id}/revert`)
    const { rules, lines } = await readSnapshot()
    const places = new Set(
      rules
        .filter(({ chain, text }) => !chain.startsWith('chainmail') && !text.includes('chainmail'))
        .map(({ family, table, chain }) => `${family} ${table} ${chain}`),
    )
    for (const [family, table, chain] of [...places].map((place) => place.split(' ')))
      await this.#ask('POST', `${chainPath(table, chain)}/flush?force=true&family=${family}`)
    for (const { place } of lines.filter(({ line }) => line === ':DROP')) {
      const [family, table, chain] = place.split(' ')
      await this.#ask('PUT', `${chainPath(table, chain)}/policy?force=true&family=${family}`, {
        policy: 'ACCEPT',
      })
    }
    await setTimeout(TELLING.pause)
    await this.#trail.read()
    return readSnapshot()
  }

  /** Makes the chains and sets that requests name, as far as they are not there. */
  async #furnish({ lines }: Snapshot): Promise<Snapshot> {
    const there = new Set(lines.map(({ place }) => place))
    const chains = (['ipv4', 'ipv6'] as const).flatMap((family) =>
      furnished.flatMap((table) =>
        chainNames
          .filter((chain) => !there.has(`${family} ${table} ${chain}`))
          .map((chain) => ({ do: 'createChain', family, table, chain })),
      ),
    )
    if (chains.length > 0) await this.#ask('POST', '/v1/transactions?force=true', { changes: chains })
    // One by one: a kernel may lack a type of them.
    for (const { name, options } of knownSets)
      if (!there.has(`set ${name}`)) await this.#ask('POST', '/v1/sets', { name, ...options })
    await this.#trail.read()
    return readSnapshot()
  }

  async #probations(): Promise<readonly string[]> {
    const body = await this.#ask('GET', '/v1/probations')
    return [...body.matchAll(/"id":"([^"]+)"/g)].map(([, id = '']) => id)
  }

  async #ask(method: string, path: string, json?: unknown): Promise<string> {
    const request = plain(method, path)
    const sent =
      json === undefined
        ? request
        : {
            ...request,
            headers: { 'content-type': 'application/json' },
            body: Buffer.from(JSON.stringify(json)),
          }
    return (await this.#connections.send(sent)).answer?.body ?? ''
  }

  /** Once for each kind of fault. */
  #tell(what: string, exchanges: readonly Exchange[]): void {
    const kind = `${exchanges.length === 1 ? exchanges[0]?.request.operation : ''} ${what.replaceAll(/[0-9]+/g, '#').slice(0, 60)}`
    const times = this.#kinds.get(kind) ?? 0
    this.#kinds.set(kind, times + 1)
    if (times > 0) return
    const told = exchanges.map(({ request, answer, why }) => {
      const said = answer === undefined ? why : `${answer.status} ${answer.body.slice(0, 600)}`
      return `    ${asCurl(request)}\n      ${said}`
    })
    const log = what.startsWith('500') ? [this.#daemon.said.slice(-1_500)] : []
    this.fail([`request ${this.#requests}: ${what}`, ...told, ...log].join('\n'))
  }
}

function mayHaveChanged({ request, answer }: Exchange): boolean {
  return isChanging(request) && !isDryRun(request) && (answer === undefined || answer.status < 300)
}

function chainPath(table = '', chain = ''): string {
  return `/v1/tables/${table}/chains/${encodeURIComponent(chain)}`
}

/** Whether something in the kernel may keep packets of loopback away. */
function isCut({ rules, lines }: Snapshot): boolean {
  return lines.some(({ line }) => line === ':DROP') || rules.some(({ chain }) => /^[A-Z]+$/.test(chain))
}

/** What an entry of a set may say beside its element; a comment that says more would be another option here. */
const knownOptions: ReadonlySet<string> = new Set([
  'timeout',
  'comment',
  'nomatch',
  'wildcard',
  'skbmark',
  'skbprio',
  'skbqueue',
])

function entryFaults(before: Snapshot, after: Snapshot): string[] {
  const known = new Set(before.lines.map(({ line }) => line))
  return after.lines.flatMap(({ line }) => {
    if (!line.startsWith('add ') || known.has(line)) return []
    const surplus = [...entryOptions(line).keys()].filter((name) => !knownOptions.has(name))
    return surplus.map((name) => `an entry has the option ${JSON.stringify(name)}: ${line}`)
  })
}

function plain(method: string, path: string): FuzzRequest {
  const nobody = { operation: undefined, caller: undefined, body: undefined, rules: [], isMutated: false }
  return { ...nobody, door: 'socket', method, path, headers: {} }
}
