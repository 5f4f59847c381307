import type { Family } from '@chainmail/kernel'
import { ChainmailError, type ErrorCode } from '../../errors.ts'
import { checkRule } from '../../model/check.ts'
import { type Context, shown } from '../../model/kind.ts'
import { count } from '../../model/kinds/count.ts'
import { isChainName } from '../../model/names/chain.ts'
import { isBuiltIn, isTableName } from '../../model/names/tables.ts'
import { refuseChain } from '../../model/placement.ts'
import { reading } from '../../model/reading.ts'
import { RepeatedOptions } from '../../model/repeated-options.ts'
import type { Counters } from '../../model/rule.ts'
import { chainLedTo, findLoop, refuseJump } from '../jumps.ts'
import { Lines, textError } from '../place.ts'
import { type ReadRuleset, told } from '../read-ruleset.ts'
import { renderRule } from '../render-rule.ts'
import type { Chain, ListedRule, Problem, Table } from '../save.ts'
import { JsonPlaces, type Steps, tooDeep } from './places.ts'

/** A rule's deepest value lies twelve levels down. */
const DEEPEST = 32

/**
 * Reads a ruleset from JSON text, of the form of `rulesetSchema`.
 *
 * @param family where the text names none; it must be the same where the text names one
 * @throws ChainmailError with the path, line and column of the first fault
 */
export function parseJson(text: string, family?: Family): { family: Family; tables: Table[] } {
  const reader = new RulesetReader(text, (problem) => {
    throw problem
  })
  return reader.read(family)
}

/** Reads a ruleset from JSON text, and tells everything that is wrong with it; what is wrong is left out. */
export function readJson(text: string, family?: Family): ReadRuleset {
  const problems: Problem[] = []
  const reader = new RulesetReader(text, (problem) => {
    problems.push(told(problem))
  })
  return { ...reader.read(family), problems }
}

type Members = Readonly<Record<string, unknown>>

/** The table that a chain stands in, and the names of its chains. */
interface Surroundings {
  readonly name: string
  readonly declared: ReadonlySet<unknown>
}

/** Where a rule stands, and in which its members are read. */
interface RulePlace {
  readonly table: string
  readonly chain: string
  readonly declared: ReadonlySet<unknown>
  readonly context: Context
}

class RulesetReader {
  readonly #text: string
  readonly #refuse: (problem: ChainmailError) => void
  readonly #repeated = new RepeatedOptions()
  #places: { readonly lines: Lines; readonly values: JsonPlaces } | undefined

  constructor(text: string, refuse: (problem: ChainmailError) => void) {
    this.#text = text
    this.#refuse = refuse
  }

