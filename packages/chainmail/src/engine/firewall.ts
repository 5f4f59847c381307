import {
  type Backend,
  type Family,
  Ipset,
  NftablesGeneration,
  probeXtables,
  RecentLists,
  type SetDescription,
  type XtablesHost,
} from '@chainmail/kernel'
import type { CommitFigures } from '../distribution.ts'
import type { Duration } from '../duration.ts'
import { type Spelling, spellingOf } from '../model/version.ts'
import type { Table } from '../text/save.ts'
import { type AllowedByDefault, AllowedNetworks, allowedByDefault } from './allowed-networks.ts'
import { Allowlist } from './allowlist.ts'
import type { Ban, BanOptions, PlacedBan, UnbanOptions } from './ban.ts'
import { BanExemptions } from './ban-exemptions.ts'
import { BanHooks } from './ban-hooks.ts'
import { type BanOutcome, type BanRequest, banMany } from './ban-many.ts'
import { Bans } from './bans.ts'
import { BookedBans } from './booked-bans.ts'
import { ChainHandle, type PutOptions } from './chain.ts'
import { type ChangingCommand, operationsOf, runCommand } from './commands.ts'
import type { BanContents } from './drift/ban-part.ts'
import { BanPart } from './drift/ban-part.ts'
import type { DesiredPart } from './drift/desired-part.ts'
import { DriftWatch } from './drift/drift-watch.ts'
import { AnnouncedChanges, ComparedChanges } from './drift/kernel-changes.ts'
import { type DriftHandling, eventOf } from './drift/notice.ts'
import { OwnCommits } from './drift/own-commits.ts'
import { PlanPart } from './drift/plan-part.ts'
import { type FirewallEvent, FirewallEvents, type WatchOptions } from './events.ts'
import { execute, isOneStep } from './execute.ts'
import { commandOperations, lineOperations } from './guard/foreseen-operations.ts'
import { type Change as GuardedChange, LockOutGuard } from './guard/lock-out.ts'
import type { GuardOptions } from './guard/packets.ts'
import { SetGuard } from './guard/set-guard.ts'
import { foreseenByOperations } from './guard/set-lookup.ts'
import type { ChangedChain } from './history/changed-chain.ts'
import type { PastChange } from './history/plan-back.ts'
import { type Place, restoreLines } from './operation.ts'
import { OwnBanEnds } from './own-ban-ends.ts'
import { type DesiredInput, type DesiredState, isDesiredState, readDesired } from './plan/desired.ts'
import type { ListedTable } from './plan/listing.ts'
import { type OwnedChain, ownedChain, type SoughtChain } from './plan/owned.ts'
import type { Plan } from './plan/plan.ts'
import { type Applied, type PlanBack, Planner } from './plan/planner.ts'
import { spelled } from './plan/spelled.ts'
import { chainsOf } from './probation/foresee.ts'
import type { Journal } from './probation/journal.ts'
import { type Decision, JournalFolder } from './probation/journal-folder.ts'
import type { PendingProbation, Probation, ProbationOptions } from './probation/probation.ts'
import { Probations } from './probation/probations.ts'
import { type TakenBack, takeBack } from './probation/take-back.ts'
import { type Touched, touchedByOperations, touchedByPlan } from './probation/touched.ts'
import { touchedByOperationsOn } from './probation/touched-sets.ts'
import { RecentHandle } from './recent.ts'
import { rehearseLines } from './rehearsal.ts'
import {
  createOptionsOf,
  type HandleDoors,
  SetHandle,
  type SetHandleOptions,
  type SetOptions,
} from './set.ts'
import { HashGrowth } from './set-ahead.ts'
import { sweepAside } from './set-aside.ts'
import { SetCommands } from './set-commands.ts'
import { rehearseCreate } from './set-rehearsal.ts'
import { restoreText, saveText } from './set-text.ts'
import { SetTurns } from './set-turns.ts'
import { type CommandTerms, changeTable } from './table-change.ts'
import { type PlaceOptions, placeOf, Transaction } from './transaction.ts'
import { rehearseTransaction } from './transaction-rehearsal.ts'
import { RuleWriter } from './writer.ts'
import { XtablesPipes } from './xtables-pipes.ts'

