import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { connect } from '@chainmail/daemon/client'
import { type StartedDaemon, spawnDaemon } from '../daemon.ts'
import { allowlist } from './callers/allowlist.ts'
import { bans } from './callers/bans.ts'
import { bulkBans } from './callers/bulk-bans.ts'
import { type Caller, isGone, type Load } from './callers/caller.ts'
import { networks } from './callers/networks.ts'
import { plans } from './callers/plans.ts'
import { probations } from './callers/probations.ts'
import { rfw } from './callers/rfw.ts'
import { rules } from './callers/rules.ts'
import { sets } from './callers/sets.ts'
import { transactions } from './callers/transactions.ts'
import { makeBans, makeChains, makeSet } from './host.ts'
import { readKernel } from './kernel-state.ts'
import { Model } from './model.ts'
import { Random } from './random.ts'
import { isStored, readStore } from './store-state.ts'

export interface ChaosOptions {
  readonly kills: number
  /** Makes the same requests and the same moments again; how far the daemon comes in them, the machine decides. */
  readonly seed: number
  /** Bans and rules that are there beforehand. */
  readonly bans: number
  readonly rules: number
  /** For the daemon's state, and a copy of its store. */
  readonly folder: string
  /** Is told of each kill. */
  readonly onKill?: (told: ChaosSoFar) => void
}

export interface ChaosSoFar {
  readonly kills: number
  /** Of these, kills of a daemon that did not listen yet. */
  readonly early: number
  /** Changes that were acknowledged. */
  readonly acknowledged: number
  /** Changes that were under way at a kill, and are made; and those that are not. */
  readonly made: number
  readonly notMade: number
  /** Milliseconds from the start of the process until it listened, of each. */
  readonly restarts: readonly number[]
}

export interface ChaosResult extends ChaosSoFar {
  /** What was wrong after the last kill, with which it ends; none when all is as it has to be. */
  readonly faults: readonly string[]
}

/** A kill comes within so many milliseconds behind the answer to one of so many changes, or after the start. */
const LATEST = 100
const LATEST_EARLY = 1_500
const MOST_ANSWERS = 600
/** Milliseconds after which it comes although nothing was answered. */
const SILENCE = 30_000
/** One kill of so many comes before the daemon listens. */
const EARLY_EVERY = 6

const CHAINS = ['chaos-rules', 'chaos-1', 'chaos-2']
const SET = 'chaos-set'

/** The file of the store in the folder of a daemon. */
const STORE = 'state/chainmail.sqlite'

const callers: readonly Caller[] = [
  ...[1, 2, 3, 4].map(bans),
  ...[1, 2].map(bulkBans),
  networks,
  allowlist,
  rules('chaos-1'),
  rules('chaos-2'),
  ...[1, 2].map(rfw),
  sets(SET),
  plans,
  transactions,
  probations,
]

/**
 * Kills a daemon at random moments under load, and looks each time whether the kernel has everything that was
 * acknowledged and nothing by halves, and whether the store is whole. Ends with the first kill after which something
 * is wrong.
 */
export async function chaos(options: ChaosOptions): Promise<ChaosResult> {
  const chance = new Random(options.seed)
  const loaded = callers.map((caller) => ({ caller, random: chance.branch() }))
  const run = new Run(options)
  let daemon = await run.prepare()
  do {
    const load = run.load(daemon, loaded, chance.below(MOST_ANSWERS))
    const [moment, ending] = [chance.below(LATEST), new AbortController()]
    await Promise.race([load.answered, load.failed, silence(ending.signal)])
    ending.abort()
    await Promise.race([setTimeout(moment), load.failed])
    load.isOver = true
    await run.kill(daemon)
    await load.ended
    run.checkStore()
    while (run.goesOn && chance.oneIn(EARLY_EVERY)) {
      await run.killEarly(chance.below(LATEST_EARLY))
      run.checkStore()
    }
    if (run.faults.length > 0) break
    daemon = await run.start()
    await run.checkKernel()
  } while (run.goesOn)
  await end(daemon)
  return { ...run.soFar(), faults: run.faults }
}

/** Requests under way. */
interface Running {
  /** Whether requests may fail, because the daemon is being killed. */
  isOver: boolean
  /** Resolves when so many changes as wished are acknowledged. */
  readonly answered: Promise<void>
  /** Resolves when a request fails before that. */
  readonly failed: Promise<void>
  /** Resolves when nothing is asked any more. */
  readonly ended: Promise<unknown>
}

