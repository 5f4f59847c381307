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
import type { Counters, Rule } from '../../model/rule.ts'
import { sortedChains } from '../command/chain-order.ts'
import { chainLedTo, findLoop, refuseJump } from '../jumps.ts'
import { parseRule } from '../parse-rule.ts'
import { Lines } from '../place.ts'
import { type ReadRuleset, told } from '../read-ruleset.ts'
import { renderRule } from '../render-rule.ts'
import type { Chain, ListedRule, Problem, Table } from '../save.ts'
import { unescapeBytes } from './content.ts'
import { parseXml, type XmlElement } from './element.ts'
import { ruleTexts } from './rule-element.ts'

/**
 * Reads the XML of iptables-xml(1), with `--combine` too: a rule with several actions becomes one rule for each, and
 * the counters stay with the first.
 *
 * @param family where the text names none; it must be the same where the text names one
 */
export function readXml(text: string, family?: Family): ReadRuleset {
  return new XmlRulesetReader(text).read(family)
}

/** @throws ChainmailError with line and column of the first fault */
export function parseXmlRuleset(text: string, family?: Family): Omit<ReadRuleset, 'problems'> {
  const { problems, ...ruleset } = readXml(text, family)
  const [first] = problems
  if (first !== undefined) throw new ChainmailError(first.code, first.message, first)
  return ruleset
}

type DraftChain = Chain & { readonly rules: ListedRule[] }

class XmlRulesetReader {
  readonly #text: string
  readonly #problems: Problem[] = []
  readonly #repeated = new RepeatedOptions()
  #lines: Lines | undefined

  constructor(text: string) {
    this.#text = text
  }