export interface FirewallOptions {
  /** The backend to work on; the one that this host really uses if not said. */
  readonly backend?: Backend
  /** What this host needs itself and nothing may ban; all of it if not said. */
  readonly allowByDefault?: readonly AllowedByDefault[]
  /** 1 to 128: a ban of a single IPv6 address is one of the network of this prefix length around it, such as its /64. */
  readonly ipv6Prefix?: number
  /** Watches what other programs change from the beginning; see {@link Firewall.watchDrift}. */
  readonly drift?: DriftHandling
}

/**
 * Opens the firewall of this network namespace.
 *
 * @throws XtablesError `iptables-not-installed`, `not-permitted`; KernelError `no-ipset-support`
 */
export async function openFirewall(options: FirewallOptions = {}): Promise<Firewall> {
  const host = await probeXtables()
  const firewall = new Firewall(host, options.backend ?? host.chosen, options)
  await firewall.settleProbations()
  if (options.drift !== undefined) await firewall.watchDrift({ handling: options.drift })
  return firewall
}

/** How drift is watched. */
export interface DriftOptions {
  /** `repair` if not said. Other programs' changes are told with each. */
  readonly handling?: DriftHandling
  /** Knows what the sets of bans should hold; without it, a set that was destroyed is made again empty. */
  readonly book?: BanContents
  /** What is looked after besides the bans. */
  readonly parts?: readonly DesiredPart[]
}

export interface PartOfProbation {
  /**
   * The id of the probation that this change is, but for entries of sets: see {@link Firewall.onProbation}. What it has to
   * be taken back to is written down anew, right before it is made.
   */
  readonly partOf?: string | undefined
}

/** How a plan is applied. */
export interface ApplyOptions extends Partial<ProbationOptions>, PartOfProbation {
  /** What must not be shut out beside the allowlist. A change on probation is not refused. */
  readonly guard?: GuardOptions
  /** Makes the change although it shuts somebody out. */
  readonly force?: boolean
}

export interface TransactionOptions extends Partial<ProbationOptions> {
  /** What must not be shut out beside the allowlist; not looked at if not said, nor of a change on probation. */
  readonly guard?: GuardOptions | undefined
}

/** What a transaction would change; its sets go when it is disposed of. */
export interface RehearsedTransaction extends AsyncDisposable {
  readonly chains: readonly ChangedChain[]
  /** One like each set that is changed, as it would be then; undefined for one that would be gone. */
  readonly sets: ReadonlyMap<string, SetHandle | undefined>
}

export interface AppliedChange extends Applied {
  /** Of a change that is taken back unless it is confirmed; absent where there was nothing to do. */
  readonly probation?: Probation
}

/** A ban, which may be on probation. */
export interface ProbationaryBan extends PlacedBan {
  readonly probation?: Probation
}

/** What commands touch of the tables of a family. */
function touchedIn(
  tables: readonly ListedTable[],
  place: Place,
  commands: readonly ChangingCommand[],
): Touched {
  const listed = tables.find(({ name }) => name === place.table)
  const chains = chainsOf(place.table, listed)
  const operations = commands.flatMap((command) => commandOperations(command)(chains))
  return { tables: [touchedByOperations(place, operations, listed)], sets: [] }
}

/** Whether the kernel holds what it should. */
export interface Verification {
  readonly holds: boolean
  readonly plan: Plan
}

export interface Reverted extends TakenBack {
  readonly id: string
}

/** The firewall of one network namespace: its rules, its sets, its bans. */
export class Firewall implements AsyncDisposable {
  /** What the probe found on this host. */
  readonly host: XtablesHost
  /** The backend that is worked on. */
  readonly backend: Backend
  /** The addresses and networks that nothing may ban. */
  readonly allowlist: Allowlist
  /** The bans for who keeps a book of them. */
  readonly bookedBans: BookedBans
  /** How the rules of this host's iptables are read and written. */
  readonly spelling: Spelling
  /** The sets for programs that speak as ipset does. */
  readonly setCommands: SetCommands
  readonly #bans: Bans
  readonly #events = new FirewallEvents()
  readonly #banEnds = new OwnBanEnds(this.#events)
  readonly #ipset: Ipset
  readonly #setDoors: HandleDoors
  readonly #recent = new RecentLists()
  readonly #pipes: XtablesPipes
  readonly #writer: RuleWriter
  readonly #generation: NftablesGeneration | undefined
  readonly #hooks: BanHooks
  readonly #families: readonly Family[]
  readonly #own: OwnCommits
  #drift: DriftWatch | undefined
  readonly #planner: Planner
  readonly #probations: Probations
  readonly #lockOut: LockOutGuard

