import { ChainmailError } from '../../errors.ts'
import { sameRule } from '../../model/equality.ts'
import type { Context } from '../../model/kind.ts'
import type { Literal } from '../../model/literals.ts'
import { isBuiltIn } from '../../model/names/tables.ts'
import type { Rule, RuleInput } from '../../model/rule.ts'
import type { Spelling } from '../../model/version.ts'
import { renderRule } from '../../text/render-rule.ts'
import type { Chain, ListedRule } from '../../text/save.ts'
import type { FirewallEvents } from '../events.ts'
import type { LockOutGuard } from '../guard/lock-out.ts'
import type { GuardOptions } from '../guard/packets.ts'
import { checkChainName, checkPosition, type Operation, type Place, restoreLines } from './operation.ts'
import { readRule } from './rule-input.ts'
import type { RuleWriter } from './writer.ts'

export interface PutOptions {
  /** What the change must not shut out, beside the allowlist. If it is not said, nobody looks. */
  readonly guard?: GuardOptions | undefined
}

/** A rule that was taken out of a chain, and where it stood. */
export interface TakenRule {
  readonly rule: ListedRule
  /** Its number, counted from 1; undefined where it came and went between the look and the change. */
  readonly position: number | undefined
  /** The texts of the rules before it, and behind it, the nearest ones, in the order of the chain. */
  readonly above: readonly string[]
  readonly below: readonly string[]
}

/** Rules on either side of one that is taken out by which its place is told. */
const AROUND = 3

const noCounters = { packets: 0, bytes: 0 } as const

/**
 * One chain of a table. A rule may be given as data or in iptables' own words; what is answered is its
 * canonical form. Every change resolves when the kernel has it, and has changed nothing when it rejects.
 */
export class ChainHandle {
  readonly name: string
  readonly place: Place
  /** In which rules are read and written. */
  readonly #context: Context
  readonly #writer: RuleWriter
  readonly #events: FirewallEvents
  readonly #lockOut: LockOutGuard

