import type { Family } from '@chainmail/kernel'
import {
  ChainmailError,
  type CommandFirewall,
  concernedSets,
  type Firewall,
  type GuardOptions,
  isOwnedName,
  type Outcome,
  type StandInProgram,
  standIn,
  type Table,
  tableChanges,
} from 'chainmail'
import { GuardedSetCommands } from './guarded-set-commands.ts'
import type { History } from './history.ts'
import { ProgramRehearsal, type RehearsedFirewall } from './program-rehearsal.ts'
import type { Operations, Origin } from './revision.ts'
import type { SetChanges } from './set-changes.ts'
import { TouchedChains } from './touched-chains.ts'

/** What is needed of the library. */
export type ProgramFirewall = CommandFirewall &
  RehearsedFirewall &
  Pick<Firewall, 'command' | 'restore' | 'planBack' | 'apply' | 'setNames' | 'setGuard'>

/** What a program is called with. */
export interface ProgramCall {
  readonly program: StandInProgram
  /** Behind its name. */
  readonly words: readonly string[]
  /** What comes by its standard input. */
  readonly input: string
}

export interface RunOptions {
  /** What must not be shut out. */
  readonly guard?: GuardOptions | undefined
  /** Goes on behind a program that ends with another code than 0. */
  readonly keepGoing?: boolean
}

/** What became of some programs. */
interface Ending {
  /** Of each program that was run. */
  readonly runs: readonly Outcome[]
  /** What the one behind them was refused for, which is not its own to tell: what was done before that stays. */
  readonly refusal?: { readonly reason: unknown }
}

export interface ProgramsRun extends Ending {
  /** Of what they have changed, its number in the history. */
  readonly revision?: number
}

type Tables = ReadonlyMap<Family, readonly Table[]>

/**
 * Runs the programs of iptables, and ipset, stood in for, one after another: each begins when the one before has ended.
 * What is run together becomes one revision. Rules and sets are read before and after it, so what others change
 * meanwhile in the chains and sets that it names is told with it.
 */
export class ProgramRuns {
  readonly #firewall: ProgramFirewall
  readonly #history: History
  readonly #sets: SetChanges
  #last: Promise<unknown> = Promise.resolve()

  constructor(firewall: ProgramFirewall, history: History, sets: SetChanges) {
    this.#firewall = firewall
    this.#history = history
    this.#sets = sets
  }

  /**
   * Runs programs in their order, up to the first that ends with another code than 0. Beside several of them nothing
   * else is changed that goes into the history, but bans.
   *
   * @returns with a refusal, `would-lock-out` where a guard is given, what was done before that too
   * @throws DaemonError `store-failed` when the change cannot be kept, and was taken back; ChainmailError
   *   `undo-failed` when it could not be
   */
  run(origin: Origin, calls: readonly ProgramCall[], options: RunOptions = {}): Promise<ProgramsRun> {
    const { gate } = this.#history.follower
    const work = (): Promise<ProgramsRun> => this.#run(origin, calls, options)
    const turn = this.#last.then(() => (calls.length > 1 ? gate.alone(work) : gate.enter(work)))
    this.#last = turn.catch(() => undefined)
    return turn
  }