class Run {
  readonly faults: string[] = []
  readonly #options: ChaosOptions
  readonly #model = new Model()
  readonly #restarts: number[] = []
  #kills = 0
  #early = 0
  #made = 0
  #notMade = 0
  #words = 0
  #revision = 0

  constructor(options: ChaosOptions) {
    this.#options = options
  }

  get goesOn(): boolean {
    return this.faults.length === 0 && this.#kills < this.#options.kills
  }

  soFar(): ChaosSoFar {
    return {
      kills: this.#kills,
      early: this.#early,
      acknowledged: this.#model.acknowledged,
      made: this.#made,
      notMade: this.#notMade,
      restarts: this.#restarts,
    }
  }

  /** Starts the first daemon, with what has to be there beforehand. */
  async prepare(): Promise<StartedDaemon> {
    await makeChains(CHAINS, this.#options.rules, this.#model)
    const daemon = spawnDaemon(this.#options.folder)
    await daemon.listening
    await makeBans(connect({ socket: daemon.socket }), this.#options.bans, this.#model)
    await makeSet(connect({ socket: daemon.socket }), SET)
    return daemon
  }

  async start(): Promise<StartedDaemon> {
    const started = performance.now()
    const daemon = spawnDaemon(this.#options.folder)
    await daemon.listening
    this.#restarts.push(performance.now() - started)
    return daemon
  }

  /** Lets everybody ask, one request after another, until the daemon is gone. */
  load(
    daemon: StartedDaemon,
    callers: readonly { caller: Caller; random: Random }[],
    answers: number,
  ): Running {
    const client = connect({ socket: daemon.socket })
    const enough = this.#model.acknowledged + answers
    const answered = Promise.withResolvers<void>()
    const failed = Promise.withResolvers<void>()
    const ask = async ({ caller, random }: { caller: Caller; random: Random }): Promise<void> => {
      const load: Load = {
        client,
        model: this.#model,
        random,
        sawRevision: (revision) => {
          this.#revision = Math.max(this.#revision, revision)
        },
        word: () => `w${++this.#words}`,
      }
      try {
        while (!running.isOver) {
          await caller(load)
          if (this.#model.acknowledged >= enough) answered.resolve()
        }
      } catch (error) {
        if (running.isOver && isGone(error)) return
        this.faults.push(`a request failed: ${error instanceof Error ? error.message : String(error)}`)
        failed.resolve()
      }
    }
    const running: Running = {
      isOver: false,
      answered: answered.promise,
      failed: failed.promise,
      ended: Promise.resolve(),
    }
    return Object.assign(running, { ended: Promise.all(callers.map(ask)) })
  }

  async kill(daemon: StartedDaemon): Promise<void> {
    const { exitCode, signalCode } = daemon.process
    if (exitCode !== null || signalCode !== null)
      this.faults.push(`the daemon ended by itself, with ${exitCode ?? signalCode}`)
    await end(daemon)
    this.#kills++
  }

  /** Kills a daemon that has been started so many milliseconds ago. */
  async killEarly(moment: number): Promise<void> {
    const daemon = spawnDaemon(this.#options.folder)
    const listened = daemon.listening.catch(() => undefined)
    await setTimeout(moment)
    await this.kill(daemon)
    await listened
    this.#early++
  }

  /** Looks whether the store that a killed daemon leaves is whole, and has everything that was acknowledged. */
  checkStore(): void {
    const { folder } = this.#options
    const { state, faults, revision } = readStore(join(folder, STORE), join(folder, 'copy.sqlite'))
    this.faults.push(...faults.map((fault) => `the store is damaged: ${fault}`))
    this.faults.push(...this.#model.differences(state, isStored).map((fault) => `in the store: ${fault}`))
    if (revision < this.#revision)
      this.faults.push(`the history ends with ${revision}, and ${this.#revision} was acknowledged`)
  }

  /** Looks whether the kernel has what was acknowledged, and nothing by halves. */
  async checkKernel(): Promise<void> {
    const { state, faults } = await readKernel()
    const verdict = this.#model.settle(state)
    this.#made += verdict.made
    this.#notMade += verdict.notMade
    this.faults.push(...faults, ...verdict.faults)
    this.#options.onKill?.(this.soFar())
  }
}

/** Resolves when nothing was answered for too long. */
async function silence(signal: AbortSignal): Promise<void> {
  await setTimeout(SILENCE, undefined, { signal }).catch(() => undefined)
}

/** kill -9. */
async function end({ process: daemon }: StartedDaemon): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return
  const ended = once(daemon, 'exit')
  daemon.kill('SIGKILL')
  await ended
}