  read(wanted: Family | undefined): ReadRuleset {
    const tables: Table[] = []
    let family = wanted ?? 'ipv4'
    this.#attempt(() => {
      const root = parseXml(this.#text)
      if (root.name !== 'iptables-rules') throw this.#fault(root, 'the element iptables-rules is wanted')
      family = this.#family(root, wanted)
      for (const element of this.#children(root, 'table')) {
        this.#attempt(() => {
          const table = this.#table(element, { family, iptables: '1.8.11' })
          if (tables.some(({ name }) => name === table.name))
            throw this.#fault(element, `the table ${table.name} stands there twice`)
          tables.push(table)
        })
      }
    })
    return { family, tables, problems: this.#problems }
  }

  #attempt(read: () => void): void {
    try {
      read()
    } catch (error) {
      if (!(error instanceof ChainmailError)) throw error
      this.#problems.push(told(error))
    }
  }

  #children({ children }: XmlElement, name: string): readonly XmlElement[] {
    return children.filter((child) => {
      if (child.name === name) return true
      this.#attempt(() => {
        throw this.#fault(child, `the element ${shown(child.name)} has no place here; ${name} has`)
      })
      return false
    })
  }

  #family(root: XmlElement, wanted: Family | undefined): Family {
    const named = root.attributes.get('chainmail:family')
    if (named === undefined) return wanted ?? 'ipv4'
    if (named !== 'ipv4' && named !== 'ipv6')
      throw this.#fault(root, `${shown(named)} is not a family; ipv4 and ipv6 are`)
    if (wanted !== undefined && wanted !== named)
      throw this.#fault(root, `the ruleset is for ${named}, and ${wanted} is wanted`)
    return named
  }

  #table(element: XmlElement, context: Context): Table {
    const name = element.attributes.get('name') ?? ''
    if (!isTableName(name)) throw this.#fault(element, `there is no table ${shown(name)}`, 'table-unknown')
    const inTable = { ...context, table: name }
    const chains = new Map<string, DraftChain>()
    const declared = new Set(
      element.children.map(({ attributes }) => unescapeBytes(attributes.get('name') ?? '')),
    )
    for (const child of this.#children(element, 'chain')) {
      this.#attempt(() => {
        const chain = this.#chain(child, name)
        const known = chains.get(chain.name) ?? chain
        chains.set(chain.name, known)
        for (const rule of this.#children(child, 'rule'))
          this.#attempt(() => {
            const rules = this.#rules(rule, inTable)
            this.#refusePlaces(rule, rules, { table: name, chain: chain.name, declared }, context)
            known.rules.push(...rules)
          })
      })
    }
    const table = { name, chains: this.#inOrder(element, name, [...chains.values()]) }
    this.#attempt(() => this.#refuseLoop(element, table, context))
    return table
  }

  /** Refuses what is not taken in the chain, and jumps to chains that are not there. */
  #refusePlaces(
    element: XmlElement,
    rules: readonly ListedRule[],
    { table, chain, declared }: { table: string; chain: string; declared: ReadonlySet<string> },
    context: Context,
  ): void {
    for (const rule of rules) {
      this.#placed(element, () => refuseChain(rule, table, chain, context))
      const to = chainLedTo(rule, context)
      if (to !== undefined) this.#placed(element, () => refuseJump(rule, to, table, declared))
    }
  }

  #refuseLoop({ children }: XmlElement, table: Table, context: Context): void {
    const loop = findLoop(table, context)
    const from = children.find(({ attributes }) => unescapeBytes(attributes.get('name') ?? '') === loop?.from)
    if (loop !== undefined && from !== undefined)
      throw this.#fault(from, `the chain ${shown(loop.to)} leads back to itself`, 'chain-loop')
  }

  /** The chains as the text says they stand, or else as iptables-save prints them. */
  #inOrder(table: XmlElement, name: string, chains: readonly Chain[]): readonly Chain[] {
    const usual = sortedChains(name, chains)
    const names = this.#json(table, 'chains')
    if (!Array.isArray(names)) return usual
    const ordered = names.flatMap((wanted) => chains.filter((chain) => chain.name === wanted))
    return new Set(ordered).size === chains.length && ordered.length === chains.length ? ordered : usual
  }

  #chain(element: XmlElement, table: string): DraftChain {
    const { attributes } = element
    const name = unescapeBytes(attributes.get('name') ?? '')
    if (!isChainName(name))
      throw this.#fault(element, `${shown(name)} is not the name of a chain`, 'bad-name')
    const policy = attributes.get('policy')
    const builtIn = isBuiltIn(table, name)
    if (builtIn ? policy !== 'ACCEPT' && policy !== 'DROP' : policy !== undefined)
      throw this.#fault(
        element,
        builtIn
          ? `${shown(policy)} is no policy; ACCEPT and DROP are`
          : `only the kernel's own chains have a policy, and ${shown(name)} is none of the table ${table}`,
      )
    const counters = this.#counters(
      element,
      attributes.get('chainmail:packets') ?? attributes.get('packet-count'),
      attributes.get('chainmail:bytes') ?? attributes.get('byte-count'),
    ) ?? { packets: 0, bytes: 0 }
    return policy === undefined ? { name, counters, rules: [] } : { name, policy, counters, rules: [] }
  }

  #counters(
    element: XmlElement,
    packets: string | undefined,
    bytes: string | undefined,
  ): Counters | undefined {
    if (packets === undefined && bytes === undefined) return undefined
    return this.#placed(element, () => ({
      packets: reading('packet-count', () => count(packets)),
      bytes: reading('byte-count', () => count(bytes)),
    }))
  }

  #rules(element: XmlElement, context: Context): readonly ListedRule[] {
    const counters = this.#counters(
      element,
      element.attributes.get('packet-count'),
      element.attributes.get('byte-count'),
    )
    return this.#plainRules(element, context).map((rule, index) => {
      const text = renderRule(rule, { family: context.family })
      return counters === undefined || index > 0 ? { ...rule, text } : { ...rule, text, counters }
    })
  }

  #plainRules(element: XmlElement, context: Context): readonly Rule[] {
    const kept = this.#json(element, 'rule')
    return this.#placed(element, () =>
      kept === undefined
        ? ruleTexts(element).map((text) => parseRule(text, context, this.#repeated))
        : [checkRule(kept, context, this.#repeated)],
    )
  }

  /** One of our attributes that holds JSON. */
  #json(element: XmlElement, name: string): unknown {
    const text = element.attributes.get(`chainmail:${name}`)
    if (text === undefined) return undefined
    try {
      return JSON.parse(unescapeBytes(text))
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      throw this.#fault(element, `the attribute chainmail:${name} is not JSON`, 'bad-syntax')
    }
  }

  #placed<Value>(element: XmlElement, read: () => Value): Value {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof ChainmailError)) throw error
      throw this.#fault(element, error.message.replace(/\.$/, ''), error.code, error.path)
    }
  }

  #fault(
    { offset }: XmlElement,
    what: string,
    code: ErrorCode = 'bad-request',
    path?: string,
  ): ChainmailError {
    this.#lines ??= new Lines(this.#text)
    const place = this.#lines.at(offset)
    return new ChainmailError(code, `line ${place.line}: ${what}.`, { path, ...place })
  }
}