  read(wanted: Family | undefined): { family: Family; tables: Table[] } {
    const fallback = { family: wanted ?? 'ipv4', tables: [] }
    return this.#attempt(fallback, () => {
      const document = this.#members(this.#parse(), [], ['family', 'tables'])
      const family = this.#attempt(fallback.family, () => this.#family(document, wanted))
      const tables = this.#list(document, 'tables', []).flatMap((table, index) =>
        this.#attempt([], () => [this.#table(table, ['tables', index], { family, iptables: '1.8.11' })]),
      )
      this.#refuseTwins(tables, ['tables'])
      return { family, tables }
    })
  }

  /** What `read` returns; where it throws, the problem is told and the fallback taken. */
  #attempt<Value>(fallback: Value, read: () => Value): Value {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof ChainmailError)) throw error
      this.#refuse(error)
      return fallback
    }
  }

  #parse(): unknown {
    const deep = tooDeep(this.#text, DEEPEST)
    if (deep !== undefined)
      throw textError('bad-syntax', 'objects and lists lie too deep in each other.', this.#text, deep)
    try {
      return JSON.parse(this.#text)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      const { fault = 0 } = new JsonPlaces(this.#text)
      throw textError('bad-syntax', 'this is not JSON.', this.#text, fault, { cause: error })
    }
  }

  #family(document: Members, wanted: Family | undefined): Family {
    const { family } = document
    if (family === undefined) return wanted ?? 'ipv4'
    if (family !== 'ipv4' && family !== 'ipv6')
      throw this.#fault(['family'], `${shown(family)} is not a family; ipv4 and ipv6 are`)
    if (wanted !== undefined && family !== wanted)
      throw this.#fault(['family'], `the ruleset is for ${family}, and ${wanted} is wanted`)
    return family
  }

  #table(value: unknown, at: Steps, context: Context): Table {
    const table = this.#members(value, at, ['name', 'chains'])
    const { name } = table
    if (typeof name !== 'string' || !isTableName(name))
      throw this.#fault([...at, 'name'], `there is no table ${shown(name)}`, 'table-unknown')
    const listed = this.#list(table, 'chains', at)
    const declared = new Set(listed.map(nameOf))
    const chains = listed.flatMap((chain, index) =>
      this.#attempt([], () => [this.#chain(chain, [...at, 'chains', index], { name, declared }, context)]),
    )
    this.#refuseTwins(chains, [...at, 'chains'])
    const loop = findLoop({ name, chains }, context)
    if (loop !== undefined)
      this.#refuse(this.#fault([...at, 'chains'], `${shown(loop.to)} leads back to itself`, 'chain-loop'))
    return { name, chains }
  }

  #chain(value: unknown, at: Steps, { name: table, declared }: Surroundings, context: Context): Chain {
    const chain = this.#members(value, at, ['name', 'policy', 'counters', 'rules'])
    const { name, policy } = chain
    if (typeof name !== 'string' || !isChainName(name))
      throw this.#fault([...at, 'name'], `${shown(name)} is not the name of a chain`, 'bad-name')
    const builtIn = isBuiltIn(table, name)
    if (builtIn ? policy !== 'ACCEPT' && policy !== 'DROP' : policy !== undefined) {
      const what = builtIn
        ? `${shown(policy)} is no policy; ACCEPT and DROP are`
        : `only the kernel's own chains have a policy, and ${shown(name)} is none of the table ${table}`
      throw this.#fault([...at, 'policy'], what)
    }
    const counters = this.#attempt({ packets: 0, bytes: 0 }, () =>
      this.#counters(chain.counters, [...at, 'counters']),
    )
    const rules: ListedRule[] = []
    const place: RulePlace = { table, chain: name, declared, context: { ...context, table } }
    this.#list(chain, 'rules', at).forEach((rule, index) => {
      this.#attempt(undefined, () => {
        rules.push(this.#rule(rule, [...at, 'rules', index], place))
      })
    })
    return typeof policy === 'string' ? { name, policy, counters, rules } : { name, counters, rules }
  }

  #counters(value: unknown, at: Steps): Counters {
    if (value === undefined) return { packets: 0, bytes: 0 }
    const { packets, bytes } = this.#members(value, at, ['packets', 'bytes'])
    return this.#placed(at, () => ({
      packets: reading('packets', () => count(packets)),
      bytes: reading('bytes', () => count(bytes)),
    }))
  }

  #rule(value: unknown, at: Steps, { table, chain, declared, context }: RulePlace): ListedRule {
    return this.#placed(at, () => {
      const rule = checkRule(value, context, this.#repeated)
      refuseChain(rule, table, chain, context)
      const to = chainLedTo(rule, context)
      if (to !== undefined) refuseJump(rule, to, table, declared)
      return { ...rule, text: renderRule(rule, { family: context.family }) }
    })
  }

  #placed<Value>(at: Steps, read: () => Value): Value {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof ChainmailError)) throw error
      const steps = [...at, ...stepsOf(error.path)]
      throw this.#fault(steps, error.message.replace(/\.$/, ''), error.code, pathOf(at))
    }
  }

  #members(value: unknown, at: Steps, known: readonly string[]): Members {
    if (!isMembers(value)) throw this.#fault(at, `${shown(value)} is not an object`)
    for (const name in value) {
      if (!known.includes(name))
        throw this.#fault(
          [...at, name],
          `${shown(name)} is not a member here; ${known.join(', ')} are`,
          'bad-request',
          pathOf(at),
        )
    }
    return value
  }

  #list(members: Members, name: string, at: Steps): readonly unknown[] {
    const value = members[name]
    if (Array.isArray(value)) return value
    throw this.#fault(
      [...at, name],
      value === undefined ? 'the list is missing' : `${shown(value)} is not a list`,
    )
  }

  #refuseTwins(list: readonly { readonly name: string }[], at: Steps): void {
    const seen = new Set<string>()
    for (const { name } of list) {
      if (seen.has(name)) this.#refuse(this.#fault(at, `${shown(name)} stands there twice`))
      seen.add(name)
    }
  }

  #fault(
    steps: Steps,
    what: string,
    code: ErrorCode = 'bad-request',
    subject: string = pathOf(steps),
  ): ChainmailError {
    const sentence = subject === '' ? `${what}.` : `${subject}: ${what}.`
    this.#places ??= { lines: new Lines(this.#text), values: new JsonPlaces(this.#text) }
    const { lines, values } = this.#places
    const place = lines.at(values.locate(steps))
    return new ChainmailError(code, `line ${place.line}: ${sentence}`, { path: pathOf(steps), ...place })
  }
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function nameOf(chain: unknown): unknown {
  return typeof chain === 'object' && chain !== null && 'name' in chain ? chain.name : undefined
}

function pathOf(steps: Steps): string {
  return steps.reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`
    return path === '' ? step : `${path}.${step}`
  }, '')
}

/** The steps of a path such as `matches[1].limit.burst`. */
function stepsOf(path: string | undefined): Steps {
  if (path === undefined || path === 'rule') return []
  return Array.from(path.matchAll(/\[(\d+)\]|[^.[\]]+/g), ([step, index]) =>
    index === undefined ? step : Number(index),
  )
}
