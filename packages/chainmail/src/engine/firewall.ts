import {
  type Backend,
  type Family,
  Ipset,
  NftablesGeneration,
  probeXtables,
  RecentLists,
  RestorePipe,
  type SetDescription,
  save,
  saveInPieces,
  type XtablesHost,
} from '@chainmail/kernel'
import { readKernelInPieces, type Table } from '../text/save.ts'
import { type AllowedByDefault, AllowedNetworks, allowedByDefault } from './allowed-networks.ts'
import { Allowlist } from './allowlist.ts'
import type { Ban, BanOptions, PlacedBan, UnbanOptions } from './ban.ts'
import { BanExemptions } from './ban-exemptions.ts'
import { BanHooks } from './ban-hooks.ts'
import { type BanOutcome, type BanRequest, banMany } from './ban-many.ts'
import { Bans } from './bans.ts'
import { ChainHandle } from './chain.ts'
import { execute } from './execute.ts'
import type { Place } from './operation.ts'
import { type DesiredInput, type DesiredState, isDesiredState, readDesired } from './plan/desired.ts'
import { type ListedTable, readListing } from './plan/listing.ts'
import type { Plan } from './plan/plan.ts'
import { type Applied, Planner } from './plan/planner.ts'
import { RecentHandle } from './recent.ts'
import { createOptionsOf, SetHandle, type SetHandleOptions, type SetOptions } from './set.ts'
import { sweepAside } from './set-aside.ts'
import type { SetDoors } from './set-growth.ts'
import { restoreText, saveText } from './set-text.ts'
import { SetTurns } from './set-turns.ts'
import { type PlaceOptions, placeOf, Transaction } from './transaction.ts'
import { type RuleDoors, RuleWriter } from './writer.ts'

export interface FirewallOptions {
  /** The backend to work on; the one that this host really uses if not said. */
  readonly backend?: Backend
  /** What this host needs itself and nothing may ban; all of it if not said. */
  readonly allowByDefault?: readonly AllowedByDefault[]
  /** 1 to 128: a ban of a single IPv6 address is one of the network of this prefix length around it, such as its /64. */
  readonly ipv6Prefix?: number
}

/**
 * Opens the firewall of this network namespace.
 *
 * @throws XtablesError `iptables-not-installed`, `not-permitted`; KernelError `no-ipset-support`
 */
export async function openFirewall(options: FirewallOptions = {}): Promise<Firewall> {
  const host = await probeXtables()
  return new Firewall(host, options.backend ?? host.chosen, options)
}

/** The firewall of one network namespace: its rules, its sets, its bans. */
export class Firewall implements AsyncDisposable {
  /** What the probe found on this host. */
  readonly host: XtablesHost
  /** The backend that is worked on. */
  readonly backend: Backend
  /** The addresses and networks that nothing may ban. */
  readonly allowlist: Allowlist
  /** The sets that hold the bans, for who keeps a book of them. */
  readonly banSets: Bans
  readonly #ipset: Ipset
  readonly #setDoors: SetDoors
  readonly #recent = new RecentLists()
  readonly #pipes: XtablesPipes
  readonly #writer: RuleWriter
  readonly #generation: NftablesGeneration | undefined
  readonly #hooks: BanHooks
  readonly #planner: Planner

