import { ChainmailError } from '../errors.ts'
import { sameRule } from '../model/equality.ts'
import type { Literal } from '../model/literals.ts'
import { isBuiltIn } from '../model/names/tables.ts'
import type { Rule, RuleInput } from '../model/rule.ts'
import type { Chain, ListedRule } from '../text/save.ts'
import { checkChainName, checkPosition, type Operation, type Place, restoreLines } from './operation.ts'
import { readRule } from './rule-input.ts'
import type { RuleWriter } from './writer.ts'

/**
 * One chain of a table. A rule may be given as data or in iptables' own words; what is answered is its
 * canonical form. Every change resolves when the kernel has it, and has changed nothing when it rejects.
 */
export class ChainHandle {
  readonly name: string
  readonly place: Place
  readonly #writer: RuleWriter

  /** @throws ChainmailError `bad-name` */
  constructor(name: string, place: Place, writer: RuleWriter) {
    this.name = checkChainName(name)
    this.place = place
    this.#writer = writer
  }

  /** @throws ChainmailError `chain-not-found`; XtablesError `table-unknown`, `save-timeout` */
  async rules(): Promise<readonly ListedRule[]> {
    return (await this.read()).rules
  }

  /** The chain with its policy, counters and rules. */
  async read(): Promise<Chain> {
    const { table, family } = this.place
    const [found] = await this.#writer.read(family, table)
    const chain = found?.chains.find(({ name }) => name === this.name)
    if (chain !== undefined) return chain
    if (isBuiltIn(table, this.name)) {
      return { name: this.name, policy: 'ACCEPT', counters: { packets: 0, bytes: 0 }, rules: [] }
    }
    throw new ChainmailError(
      'chain-not-found',
      `The table ${table} has no chain ${JSON.stringify(this.name)} for ${family}.`,
      { path: 'chain' },
    )
  }

  /** Puts the rule before the one that has the number `position`; 1, the head of the chain, if not said. */
  insert<const R extends RuleInput>(
    input: string | (R & Literal<R>),
    { position = 1 }: { position?: number } = {},
  ): Promise<Rule> {
    return this.#put(input, (rule) => ({
      do: 'insert',
      chain: this.name,
      position: checkPosition(position),
      rule,
    }))
  }

  /** Puts the rule at the end of the chain. */
  append<const R extends RuleInput>(input: string | (R & Literal<R>)): Promise<Rule> {
    return this.#put(input, (rule) => ({ do: 'append', chain: this.name, rule }))
  }

  /** Puts the rule in the place of the one that has the number `position`. Its counters begin anew. */
  replace<const R extends RuleInput>(position: number, input: string | (R & Literal<R>)): Promise<Rule> {
    return this.#put(input, (rule) => ({
      do: 'replace',
      chain: this.name,
      position: checkPosition(position),
      rule,
    }))
  }

  /**
   * Takes out the first rule that is equal to the one given, or the rule with this number.
   *
   * @throws RestoreError `rule-not-found`, `index-too-big`, `chain-not-found`
   */
  async delete<const R extends RuleInput>(rule: number | string | (R & Literal<R>)): Promise<void> {
    const named = typeof rule === 'number' ? checkPosition(rule) : readRule(rule, this.place)
    await this.#change({ do: 'delete', chain: this.name, rule: named })
  }

  /** Whether the chain holds a rule that is equal to the one given. */
  async check<const R extends RuleInput>(input: string | (R & Literal<R>)): Promise<boolean> {
    const wanted = readRule(input, this.place)
    return (await this.rules()).some((rule) => sameRule(rule, wanted, this.place))
  }

  /** @throws RestoreError `chain-exists` */
  create(): Promise<void> {
    return this.#change({ do: 'create', chain: this.name })
  }

  /** Takes out every rule. */
  flush(): Promise<void> {
    return this.#change({ do: 'flush', chain: this.name })
  }

  /** @throws RestoreError `chain-not-found`; `chain-busy` while it holds rules or is jumped to */
  remove(): Promise<void> {
    return this.#change({ do: 'remove', chain: this.name })
  }

  async #put(input: RuleInput | string, operation: (rule: Rule) => Operation): Promise<Rule> {
    const rule = readRule(input, this.place)
    await this.#change(operation(rule))
    return rule
  }

  #change(operation: Operation): Promise<void> {
    return this.#writer.change(this.place, restoreLines([operation], this.place.family))
  }
}
