import { tableNames } from '../../packages/chainmail/src/model/names/tables.ts'
import { bodyMakers, type MadeBody } from './bodies.ts'
import type { Chance } from './chance.ts'
import type { ApiDocument, Operation, Parameter } from './document.ts'
import { hostileText } from './hostile.ts'
import { mutated } from './mutations.ts'
import { anyTable, type RulePool } from './named-rules.ts'
import {
  anyAddress,
  anyChain,
  duration,
  keyName,
  programName,
  recentName,
  scopeWord,
  setName,
  type Told,
} from './nouns.ts'
import type { FuzzRequest } from './request.ts'
import { SchemaValues } from './schema-values.ts'

/** The parts of a request before it is one. */
export interface Draft {
  method: string
  /** Decoded, in the order of the path. */
  parts: string[]
  /** Where in the path its parameters are. */
  places: number[]
  query: [string, string][]
  headers: Record<string, string>
  type: string | undefined
  made: MadeBody
}

/** Shares of requests. */
const MUTATED = 0.3
const DRY_RUN = 0.25

/** What most requests leave out. */
const guarding: ReadonlySet<string> = new Set(['sender', 'local', 'port', 'confirmWithin'])

/** Those that read much are asked seldom. */
const weights: Readonly<Record<string, number>> = {
  exportAudit: 0.05,
  verifyAudit: 0.02,
  watch: 0.2,
  listTables: 0.3,
  listMetrics: 0.3,
  getMetrics: 0.3,
  getStatus: 0.3,
  enrolTotp: 0.2,
  addRule: 6,
  replaceRule: 3,
  transact: 3,
  apply: 3,
  runProgram: 4,
  createChain: 8,
  createSet: 6,
  deleteChain: 0.4,
  deleteSet: 0.3,
  renameSet: 0.4,
  renameChain: 0.4,
  setPolicy: 0.4,
  addSetEntries: 3,
  putBan: 2,
  rollback: 0.2,
  flushChain: 0.4,
  flushSet: 0.4,
}

/** Makes requests for the operations of a document. */
export class RequestGenerator {
  readonly #operations: readonly Operation[]
  readonly #values: SchemaValues
  readonly #chance: Chance
  readonly #pool: RulePool
  readonly #told: Told
  readonly #callers: readonly string[]
  readonly #total: number

  /** @param callers whose keys there are */
  constructor(document: ApiDocument, chance: Chance, pool: RulePool, told: Told, callers: readonly string[]) {
    this.#operations = document.operations
    this.#chance = chance
    this.#pool = pool
    this.#told = told
    this.#callers = callers
    this.#values = new SchemaValues(document, chance, (name) => this.#byName(name))
    this.#total = document.operations.reduce((sum, { id }) => sum + (weights[id] ?? 1), 0)
  }