  constructor(
    host: XtablesHost,
    backend: Backend,
    { allowByDefault = allowedByDefault, ipv6Prefix = 128 }: FirewallOptions = {},
  ) {
    this.host = host
    this.backend = backend
    const version = host.states.find((state) => state.backend === backend)?.version
    this.spelling = version === undefined ? {} : spellingOf(version)
    this.#ipset = new Ipset()
    sweepAside(this.#ipset)
    const doors = { ipset: this.#ipset, turns: new SetTurns() }
    this.#setDoors = { ...doors, events: this.#events, hashes: new HashGrowth(doors) }
    this.setCommands = new SetCommands(doors, this.#events)
    this.#generation = backend === 'nft' ? new NftablesGeneration() : undefined
    this.#own = new OwnCommits(this.#generation)
    this.#pipes = new XtablesPipes(backend, this.#own)
    this.#writer = new RuleWriter(this.#pipes)
    const served = host.states.filter((state) => state.backend === backend && state.unavailable === undefined)
    const families = served.map(({ family }) => family)
    this.#families = families
    const [ipset, now] = [this.#ipset, Date.now]
    const allowed = new AllowedNetworks(ipset, families, allowByDefault)
    const exemptions = new BanExemptions(ipset, allowed, families, now)
    const hooks = new BanHooks(ipset, this.#writer, this.#generation)
    this.#hooks = hooks
    this.#planner = new Planner({
      ...this.#setDoors,
      writer: this.#writer,
      list: (family) => this.#pipes.list(family),
      generation: () => this.generation(),
      spelling: this.spelling,
    })
    this.#probations = new Probations(new JournalFolder(), backend, this.#events, (journal) =>
      this.#takeBack(journal),
    )
    this.#bans = new Bans({ ipset, hooks, allowed, exemptions, families, ipv6Prefix, now })
    this.bookedBans = new BookedBans({ ipset, hooks, allowed, exemptions, families, now })
    this.allowlist = new Allowlist(ipset, allowed, exemptions)
    this.#lockOut = new LockOutGuard({
      ipset,
      allowed: () => this.allowlist.list(),
      list: (family) => this.#writer.alone(() => this.#pipes.list(family)),
    })
  }

  /** How often, how fast and how much together rules were committed. */
  get commits(): CommitFigures {
    return this.#pipes.figures
  }

  /** The tables that a family has, with their chains and rules. */
  tables({ family = 'ipv4' }: { readonly family?: Family } = {}): Promise<readonly Table[]> {
    return this.#writer.read(family)
  }

