import {
  ChainmailError,
  type CommandFirewall,
  type Firewall,
  type GuardOptions,
  type Outcome,
  type StandInProgram,
  standIn,
  tableChanges,
} from 'chainmail'
import type { History } from './history.ts'
import { ProgramRehearsal, type RehearsedFirewall } from './program-rehearsal.ts'
import type { Operations, Origin } from './revision.ts'

/** What is needed of the library. */
export type ProgramFirewall = CommandFirewall &
  RehearsedFirewall &
  Pick<Firewall, 'command' | 'restore' | 'planBack' | 'apply'>

export interface ProgramRun extends Outcome {
  /** Of what it has changed, its number in the history. */
  readonly revision?: number
}

/**
 * Runs the programs of iptables, stood in for, one after another: each begins when the one before has ended, and what it
 * changes becomes a revision. The rules are read before and after it, so what others change meanwhile is told with it.
 */
export class ProgramRuns {
  readonly #firewall: ProgramFirewall
  readonly #history: History
  #last: Promise<unknown> = Promise.resolve()

  constructor(firewall: ProgramFirewall, history: History) {
    this.#firewall = firewall
    this.#history = history
  }

  /**
   * @throws DaemonError `store-failed` when the change cannot be kept, and was taken back; ChainmailError
   *   `undo-failed` when it could not be
   */
  run(
    origin: Origin,
    program: StandInProgram,
    words: readonly string[],
    input: string,
    guard?: GuardOptions,
  ): Promise<ProgramRun> {
    const { gate } = this.#history.follower
    const turn = this.#last.then(() => gate.enter(() => this.#run(origin, program, words, input, guard)))
    this.#last = turn.catch(() => undefined)
    return turn
  }

  /** What a program would print, how it would end, and what it would change; nothing is changed. */
  async rehearse(
    program: StandInProgram,
    words: readonly string[],
    input: string,
  ): Promise<{ readonly outcome: Outcome; readonly operations: Operations }> {
    const family = program.startsWith('ip6') ? 'ipv6' : 'ipv4'
    const before = await this.#firewall.tables({ family })
    const rehearsal = new ProgramRehearsal(this.#firewall)
    const outcome = await standIn(program, words, rehearsal, input)
    return {
      outcome,
      operations: { chains: tableChanges(family, before, await rehearsal.tables({ family })) },
    }
  }

  async #run(
    origin: Origin,
    program: StandInProgram,
    words: readonly string[],
    input: string,
    guard: GuardOptions | undefined,
  ): Promise<ProgramRun> {
    const family = program.startsWith('ip6') ? 'ipv6' : 'ipv4'
    const before = await this.#firewall.tables({ family })
    const outcome = await standIn(program, words, guarded(this.#firewall, guard), input)
    const chains = tableChanges(family, before, await this.#firewall.tables({ family }))
    return chains.length === 0 ? outcome : { ...outcome, revision: await this.#keep(origin, { chains }) }
  }

  async #keep(origin: Origin, operations: Operations): Promise<number> {
    try {
      return await this.#history.keep({ origin, what: 'rules', operations })
    } catch (error) {
      await this.#takeBack(operations).catch((failure: unknown) => {
        throw new ChainmailError(
          'undo-failed',
          'The store refused the revision of a change of rules, and the change could not be taken back: read the rules before going on.',
          { cause: failure },
        )
      })
      throw error
    }
  }

  async #takeBack({ chains = [] }: Operations): Promise<void> {
    const { plan } = await this.#firewall.planBack([{ time: Date.now(), chains, sets: [] }])
    await this.#firewall.apply(plan, { force: true })
  }
}

/** A firewall that refuses what would shut somebody out. */
function guarded(firewall: ProgramFirewall, guard: GuardOptions | undefined): CommandFirewall {
  const { backend, host } = firewall
  return {
    backend,
    host,
    tables: (options) => firewall.tables(options),
    command: (command) => firewall.command(command, { guard }),
    restore: (place, lines) => firewall.restore(place, lines, { guard }),
  }
}