  /** What programs would print, how they would end, and what they would change; nothing is changed. */
  async rehearse(
    calls: readonly ProgramCall[],
    { keepGoing = false }: Pick<RunOptions, 'keepGoing'> = {},
  ): Promise<{ readonly runs: readonly Outcome[]; readonly operations: Operations }> {
    const families = familiesOf(calls)
    const names = this.#concerned(calls)
    const before = await tablesOf(this.#firewall, families)
    await using rehearsal = new ProgramRehearsal(this.#firewall)
    const { runs, refusal } = await runAll(calls, rehearsal, keepGoing)
    if (refusal !== undefined) throw refusal.reason
    const chains = changesBetween(before, await tablesOf(rehearsal, families))
    const after = await Promise.all(names.map((name) => rehearsal.snapshot(name)))
    const sets = await this.#sets.foresee(names, () => after)
    return { runs, operations: { chains, ...sets } }
  }

  async #run(
    origin: Origin,
    calls: readonly ProgramCall[],
    { guard, keepGoing = false }: RunOptions,
  ): Promise<ProgramsRun> {
    const families = familiesOf(calls)
    const before = await tablesOf(this.#firewall, families)
    const touched = new TouchedChains()
    const { result: ending, operations: sets } = await this.#sets.compare(this.#concerned(calls), () =>
      runAll(calls, guarded(this.#firewall, guard, touched), keepGoing),
    )
    const chains = touched.isEmpty
      ? []
      : changesBetween(before, await tablesOf(this.#firewall, families)).filter((one) => touched.has(one))
    const operations: Operations = { ...(chains.length === 0 ? {} : { chains }), ...sets }
    const isChanged = Object.keys(operations).length > 0
    const revision = isChanged ? await this.#keep(origin, operations) : undefined
    return revision === undefined ? ending : { ...ending, revision }
  }

  /** All sets that the programs may change. What is meant for all of them leaves chainmail's own alone. */
  #concerned(calls: readonly ProgramCall[]): readonly string[] {
    const concerned = calls.flatMap(({ program, words, input }) =>
      program === 'ipset' ? [concernedSets(words, input)] : [],
    )
    const foreign = concerned.some(({ all }) => all)
      ? this.#firewall.setNames().filter((name) => !isOwnedName(name))
      : []
    return [...new Set([...foreign, ...concerned.flatMap(({ names }) => names)])]
  }

  async #keep(origin: Origin, operations: Operations): Promise<number> {
    const what = operations.chains === undefined ? 'sets' : 'rules'
    try {
      return await this.#history.keep({ origin, what, operations })
    } catch (error) {
      await this.#takeBack(operations).catch((failure: unknown) => {
        throw new ChainmailError(
          'undo-failed',
          'The store refused the revision of what a program has changed, and the change could not be taken back: read the rules and sets before going on.',
          { cause: failure },
        )
      })
      throw error
    }
  }

  async #takeBack({ chains = [], sets = [], irreversible = [] }: Operations): Promise<void> {
    const { plan } = await this.#firewall.planBack([{ time: Date.now(), chains, sets }])
    await this.#firewall.apply(plan, { force: true })
    if (irreversible[0] !== undefined) throw new Error(irreversible[0])
  }
}

async function runAll(
  calls: readonly ProgramCall[],
  firewall: CommandFirewall,
  keepGoing: boolean,
): Promise<Ending> {
  const runs: Outcome[] = []
  try {
    for (const { program, words, input } of calls) {
      const outcome = await standIn(program, words, firewall, input)
      runs.push(outcome)
      if (outcome.code !== 0 && !keepGoing) break
    }
    return { runs }
  } catch (reason) {
    return { runs, refusal: { reason } }
  }
}

function familiesOf(calls: readonly ProgramCall[]): readonly Family[] {
  const rules = calls.filter(({ program }) => program !== 'ipset')
  return [...new Set(rules.map(({ program }): Family => (program.startsWith('ip6') ? 'ipv6' : 'ipv4')))]
}

async function tablesOf(
  firewall: Pick<CommandFirewall, 'tables'>,
  families: readonly Family[],
): Promise<Tables> {
  const read = families.map(async (family) => [family, await firewall.tables({ family })] as const)
  return new Map(await Promise.all(read))
}

function changesBetween(before: Tables, after: Tables): ReturnType<typeof tableChanges> {
  return [...before].flatMap(([family, tables]) => tableChanges(family, tables, after.get(family) ?? []))
}

/** A firewall that refuses what would shut somebody out, and notes which chains are to be changed. */
function guarded(
  firewall: ProgramFirewall,
  guard: GuardOptions | undefined,
  touched: TouchedChains,
): CommandFirewall {
  const { backend, host } = firewall
  return {
    backend,
    host,
    get setCommands() {
      const { setCommands } = firewall
      return guard === undefined
        ? setCommands
        : new GuardedSetCommands(setCommands, (name) => firewall.setGuard(name, guard))
    },
    tables: (options) => firewall.tables(options),
    command: (command) => {
      touched.addCommand(command)
      return firewall.command(command, { guard })
    },
    restore: (place, lines) => {
      touched.addLines(place, lines)
      return firewall.restore(place, lines, { guard })
    },
  }
}
