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
import { type AllowedByDefault, AllowedNetworks, allowedByDefault } from './bans/allowed-networks.ts'
import { Allowlist } from './bans/allowlist.ts'
import type { Ban, BanOptions, PlacedBan, UnbanOptions } from './bans/ban.ts'
import { BanExemptions } from './bans/ban-exemptions.ts'
import { BanHooks } from './bans/ban-hooks.ts'
import { type BanOutcome, type BanRequest, banMany } from './bans/ban-many.ts'
import { Bans } from './bans/bans.ts'
import { BookedBans } from './bans/booked-bans.ts'
import { OwnBanEnds } from './bans/own-ban-ends.ts'
import type { FirewallDoors } from './doors.ts'
import type { DesiredPart } from './drift/desired-part.ts'
import type { DriftWatch } from './drift/drift-watch.ts'
import type { DriftHandling } from './drift/notice.ts'
import { OwnCommits } from './drift/own-commits.ts'
import { type DriftOptions, watchFirewall } from './drift/watch-firewall.ts'
import { type FirewallEvent, FirewallEvents, type WatchOptions } from './events.ts'
import { LockOutGuard } from './guard/lock-out.ts'
import type { GuardOptions } from './guard/packets.ts'
import { SetGuard } from './guard/set-guard.ts'
import type { ChangedChain } from './history/changed-chain.ts'
import type { PastChange } from './history/plan-back.ts'
import type { DesiredInput, DesiredState } from './plan/desired.ts'
import { type OwnedChain, ownedChain, type SoughtChain } from './plan/owned.ts'
import type { Plan } from './plan/plan.ts'
import { type PlanBack, Planner } from './plan/planner.ts'
import { type ApplyOptions, Plans, type Verification } from './plan/plans.ts'
import { type Decision, JournalFolder } from './probation/journal-folder.ts'
import type { PartOfProbation, PendingProbation, Probation, ProbationOptions } from './probation/probation.ts'
import { Probations } from './probation/probations.ts'
import type { TakenBack } from './probation/take-back.ts'
import { takeBackInTurn } from './probation/take-back-turn.ts'
import type { Touched } from './probation/touched.ts'
import { RecentHandle } from './recent.ts'
import { ChainHandle, type PutOptions } from './rules/chain.ts'
import type { ChangingCommand } from './rules/commands.ts'
import type { Place } from './rules/operation.ts'
import { RuleChanges } from './rules/rule-changes.ts'
import type { CommandTerms } from './rules/table-change.ts'
import { RuleWriter } from './rules/writer.ts'
import { XtablesPipes } from './rules/xtables-pipes.ts'
import { createOptionsOf, SetHandle, type SetHandleOptions, type SetOptions } from './sets/set.ts'
import { HashGrowth } from './sets/set-ahead.ts'
import { sweepAside } from './sets/set-aside.ts'
import { SetCommands } from './sets/set-commands.ts'
import { rehearseCreate } from './sets/set-rehearsal.ts'
import { restoreText, saveText } from './sets/set-text.ts'
import { SetTurns } from './sets/set-turns.ts'
import { type PlaceOptions, placeOf } from './transactions/transaction.ts'
import {
  type AppliedChange,
  type Recording,
  type RehearsedTransaction,
  type TransactionOptions,
  type TransactionResult,
  Transactions,
} from './transactions/transactions.ts'

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

/** A ban, which may be on probation. */
export interface ProbationaryBan extends PlacedBan {
  readonly probation?: Probation
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
  readonly #banEnds: OwnBanEnds
  readonly #recent = new RecentLists()
  readonly #doors: FirewallDoors
  readonly #generation: NftablesGeneration | undefined
  readonly #transactions: Transactions
  readonly #changes: RuleChanges
  readonly #plans: Plans
  #drift: DriftWatch | undefined