  /** A chain, whether it is there or not. @throws ChainmailError `bad-name` */
  chain(name: string, place?: PlaceOptions): ChainHandle {
    return new ChainHandle(name, placeOf(place), this.#writer, this.#events, this.#lockOut, this.spelling)
  }

  /**
   * Changes chains, rules and sets together: all or nothing. What the function records is made when it returns.
   *
   * Should this process die in between, the next one that opens the firewall takes back what was made.
   *
   * @throws what the first refused step says; ChainmailError `undo-failed` when it could not be taken back;
   *   `would-lock-out`; with `confirmWithin` what {@link onProbation} throws; `guard-failed`
   */
  async transaction(
    record: (transaction: Transaction) => void | Promise<void>,
    { guard, confirmWithin }: TransactionOptions = {},
  ): Promise<AppliedChange> {
    const transaction = new Transaction(this.spelling)
    await record(transaction)
    if (guard !== undefined && confirmWithin === undefined) {
      const foreseen = foreseenByOperations(transaction.sets)
      await this.#lockOut.checkChanges(transaction.tables, guard, foreseen)
    }
    const make = async (around?: (steps: () => Promise<void>) => Promise<void>): Promise<Applied> => {
      const began = performance.now()
      const { tables, sets } = transaction
      const names = [...new Set(sets.map(({ set }) => set))]
      await this.#setDoors.turns.takeWhole(names, () =>
        execute(transaction, this.#writer, this.#setDoors, around),
      )
      this.#events.changed(() => ({ what: 'transaction', tables, sets }))
      return { commits: tables.length, sets: names.length, duration: performance.now() - began }
    }
    if (confirmWithin !== undefined) {
      const touched = await this.#writer.alone(() => this.#touchedBy(transaction))
      const { result, probation } = await this.#probations.around(touched, confirmWithin, (id) =>
        make(async (steps) => {
          const latest = await this.#touchedBy(transaction)
          this.#probations.renew(id, () => latest)
          await steps()
        }),
      )
      return { ...result, probation }
    }
    if (isOneStep(transaction)) return make()
    return make(async (steps) => this.#probations.journaled(await this.#touchedBy(transaction), steps))
  }

  /**
   * What a transaction would change and be refused for; nothing of it is done.
   *
   * @throws as {@link transaction} does
   */
  async rehearseTransaction(
    record: (transaction: Transaction) => void | Promise<void>,
    { guard, confirmWithin }: TransactionOptions = {},
  ): Promise<RehearsedTransaction> {
    const transaction = new Transaction(this.spelling)
    await record(transaction)
    if (confirmWithin !== undefined)
      this.#probations.refuseWhilePending(await this.#writer.alone(() => this.#touchedBy(transaction)))
    else if (guard !== undefined) {
      const foreseen = foreseenByOperations(transaction.sets)
      await this.#lockOut.checkChanges(transaction.tables, guard, foreseen)
    }
    const foreseen = await this.#writer.alone((doors) => rehearseTransaction(transaction, doors, this.#ipset))
    const quiet = { ...this.#setDoors, events: new FirewallEvents() }
    const sets = Array.from(
      foreseen.sets,
      ([name, aside]) => [name, aside === undefined ? undefined : new SetHandle(aside, quiet)] as const,
    )
    return {
      chains: foreseen.chains,
      sets: new Map(sets),
      [Symbol.asyncDispose]: () => foreseen[Symbol.asyncDispose](),
    }
  }

  /**
   * Makes some changes on probation, of which only the caller knows that they belong together.
   *
   * @param touched what they change, and to what it has to go back
   * @param make is told the id of the probation; when it throws, what it has done has to be undone
   * @throws ChainmailError `probation-pending`; `guard-failed` with nothing changed; `probation-over`
   */
  onProbation<Result>(
    touched: Touched,
    confirmWithin: Duration,
    make: (id: string) => Promise<Result>,
  ): Promise<{ readonly result: Result; readonly probation: Probation }> {
    return this.#probations.around(touched, confirmWithin, make)
  }

  /** What commands of iptables touch in a table, as it is now. */
  async touchedByCommands(place: Place, commands: readonly ChangingCommand[]): Promise<Touched> {
    return touchedIn(await this.#writer.alone(() => this.#pipes.list(place.family)), place, commands)
  }

  /** To be called while nothing else writes. */
  async #touchedBy({ tables, sets }: Transaction): Promise<Touched> {
    const listed = new Map<Family, readonly ListedTable[]>()
    for (const { place } of tables)
      if (!listed.has(place.family)) listed.set(place.family, await this.#pipes.list(place.family))
    return {
      tables: tables.map(({ place, operations }) => {
        const table = listed.get(place.family)?.find(({ name }) => name === place.table)
        return touchedByOperations(place, operations, table)
      }),
      sets: await touchedByOperationsOn(this.#ipset, sets),
    }
  }

  /**
   * Makes the change that one command of iptables asks for: all of its rules or none.
   *
   * @throws RestoreError what the kernel or iptables refuses it for; ChainmailError `would-lock-out` where a guard is
   *   given
   */
  async command(command: ChangingCommand, { guard }: PutOptions = {}): Promise<void> {
    const { table, family } = command
    await this.#guarded({ table, family }, commandOperations(command), guard)
    await runCommand(command, this.#writer)
    this.#events.changed(() => ({
      what: 'rules',
      place: { table, family },
      operations: operationsOf(command),
    }))
  }

  /**
   * Makes the changes that commands of iptables ask for in one table, in one commit, and tells what has changed; with
   * `dryRun`, only what would.
   *
   * @throws what `check` throws, with nothing done; RestoreError or ChainmailError what a command is refused for;
   *   ChainmailError `plan-raced` where others changed the same chains after they were checked
   */
  async change(
    place: Place,
    commands: readonly ChangingCommand[],
    { guard, partOf, ...terms }: CommandTerms & PutOptions & PartOfProbation = {},
  ): Promise<readonly ChangedChain[]> {
    const operations: GuardedChange['operations'] = (chains) =>
      commands.flatMap((command) => commandOperations(command)(chains))
    await this.#guarded(place, operations, guard)
    const doors = { writer: this.#writer, generation: () => this.generation() }
    const check = (tables: readonly Table[]): void => {
      terms.check?.(tables)
      if (partOf !== undefined) this.#probations.renew(partOf, () => touchedIn(tables, place, commands))
    }
    const isLooked = partOf !== undefined || terms.check !== undefined
    const changed = await changeTable(place, commands, isLooked ? { ...terms, check } : terms, doors)
    if (terms.dryRun !== true)
      this.#events.changed(() => ({ what: 'rules', place, operations: commands.flatMap(operationsOf) }))
    return changed
  }

  /**
   * Commits lines as `iptables-restore --noflush` reads them to a table: all of them or none. With `dryRun`, only what
   * they would be refused for is found.
   *
   * @throws RestoreError with the index of the line that was refused; ChainmailError `would-lock-out` where a guard is
   *   given
   */
  async restore(
    place: Place,
    lines: readonly string[],
    { guard, dryRun = false }: PutOptions & { readonly dryRun?: boolean } = {},
  ): Promise<void> {
    await this.#guarded(place, lineOperations(place, lines), guard)
    if (dryRun) {
      await this.#writer.alone((doors) => rehearseLines(doors, place, lines))
      return
    }
    await this.#writer.change(place, lines)
    this.#events.changed(() => ({ what: 'rules', place, operations: [] }))
  }

  async #guarded(
    place: Place,
    operations: GuardedChange['operations'],
    guard: GuardOptions | undefined,
  ): Promise<void> {
    if (guard !== undefined) await this.#lockOut.checkChanges([{ place, operations }], guard)
  }

  /** Refuses changes of a set that would shut somebody out by the rules that refer to it, before they are made. */
  setGuard(set: string, guard: GuardOptions): SetGuard {
    return new SetGuard(set, this.#ipset, this.#lockOut, guard)
  }

  /**
   * What would have to change for the kernel to hold what is desired. Reads the kernel once, and changes nothing.
   *
   * @throws ChainmailError with the path of the member at fault; InputError `bad-element`, `bad-set-option`
   */
  async plan(desired: DesiredInput | DesiredState): Promise<Plan> {
    const read = isDesiredState(desired) ? desired : await readDesired(desired, this.spelling)
    return this.#planner.plan(spelled(read, this.spelling))
  }

  /**
   * Makes what a plan says: all of it or nothing, in one commit for each table and family, with the sets around them.
   * A plan that is fulfilled already changes nothing, and nothing is written.
   *
   * With `confirmWithin` the change is on probation: unless it is confirmed within that time it is taken back, by a
   * process that outlives this one.
   *
   * @throws PlanStaleError with a new plan, when the kernel has changed in what the plan is about; what the kernel
   *   refuses, with everything as it was; ChainmailError `undo-failed` when it could not be made so;
   *   `probation-pending` while another change of the same chains or sets is on probation; `guard-failed`;
   *   `would-lock-out` unless it is forced or on probation
   */
  async apply(
    plan: Plan,
    { confirmWithin, guard = {}, force = false, partOf }: ApplyOptions = {},
  ): Promise<AppliedChange> {
    const sets = plan.sets.map(({ name }) => name)
    const make = async (): Promise<Applied> => {
      const applied = await this.#setDoors.turns.takeWhole(sets, () => this.#planner.apply(plan))
      if (!plan.isEmpty) this.#events.changed(() => ({ what: 'plan', summary: plan.summary }))
      return applied
    }
    if (plan.isEmpty) return make()
    const touched = touchedByPlan(plan)
    if (confirmWithin === undefined) {
      this.#probations.refuseWhilePending(touched, partOf)
      // Single entries are the caller's own part of it.
      if (partOf !== undefined)
        this.#probations.renew(partOf, ({ sets }) => ({
          tables: touched.tables,
          sets: [...touched.sets, ...sets.filter((set) => set.do === 'entries')],
        }))
      if (!force && partOf === undefined) await this.#lockOut.checkPlan(plan, guard)
      // One commit is one step, whatever happens to this process; what is on probation has its way back already.
      const isSafe = (plan.sets.length === 0 && plan.tables.length === 1) || partOf !== undefined
      return isSafe ? make() : this.#probations.journaled(touched, make)
    }
    const { result, probation } = await this.#probations.around(touched, confirmWithin, make)
    return { ...result, probation }
  }