  constructor(
    host: XtablesHost,
    backend: Backend,
    { allowByDefault = allowedByDefault, ipv6Prefix = 128 }: FirewallOptions = {},
  ) {
    this.host = host
    this.backend = backend
    this.#ipset = new Ipset()
    sweepAside(this.#ipset)
    this.#setDoors = { ipset: this.#ipset, turns: new SetTurns() }
    this.#pipes = new XtablesPipes(backend)
    this.#writer = new RuleWriter(this.#pipes)
    this.#generation = backend === 'nft' ? new NftablesGeneration() : undefined
    const served = host.states.filter((state) => state.backend === backend && state.unavailable === undefined)
    const families = served.map(({ family }) => family)
    const [ipset, now] = [this.#ipset, Date.now]
    const allowed = new AllowedNetworks(ipset, families, allowByDefault)
    const exemptions = new BanExemptions(ipset, allowed, families, now)
    const hooks = new BanHooks(ipset, this.#writer, this.#generation)
    this.#hooks = hooks
    this.#planner = new Planner({
      ipset,
      writer: this.#writer,
      list: (family) => this.#pipes.list(family),
      generation: () => this.generation(),
    })
    this.banSets = new Bans({ ipset, hooks, allowed, exemptions, families, ipv6Prefix, now })
    this.allowlist = new Allowlist(ipset, allowed, exemptions)
  }

  /** The tables that a family has, with their chains and rules. */
  tables({ family = 'ipv4' }: { readonly family?: Family } = {}): Promise<readonly Table[]> {
    return this.#writer.read(family)
  }

  /** A chain, whether it is there or not. @throws ChainmailError `bad-name` */
  chain(name: string, place?: PlaceOptions): ChainHandle {
    return new ChainHandle(name, placeOf(place), this.#writer)
  }

  /**
   * Changes chains, rules and sets together: all or nothing. What the function records is made when it returns.
   *
   * @throws what the first refused step says; ChainmailError `undo-failed` when it could not be taken back
   */
  async transaction(record: (transaction: Transaction) => void | Promise<void>): Promise<void> {
    const transaction = new Transaction()
    await record(transaction)
    const sets = transaction.sets.map(({ set }) => set)
    await this.#setDoors.turns.takeWhole(sets, () => execute(transaction, this.#writer, this.#ipset))
  }

  /**
   * What would have to change for the kernel to hold what is desired. Reads the kernel once, and changes nothing.
   *
   * @throws ChainmailError with the path of the member at fault; InputError `bad-element`, `bad-set-option`
   */
  async plan(desired: DesiredInput | DesiredState): Promise<Plan> {
    return this.#planner.plan(isDesiredState(desired) ? desired : await readDesired(desired))
  }

  /**
   * Makes what a plan says: all of it or nothing, in one commit for each table and family, with the sets around them.
   * A plan that is fulfilled already changes nothing, and nothing is written.
   *
   * @throws PlanStaleError with a new plan, when the kernel has changed in what the plan is about; what the kernel
   *   refuses, with everything as it was; ChainmailError `undo-failed` when it could not be made so
   */
  apply(plan: Plan): Promise<Applied> {
    const sets = plan.sets.map(({ name }) => name)
    return this.#setDoors.turns.takeWhole(sets, () => this.#planner.apply(plan))
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

  /** All sets of this network namespace, without their entries, which the kernel counts for it. */
  sets(): SetDescription[] {
    return this.#ipset.list()
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

  /** Bans an address, network or range, or renews its ban; see {@link Bans.add}. */
  ban(address: string, options?: BanOptions): Promise<PlacedBan> {
    return this.banSets.add(address, options)
  }

  /** Bans what is asked for, one after another, and tells of each; `options` are for those that don't say otherwise. */
  banMany(
    requests: Iterable<string | BanRequest> | AsyncIterable<string | BanRequest>,
    options: BanOptions = {},
  ): AsyncGenerator<BanOutcome, void> {
    return banMany((address, own) => this.banSets.add(address, own), requests, options)
  }

  /** Takes bans back, and exempts the address where wider bans hold it; see {@link Bans.remove}. */
  unban(address: string, options?: UnbanOptions): Promise<void> {
    return this.banSets.remove(address, options)
  }

  /** The narrowest ban that holds an address or network; see {@link Bans.covering}. */
  isBanned(address: string, options?: Pick<UnbanOptions, 'scope'>): Promise<Ban | undefined> {
    return this.banSets.covering(address, options)
  }

  /** All bans, of every scope; see {@link Bans.all}. */
  bans(): AsyncGenerator<Ban, void> {
    return this.banSets.all()
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
    await this.banSets[Symbol.asyncDispose]()
    await this.#writer.close()
    await this.#pipes.close()
    this.#hooks[Symbol.dispose]()
    this.#ipset.close()
    this.#generation?.[Symbol.dispose]()
  }
}

/** The one way to the rules: iptables-save and iptables-restore of a backend. */
class XtablesPipes implements RuleDoors {
  readonly #backend: Backend
  readonly #pipes: Readonly<Record<Family, RestorePipe>>

  constructor(backend: Backend) {
    this.#backend = backend
    this.#pipes = {
      ipv4: new RestorePipe({ family: 'ipv4', backend }),
      ipv6: new RestorePipe({ family: 'ipv6', backend }),
    }
  }

  commit({ family, table }: Place, lines: readonly string[]): Promise<void> {
    return this.#pipes[family].commit({ table, lines })
  }

  async read(family: Family, table?: string): Promise<readonly Table[]> {
    const one = table === undefined ? {} : { table }
    const pieces = saveInPieces({ family, backend: this.#backend, counters: true, ...one })
    return readKernelInPieces(pieces, { family })
  }

  /** All tables that there are, their rules as text. A table that is asked for by its name would be created. */
  async list(family: Family): Promise<readonly ListedTable[]> {
    return readListing(await save({ family, backend: this.#backend, counters: true }), { family })
  }

  async close(): Promise<void> {
    await Promise.all([this.#pipes.ipv4[Symbol.asyncDispose](), this.#pipes.ipv6[Symbol.asyncDispose]()])
  }
}