  constructor(
    host: XtablesHost,
    backend: Backend,
    { allowByDefault = allowedByDefault, ipv6Prefix = 128 }: FirewallOptions = {},
  ) {
    this.host = host
    this.backend = backend
    const version = host.states.find((state) => state.backend === backend)?.version
    this.spelling = version === undefined ? {} : spellingOf(version)
    const served = host.states.filter((state) => state.backend === backend && state.unavailable === undefined)
    const families = served.map(({ family }) => family)
    const [ipset, events, now] = [new Ipset(), new FirewallEvents(), Date.now]
    sweepAside(ipset)
    const setDoors = { ipset, turns: new SetTurns() }
    const sets = { ...setDoors, events, hashes: new HashGrowth(setDoors) }
    this.setCommands = new SetCommands(setDoors, events)
    this.#generation = backend === 'nft' ? new NftablesGeneration() : undefined
    const own = new OwnCommits(this.#generation)
    const pipes = new XtablesPipes(backend, own)
    const writer = new RuleWriter(pipes)
    const allowed = new AllowedNetworks(ipset, families, allowByDefault)
    const exemptions = new BanExemptions(ipset, allowed, families, now)
    const hooks = new BanHooks(ipset, writer, this.#generation)
    this.#bans = new Bans({ ipset, hooks, allowed, exemptions, families, ipv6Prefix, now })
    this.#banEnds = new OwnBanEnds(events)
    this.bookedBans = new BookedBans({ ipset, hooks, allowed, exemptions, families, now })
    this.allowlist = new Allowlist(ipset, allowed, exemptions)
    const generation = () => this.generation()
    const list = (family: Family) => pipes.list(family)
    const { spelling } = this
    this.#doors = {
      backend,
      families,
      spelling,
      ipset,
      sets,
      pipes,
      writer,
      generation,
      own,
      events,
      hooks,
      planner: new Planner({ ...sets, writer, list, generation, spelling }),
      probations: new Probations(new JournalFolder(), backend, events, (journal) =>
        takeBackInTurn(journal, { backend, sets, writer, pipes }),
      ),
      lockOut: new LockOutGuard({
        ipset,
        allowed: () => this.allowlist.list(),
        list: (family) => writer.alone(() => list(family)),
      }),
    }
    this.#transactions = new Transactions(this.#doors)
    this.#changes = new RuleChanges(this.#doors)
    this.#plans = new Plans(this.#doors)
  }

  /** How often, how fast and how much together rules were committed. */
  get commits(): CommitFigures {
    return this.#doors.pipes.figures
  }

  /** The tables that a family has, with their chains and rules. */
  tables({ family = 'ipv4' }: { readonly family?: Family } = {}): Promise<readonly Table[]> {
    return this.#doors.writer.read(family)
  }

  /** A chain, whether it is there or not. @throws ChainmailError `bad-name` */
  chain(name: string, place?: PlaceOptions): ChainHandle {
    const { writer, events, lockOut, spelling } = this.#doors
    return new ChainHandle(name, placeOf(place), writer, events, lockOut, spelling)
  }

  /**
   * Changes chains, rules and sets together: all or nothing. What the function records is made when it returns.
   *
   * Should this process die in between, the next one that opens the firewall takes back what was made.
   *
   * @throws what the first refused step says; ChainmailError `undo-failed` when it could not be taken back;
   *   `would-lock-out`; with `confirmWithin` what {@link onProbation} throws; `guard-failed`
   */
  transaction(record: Recording, options: TransactionOptions = {}): Promise<TransactionResult> {
    return this.#transactions.run(record, options)
  }

  /**
   * What a transaction would change and be refused for; nothing of it is done.
   *
   * @throws as {@link transaction} does
   */
  rehearseTransaction(record: Recording, options: TransactionOptions = {}): Promise<RehearsedTransaction> {
    return this.#transactions.rehearse(record, options)
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
    return this.#doors.probations.around(touched, confirmWithin, make)
  }

  /** What commands of iptables touch in a table, as it is now. */
  touchedByCommands(place: Place, commands: readonly ChangingCommand[]): Promise<Touched> {
    return this.#changes.touchedBy(place, commands)
  }

  /**
   * Makes the change that one command of iptables asks for: all of its rules or none.
   *
   * @throws RestoreError what the kernel or iptables refuses it for; ChainmailError `would-lock-out` where a guard is
   *   given
   */
  command(command: ChangingCommand, options: PutOptions = {}): Promise<void> {
    return this.#changes.command(command, options)
  }

  /**
   * Makes the changes that commands of iptables ask for in one table, in one commit, and tells what has changed; with
   * `dryRun`, only what would.
   *
   * @throws what `check` throws, with nothing done; RestoreError or ChainmailError what a command is refused for;
   *   ChainmailError `plan-raced` where others changed the same chains after they were checked
   */
  change(
    place: Place,
    commands: readonly ChangingCommand[],
    options: CommandTerms & PutOptions & PartOfProbation = {},
  ): Promise<readonly ChangedChain[]> {
    return this.#changes.change(place, commands, options)
  }

  /**
   * Commits lines as `iptables-restore --noflush` reads them to a table: all of them or none. With `dryRun`, only what
   * they would be refused for is found.
   *
   * @throws RestoreError with the index of the line that was refused; ChainmailError `would-lock-out` where a guard is
   *   given
   */
  restore(
    place: Place,
    lines: readonly string[],
    options: PutOptions & { readonly dryRun?: boolean } = {},
  ): Promise<void> {
    return this.#changes.restore(place, lines, options)
  }

  /** Refuses changes of a set that would shut somebody out by the rules that refer to it, before they are made. */
  setGuard(set: string, guard: GuardOptions): SetGuard {
    return new SetGuard(set, this.#doors.ipset, this.#doors.lockOut, guard)
  }

  /**
   * What would have to change for the kernel to hold what is desired. Reads the kernel once, and changes nothing.
   *
   * @throws ChainmailError with the path of the member at fault; InputError `bad-element`, `bad-set-option`
   */
  plan(desired: DesiredInput | DesiredState): Promise<Plan> {
    return this.#plans.plan(desired)
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
  apply(plan: Plan, options: ApplyOptions = {}): Promise<AppliedChange> {
    return this.#plans.apply(plan, options)
  }

  /**
   * What applying a plan would be refused for; nothing is done. Rules that refer to a set which the plan makes are not
   * put to the kernel.
   *
   * @throws as {@link apply} does
   */
  rehearse(plan: Plan, options: ApplyOptions = {}): Promise<void> {
    return this.#plans.rehearse(plan, options)
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
    return this.#doors.planner.planBack(changes)
  }

  /**
   * What happens to the firewall from now on: each change that this object makes, once the kernel has acknowledged it,
   * and what it notices of others. Whoever falls behind misses events, and is told how many.
   */
  watch(options?: WatchOptions): AsyncGenerator<FirewallEvent, void> {
    return this.#doors.events.watch(options)
  }

  /** Where what looks after this firewall tells of what it has noticed and done. */
  get events(): FirewallEvents {
    return this.#doors.events
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
    return this.#doors.probations.confirm(id)
  }

  /**
   * Takes a change back that is on probation. What others have done to the same chains and sets meanwhile stays.
   *
   * @param id may be left out where only one is pending
   * @throws ChainmailError `probation-over` when it was confirmed; `probation-pending` while it is being made;
   *   `probation-unknown`; `revert-failed`
   */
  revert(id?: string): Promise<Reverted> {
    return this.#doors.probations.revert(id)
  }

  /** The changes of this network namespace that are on probation, whoever has made them. */
  probations(): readonly PendingProbation[] {
    return this.#doors.probations.pending()
  }

  /**
   * Resolves when a change on probation is decided, by whomever.
   *
   * @param keepsAlive whether the process does not end before
   * @param but what does not count: a way back that has `failed` may be taken again
   */
  decided(id: string, keepsAlive = true, but?: Decision): Promise<Decision> {
    return this.#doors.probations.decided(id, keepsAlive, but)
  }

  /** What became of a change on probation; undefined while nothing has, and of one that nobody remembers any more. */
  decision(id: string): Decision | undefined {
    return this.#doors.probations.decision(id)
  }

  /** Takes back what is overdue of other processes; {@link openFirewall} does it. */
  settleProbations(): Promise<void> {
    return this.#doors.probations.settle()
  }

  /**
   * A set. With options it is made unless it is there with the same ones; without, it has to be there.
   *
   * @throws KernelError `set-not-found`, `set-exists`, `set-type-unsupported`; InputError `bad-set-name`, `bad-set-option`
   */
  async set(name: string, options?: SetOptions, handling?: SetHandleOptions): Promise<SetHandle> {
    if (options === undefined) this.#doors.ipset.header(name)
    else this.#doors.ipset.create(name, options.type, createOptionsOf(options), { exists: 'ignore' })
    return new SetHandle(name, this.#doors.sets, handling)
  }

  /**
   * What making a set would be refused for; nothing is made.
   *
   * @throws as making it would, and ChainmailError `set-exists`
   */
  rehearseSet(name: string, options: SetOptions): Promise<void> {
    return rehearseCreate(this.#doors.ipset, name, options.type, createOptionsOf(options))
  }

  /** All sets, or the one named, as `ipset save` prints them. @throws KernelError `set-not-found` */
  saveSets(name?: string): Promise<string> {
    return saveText(this.#doors.sets, name)
  }

  /**
   * Does what a text for `ipset restore` says, line by line; the lines before one that fails are done.
   *
   * @throws InputError `bad-restore-line`; ChainmailError with the kernel's code; both with the number in `line`
   */
  restoreSets(text: string): Promise<void> {
    return restoreText(this.#doors.sets, text)
  }

  /** The version of ipset's netlink protocol that this kernel speaks: 6 or 7. */
  get setProtocol(): number {
    return this.#doors.ipset.protocol()
  }

  /** The names of all sets of this network namespace; takes microseconds. */
  setNames(): string[] {
    return this.#doors.ipset.names()
  }

  /** All sets of this network namespace, without their entries, which the kernel counts for it in another thread. */
  sets(): Promise<SetDescription[]> {
    return this.#doors.ipset.describeAll()
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
      this.#doors.events.changed(() => ({ what: 'ban', address }))
      return ban
    }
    if (confirmWithin === undefined) return make()
    const touched = async (): Promise<Touched> => ({
      tables: [],
      sets: [await this.#bans.touchedBy(address, options)],
    })
    const { result, probation } = await this.#doors.probations.around(
      await touched(),
      confirmWithin,
      async (id) => {
        const latest = await touched()
        this.#doors.probations.renew(id, () => latest)
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
    this.#doors.events.changed(() => ({ what: 'unban', address }))
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
    await this.#drift?.[Symbol.asyncDispose]()
    const drift = watchFirewall(this.#doors, () => this.bookedBans.slots(), options)
    this.#drift = drift
    if (options.early !== true) await drift.ready
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
    const tables = await this.#doors.writer.alone(() => this.#doors.pipes.list(family))
    return chains.map((chain) => ownedChain(tables, family, chain, owner))
  }

  /** Looks after a desired state that was applied: it is repaired like what chainmail owns itself. */
  planPart(desired: DesiredState): DesiredPart {
    return this.#plans.part(desired)
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
    this.#doors.events.close()
    this.#banEnds[Symbol.dispose]()
    await this.#bans[Symbol.asyncDispose]()
    await this.#doors.sets.hashes[Symbol.asyncDispose]()
    await this.#doors.writer.close()
    await this.#doors.pipes.close()
    this.#doors.hooks[Symbol.dispose]()
    this.#doors.ipset.close()
    this.#generation?.[Symbol.dispose]()
  }
}