  /** @param isHarmless whether it is not meant to change anything: a look, a dry run, or a request at odds with its schema */
  next(isHarmless: boolean): FuzzRequest {
    const chance = this.#chance
    const operation = this.#operation()
    const draft = this.#draft(operation)
    const isLook = operation.method === 'GET'
    const canRehearse = operation.parameters.some(({ name }) => name === 'dryRun')
    const isRehearsed = !isLook && canRehearse && chance.comes(isHarmless ? 0.6 : DRY_RUN)
    if (isRehearsed) draft.query = [...draft.query.filter(([name]) => name !== 'dryRun'), ['dryRun', 'true']]
    const isMutated = chance.comes(isHarmless && !isLook && !isRehearsed ? 1 : MUTATED)
    const isHttps = chance.comes(0.4)
    const caller = isHttps && chance.comes(0.95) ? chance.one(this.#callers) : undefined
    const request = requestOf(operation.id, draft, { door: isHttps ? 'https' : 'socket', caller })
    return isMutated ? mutated(request, draft, chance) : request
  }

  #operation(): Operation {
    let left = (this.#chance.below(1_000_000) / 1_000_000) * this.#total
    const found = this.#operations.find(({ id }) => {
      left -= weights[id] ?? 1
      return left < 0
    })
    return found ?? this.#chance.one(this.#operations)
  }

  #draft({ id, method, path, parameters, bodies }: Operation): Draft {
    const chance = this.#chance
    const query = parameters.flatMap((one): [string, string][] =>
      one.in === 'query' && (one.isRequired || chance.comes(guarding.has(one.name) ? 0.05 : 0.25))
        ? [[one.name, this.#queryValue(one)]]
        : [],
    )
    const parts = path.split('/').map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1]
      const parameter = parameters.find((one) => one.in === 'path' && one.name === name)
      return parameter === undefined ? part : this.#pathValue(id, path, parameter)
    })
    const headers = Object.fromEntries(
      parameters.flatMap((one) =>
        one.in === 'header' && chance.comes(0.08) ? [[one.name, this.#headerValue(one.name)]] : [],
      ),
    )
    const types = [...bodies.keys()]
    const made = types.length === 0 ? {} : this.#body(id, parts, query, bodies)
    const places = path.split('/').flatMap((part, index) => (part.startsWith('{') ? [index] : []))
    return { method, parts, places, query, headers, type: typeOf(types, made), made }
  }

  #body(
    id: string,
    parts: readonly string[],
    query: readonly [string, string][],
    bodies: Operation['bodies'],
  ): MadeBody {
    const maker = bodyMakers.get(id)
    const family = query.some(([name, value]) => name === 'family' && value === 'ipv6') ? 'ipv6' : 'ipv4'
    const behind = (part: string): string => parts[parts.indexOf(part) + 1] ?? ''
    if (maker !== undefined && this.#chance.comes(0.95))
      return maker({
        chance: this.#chance,
        pool: this.#pool,
        told: this.#told,
        family,
        table: tableNames.find((name) => name === behind('tables')) ?? 'filter',
        set: behind('sets'),
        program: behind('programs'),
      })
    const [[type, schema] = ['', {}]] = bodies
    if (type === 'application/x-ndjson')
      return { lines: this.#chance.many(0, 5, () => this.#values.of(schema)) }
    const value = this.#values.of(schema)
    return type === 'text/plain' ? { text: String(value) } : { json: value }
  }

  #queryValue({ name, schema }: Parameter): string {
    const chance = this.#chance
    switch (name) {
      case 'force':
        return chance.comes(0.3) ? 'true' : 'false'
      case 'dryRun':
        return chance.one(['true', 'false'])
      case 'confirmWithin':
        return chance.comes(0.2) ? chance.one(['60s', '2m', '1h']) : chance.one(['0s', '-1', 'soon', '1000d'])
      case 'family':
        return chance.comes(0.5) ? 'ipv4' : 'ipv6'
      case 'expected':
        return chance.one(['0', '10', '1000', '70000', '99999999999999', '-1', 'x'])
      case 'head':
        return '0'.repeat(64)
      case 'before':
      case 'after':
        return String(chance.below(this.#told.revision + 5))
      case 'cursor':
        return this.#told.one('cursor', chance) ?? chance.word()
      case 'expect':
        return this.#told.one('token', chance) ?? chance.word()
      default:
        return String(this.#values.of(schema, name) ?? '')
    }
  }

  #pathValue(id: string, path: string, { name, schema }: Parameter): string {
    const chance = this.#chance
    if (name === 'name')
      return path.startsWith('/v1/keys')
        ? keyName(chance)
        : path.startsWith('/v1/recent')
          ? recentName(chance)
          : setName(chance)
    if (name === 'number' || name === 'other')
      return chance.comes(0.9)
        ? String(path.startsWith('/v1/revisions') ? this.#revision(id) : chance.between(1, 5))
        : chance.one(['0', '-1', '99999999999', '1e3', ' 1', hostileText(chance)])
    if (name === 'id') return this.#told.one('probation', chance) ?? chance.word()
    return String(this.#values.of(schema, name) ?? '')
  }

  /** The way back is never far, so that there is something left to go on with. */
  #revision(id: string): number {
    const latest = this.#told.revision
    return Math.max(0, latest - this.#chance.below(id === 'rollback' ? 6 : 40))
  }

  #headerValue(name: string): string {
    const chance = this.#chance
    if (name === 'idempotency-key') return `"${chance.comes(0.5) ? chance.below(40) : chance.word(20)}"`
    if (name === 'last-event-id') return String(chance.below(this.#told.revision + 5))
    if (name === 'if-none-match' && chance.comes(0.5)) return '*'
    return this.#told.one('etag', chance) ?? '"AAAAAAAAAAAAAAAAAAAAAA"'
  }

  /** @see ByName */
  #byName(name: string): unknown {
    const chance = this.#chance
    switch (name) {
      case 'address':
      case 'sender':
      case 'local':
      case 'within':
        return anyAddress(chance)
      case 'element':
        return anyAddress(chance)
      case 'table':
        return chance.comes(0.97) ? anyTable(chance) : hostileText(chance)
      case 'chain':
        return anyChain(chance)
      case 'set':
        return setName(chance)
      case 'program':
        return programName(chance)
      case 'scope':
        return chance.comes(0.3) ? (chance.comes(0.9) ? 'named' : 'table') : scopeWord(chance)
      case 'for':
      case 'timeout':
        return duration(chance)
      case 'reason':
      case 'comment':
      case 'contains':
        return hostileText(chance)
      case 'port':
        return String(chance.below(65_536))
      case 'limit':
        return String(chance.one([1, 2, 10, 100, 100_000]))
      case 'code':
        return chance.one(['bad-rule', 'internal', chance.word()])
      case 'owner':
        return chance.one(['main', 'fuzz', hostileText(chance)])
      case 'hashsize':
        return 1_024
      case '*':
        return chance.comes(0.5) ? anyChain(chance) : setName(chance)
      default:
        return undefined
    }
  }
}

function typeOf(types: readonly string[], made: MadeBody): string | undefined {
  if (made.lines !== undefined) return 'application/x-ndjson'
  if (made.text !== undefined) return 'text/plain'
  return types.length === 0 || made.json === undefined ? undefined : 'application/json'
}

/** A draft as what is sent. */
export function requestOf(
  operation: string | undefined,
  { method, parts, query, headers, type, made }: Draft,
  sender: Pick<FuzzRequest, 'door' | 'caller'>,
): FuzzRequest {
  const path = parts.map((part) => encodeURIComponent(part.toWellFormed())).join('/')
  const words = query.map(
    ([name, value]) =>
      `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`,
  )
  return {
    operation,
    ...sender,
    method,
    path: words.length === 0 ? path : `${path}?${words.join('&')}`,
    headers: type === undefined ? headers : { ...headers, 'content-type': type },
    body: bytesOf(made),
    rules: made.rules ?? [],
    isMutated: made.rules === undefined && made.json !== undefined,
  }
}

function bytesOf({ json, text, lines }: MadeBody): Uint8Array | undefined {
  if (lines !== undefined) return Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  if (text !== undefined) return Buffer.from(text)
  return json === undefined ? undefined : Buffer.from(JSON.stringify(json))
}