  /**
   * What applying a plan would be refused for; nothing is done. Rules that refer to a set which the plan makes are not
   * put to the kernel.
   *
   * @throws as {@link apply} does
   */
  async rehearse(plan: Plan, { confirmWithin, guard = {}, force = false }: ApplyOptions = {}): Promise<void> {
    if (plan.isEmpty) return
    this.#probations.refuseWhilePending(touchedByPlan(plan))
    if (confirmWithin === undefined && !force) await this.#lockOut.checkPlan(plan, guard)
    if (plan.sets.some((set) => set.do === 'create')) return
    await this.#writer.alone(async (doors) => {
      for (const { place, operations } of plan.tables)
        await rehearseLines(doors, place, restoreLines(operations, { ...place, ...this.spelling }))
    })
  }

  /**
   * Reads the kernel back: whether it still holds what a plan has made.
   *
   * @returns `plan` is what would have to be done for it to be so again
   */
  async verify({ desired }: Plan): Promise<Verification> {
    const plan = await this.plan(desired)
    return { holds: plan.isEmpty, plan }
  }

  /**
   * The plan of the way back from changes that were made: what others have done since stays. Changes nothing.
   *
   * @param changes the newest first, as `changesOf` tells them of a plan that was applied
   */
  planBack(changes: readonly PastChange[]): Promise<PlanBack> {
    return this.#planner.planBack(changes)
  }

  /**
   * What happens to the firewall from now on: each change that this object makes, once the kernel has acknowledged it,
   * and what it notices of others. Whoever falls behind misses events, and is told how many.
   */
  watch(options?: WatchOptions): AsyncGenerator<FirewallEvent, void> {
    return this.#events.watch(options)
  }

  /** Where what looks after this firewall tells of what it has noticed and done. */
  get events(): FirewallEvents {
    return this.#events
  }

  /**
   * Keeps a change that is on probation. Confirming it twice is no error.
   *
   * @param id may be left out where only one is pending
   * @returns the id
   * @throws ChainmailError `probation-over` when it was taken back, or is now because its time is over;
   *   `probation-pending` while it is being made; `probation-unknown`
   */
  confirm(id?: string): Promise<string> {
    return this.#probations.confirm(id)
  }

  /**
   * Takes a change back that is on probation. What others have done to the same chains and sets meanwhile stays.
   *
   * @param id may be left out where only one is pending
   * @throws ChainmailError `probation-over` when it was confirmed; `probation-pending` while it is being made;
   *   `probation-unknown`; `revert-failed`
   */
  revert(id?: string): Promise<Reverted> {
    return this.#probations.revert(id)
  }

  /** The changes of this network namespace that are on probation, whoever has made them. */
  probations(): readonly PendingProbation[] {
    return this.#probations.pending()
  }

  /**
   * Resolves when a change on probation is decided, by whomever.
   *
   * @param keepsAlive whether the process does not end before
   */
  decided(id: string, keepsAlive = true): Promise<Decision> {
    return this.#probations.decided(id, keepsAlive)
  }

  /** Takes back what is overdue of other processes; {@link openFirewall} does it. */
  settleProbations(): Promise<void> {
    return this.#probations.settle()
  }

  #takeBack(journal: Journal): Promise<TakenBack> {
    const sets = journal.sets.map(({ name }) => name)
    return this.#setDoors.turns.takeWhole(sets, () =>
      this.#writer.alone(async () => {
        const isOurs = journal.backend === this.backend
        const pipes = isOurs ? this.#pipes : new XtablesPipes(journal.backend)
        try {
          return await takeBack(journal, {
            ...this.#setDoors,
            list: (family) => pipes.list(family),
            commit: (place, lines) => pipes.commit(place, lines),
          })
        } finally {
          if (!isOurs) await pipes.close()
        }
      }),
    )
  }

  /**
   * A set. With options it is made unless it is there with the same ones; without, it has to be there.
   *
   * @throws KernelError `set-not-found`, `set-exists`, `set-type-unsupported`; InputError `bad-set-name`, `bad-set-option`
   */
  async set(name: string, options?: SetOptions, handling?: SetHandleOptions): Promise<SetHandle> {
    if (options === undefined) this.#ipset.header(name)
    else this.#ipset.create(name, options.type, createOptionsOf(options), { exists: 'ignore' })
    return new SetHandle(name, this.#setDoors, handling)
  }

  /**
   * What making a set would be refused for; nothing is made.
   *
   * @throws as making it would, and ChainmailError `set-exists`
   */
  rehearseSet(name: string, options: SetOptions): Promise<void> {
    return rehearseCreate(this.#ipset, name, options.type, createOptionsOf(options))
  }

  /** All sets, or the one named, as `ipset save` prints them. @throws KernelError `set-not-found` */
  saveSets(name?: string): Promise<string> {
    return saveText(this.#setDoors, name)
  }

  /**
   * Does what a text for `ipset restore` says, line by line; the lines before one that fails are done.
   *
   * @throws InputError `bad-restore-line`; ChainmailError with the kernel's code; both with the number in `line`
   */
  restoreSets(text: string): Promise<void> {
    return restoreText(this.#setDoors, text)
  }

  /** The version of ipset's netlink protocol that this kernel speaks: 6 or 7. */
  get setProtocol(): number {
    return this.#ipset.protocol()
  }

  /** The names of all sets of this network namespace; takes microseconds. */
  setNames(): string[] {
    return this.#ipset.names()
  }

  /** All sets of this network namespace, without their entries, which the kernel counts for it in another thread. */
  sets(): Promise<SetDescription[]> {
    return this.#ipset.describeAll()
  }

  /** The names of the lists that rules with `-m recent` have. */
  recent(): string[]
  /** One of these lists, whether it is there or not. */
  recent(name: string): RecentHandle
  recent(name?: string): string[] | RecentHandle {
    return name === undefined ? this.#recent.names() : new RecentHandle(name, this.#recent)
  }

  /** How many addresses each of these lists can hold; undefined where the kernel does not tell this user. */
  recentLimit(): number | undefined {
    return this.#recent.limit()
  }

  /**
   * Bans an address, network or range, or renews its ban; see {@link Bans.add}. With `confirmWithin` it is as it was
   * before unless that is confirmed.
   */
  async ban(
    address: string,
    { confirmWithin, ...options }: BanOptions & Partial<ProbationOptions> = {},
  ): Promise<ProbationaryBan> {
    const make = async (): Promise<PlacedBan> => {
      const ban = await this.#bans.add(address, options)
      this.#banEnds.placed(ban)
      this.#events.changed(() => ({ what: 'ban', address }))
      return ban
    }
    if (confirmWithin === undefined) return make()
    const touched = async (): Promise<Touched> => ({
      tables: [],
      sets: [await this.#bans.touchedBy(address, options)],
    })
    const { result, probation } = await this.#probations.around(
      await touched(),
      confirmWithin,
      async (id) => {
        const latest = await touched()
        this.#probations.renew(id, () => latest)
        return make()
      },
    )
    return { ...result, probation }
  }

  /** Bans what is asked for, one after another, and tells of each; `options` are for those that don't say otherwise. */
  banMany(
    requests: Iterable<string | BanRequest> | AsyncIterable<string | BanRequest>,
    options: BanOptions = {},
  ): AsyncGenerator<BanOutcome, void> {
    return banMany((address, own) => this.ban(address, own), requests, options)
  }

  /** Takes bans back, and exempts the address where wider bans hold it; see {@link Bans.remove}. */
  async unban(address: string, options?: UnbanOptions): Promise<void> {
    this.#banEnds.freed(await this.#bans.remove(address, options), options?.scope)
    this.#events.changed(() => ({ what: 'unban', address }))
  }

  /** The narrowest ban that holds an address or network; see {@link Bans.covering}. */
  isBanned(address: string, options?: Pick<UnbanOptions, 'scope'>): Promise<Ban | undefined> {
    return this.#bans.covering(address, options)
  }

  /** All bans, of every scope; see {@link Bans.all}. */
  bans(): AsyncGenerator<Ban, void> {
    return this.#bans.all()
  }

  /**
   * Notices within a second what other programs change, and tells {@link watch}; what is owned is repaired, unless only
   * a report is asked for. It ends with the firewall, or when what is returned is disposed of.
   *
   * @throws SystemCallError without the right to listen; what reading the rules throws is told as an event
   */
  async watchDrift(options: DriftOptions = {}): Promise<DriftWatch> {
    const { book, parts = [] } = options
    await this.#drift?.[Symbol.asyncDispose]()
    const [own, families] = [this.#own, this.#families]
    const bans = new BanPart({
      ipset: this.#ipset,
      hooks: this.#hooks,
      families,
      slots: () => this.bookedBans.slots(),
      ...(book === undefined ? {} : { book }),
    })
    const drift = new DriftWatch({
      changes: this.backend === 'nft' ? new AnnouncedChanges(own) : new ComparedChanges(own, families),
      own,
      read: () =>
        this.#writer.alone(async () => {
          const ownCommits = own.count
          const read = families.map(async (family) => [family, await this.#pipes.list(family)] as const)
          return { listing: Object.fromEntries(await Promise.all(read)), ownCommits }
        }),
      // Asked each time: who gave the options may change his mind.
      get handling() {
        return options.handling ?? 'repair'
      },
      desired: [bans, ...parts],
      onNotice: (notice) => this.#events.emit(eventOf(notice)),
    })
    this.#drift = drift
    await drift.ready
    return drift
  }

  /**
   * What an owner has in some chains of a family, whose rules bear his mark or stand in chains of his own.
   *
   * @returns undefined for each chain that is not there
   */
  async ownedChains(
    owner: string,
    family: Family,
    chains: readonly SoughtChain[],
  ): Promise<readonly (OwnedChain | undefined)[]> {
    const tables = await this.#writer.alone(() => this.#pipes.list(family))
    return chains.map((chain) => ownedChain(tables, family, chain, owner))
  }

  /** Looks after a desired state that was applied: it is repaired like what chainmail owns itself. */
  planPart(desired: DesiredState): DesiredPart {
    return new PlanPart(desired, {
      plan: (wanted) => this.plan(wanted),
      apply: (plan) => this.apply(plan),
      change: (place, operations) =>
        this.#writer.change(place, restoreLines(operations, { ...place, ...this.spelling })),
    })
  }

  /**
   * A number that every change of the rules changes, whoever makes it: while it is the same, what was read is still
   * true, but for counters. Takes microseconds. Undefined on the legacy backend, which has no such number.
   */
  generation(): number | undefined {
    return this.#generation?.read()
  }

  /** Waits for the changes under way and gives everything back; rules and sets stay in the kernel. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#drift?.[Symbol.asyncDispose]()
    this.#events.close()
    this.#banEnds[Symbol.dispose]()
    await this.#bans[Symbol.asyncDispose]()
    await this.#setDoors.hashes[Symbol.asyncDispose]()
    await this.#writer.close()
    await this.#pipes.close()
    this.#hooks[Symbol.dispose]()
    this.#ipset.close()
    this.#generation?.[Symbol.dispose]()
  }
}