  /** @throws ChainmailError `bad-name` */
  constructor(
    name: string,
    place: Place,
    writer: RuleWriter,
    events: FirewallEvents,
    lockOut: LockOutGuard,
    spelling: Spelling = {},
  ) {
    this.name = checkChainName(name)
    this.place = place
    this.#context = { ...place, ...spelling }
    this.#writer = writer
    this.#events = events
    this.#lockOut = lockOut
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

  /**
   * Puts the rule before the one that has the number `position`; 1, the head of the chain, if not said.
   *
   * @throws ChainmailError `would-lock-out` where a guard is given
   */
  insert<const R extends RuleInput>(
    input: string | (R & Literal<R>),
    { position = 1, guard }: { position?: number } & PutOptions = {},
  ): Promise<Rule> {
    const at = checkPosition(position)
    return this.#put(input, (rule) => ({ do: 'insert', chain: this.name, position: at, rule }), guard)
  }

  /** Puts the rule at the end of the chain. @throws ChainmailError `would-lock-out` where a guard is given */
  append<const R extends RuleInput>(
    input: string | (R & Literal<R>),
    { guard }: PutOptions = {},
  ): Promise<Rule> {
    return this.#put(input, (rule) => ({ do: 'append', chain: this.name, rule }), guard)
  }

  /**
   * Puts the rule in the place of the one that has the number `position`. Its counters begin anew.
   *
   * @throws ChainmailError `would-lock-out` where a guard is given
   */
  replace<const R extends RuleInput>(
    position: number,
    input: string | (R & Literal<R>),
    { guard }: PutOptions = {},
  ): Promise<Rule> {
    const at = checkPosition(position)
    return this.#put(input, (rule) => ({ do: 'replace', chain: this.name, position: at, rule }), guard)
  }

  /**
   * Takes out the first rule that is equal to the one given, or the rule with this number.
   *
   * @throws RestoreError `rule-not-found`, `index-too-big`, `chain-not-found`; ChainmailError `would-lock-out` where a
   *   guard is given
   */
  async delete<const R extends RuleInput>(
    rule: number | string | (R & Literal<R>),
    { guard }: PutOptions = {},
  ): Promise<void> {
    const named = typeof rule === 'number' ? checkPosition(rule) : readRule(rule, this.#context)
    const operation: Operation = { do: 'delete', chain: this.name, rule: named }
    await this.#guarded(operation, guard)
    await this.#change(operation)
  }

  /**
   * Takes a rule out as {@link delete} does, and tells where it stood, as it was read a moment before.
   *
   * @throws RestoreError or ChainmailError `rule-not-found`, `index-too-big`, `chain-not-found`; ChainmailError
   *   `would-lock-out` where a guard is given
   */
  async takeOut<const R extends RuleInput>(
    rule: number | string | (R & Literal<R>),
    { guard }: PutOptions = {},
  ): Promise<TakenRule> {
    const wanted = typeof rule === 'number' ? checkPosition(rule) : readRule(rule, this.#context)
    await this.#guarded({ do: 'delete', chain: this.name, rule: wanted }, guard)
    if (typeof wanted === 'number') return this.#takeOutAt(wanted)
    // Readers that wait for the same table share one reading, and what they delete goes into one commit.
    const rules = await this.rules()
    const taken = takenRule(
      rules,
      rules.findIndex((one) => sameRule(one, wanted, this.#context)),
    )
    await this.#change({ do: 'delete', chain: this.name, rule: wanted })
    if (taken !== undefined) return taken
    return {
      rule: { ...wanted, text: renderRule(wanted, this.#context), counters: noCounters },
      position: undefined,
      above: [],
      below: [],
    }
  }

  /** Whether the chain holds a rule that is equal to the one given. */
  async check<const R extends RuleInput>(input: string | (R & Literal<R>)): Promise<boolean> {
    const wanted = readRule(input, this.#context)
    return (await this.rules()).some((rule) => sameRule(rule, wanted, this.#context))
  }

  /** @throws RestoreError `chain-exists` */
  create(): Promise<void> {
    return this.#change({ do: 'create', chain: this.name })
  }

  /** Takes out every rule. @throws ChainmailError `would-lock-out` where a guard is given */
  async flush({ guard }: PutOptions = {}): Promise<void> {
    const operation: Operation = { do: 'flush', chain: this.name }
    await this.#guarded(operation, guard)
    await this.#change(operation)
  }

  /** @throws RestoreError `chain-not-found`; `chain-busy` while it holds rules or is jumped to */
  remove(): Promise<void> {
    return this.#change({ do: 'remove', chain: this.name })
  }

  async #put(
    input: RuleInput | string,
    operation: (rule: Rule) => Operation,
    guard: GuardOptions | undefined,
  ): Promise<Rule> {
    const rule = readRule(input, this.#context)
    const change = operation(rule)
    await this.#guarded(change, guard)
    await this.#change(change)
    return rule
  }

  async #guarded(operation: Operation, guard: GuardOptions | undefined): Promise<void> {
    if (guard !== undefined)
      await this.#lockOut.checkChanges([{ place: this.place, operations: [operation] }], guard)
  }

  /** A number means a rule only as long as nobody else writes. */
  #takeOutAt(position: number): Promise<TakenRule> {
    const { table, family } = this.place
    return this.#writer.alone(async (doors) => {
      const [found] = await doors.read(family, table)
      const taken = takenRule(found?.chains.find(({ name }) => name === this.name)?.rules ?? [], position - 1)
      const operation = { do: 'delete', chain: this.name, rule: position } as const
      await doors.commit(this.place, restoreLines([operation], this.#context))
      this.#events.changed(() => ({ what: 'rules', place: this.place, operations: [operation] }))
      if (taken !== undefined) return taken
      throw new ChainmailError(
        'rule-not-found',
        `The chain ${this.name} had no rule ${position} a moment ago.`,
      )
    })
  }

  async #change(operation: Operation): Promise<void> {
    await this.#writer.change(this.place, restoreLines([operation], this.#context))
    this.#events.changed(() => ({ what: 'rules', place: this.place, operations: [operation] }))
  }
}

function takenRule(rules: readonly ListedRule[], index: number): TakenRule | undefined {
  const rule = rules[index]
  if (rule === undefined) return undefined
  const texts = (part: readonly ListedRule[]): readonly string[] => part.map(({ text }) => text)
  return {
    rule,
    position: index + 1,
    above: texts(rules.slice(Math.max(0, index - AROUND), index)),
    below: texts(rules.slice(index + 1, index + 1 + AROUND)),
  }
}
