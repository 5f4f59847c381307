import {
  type Backend,
  type Family,
  Ipset,
  NftablesGeneration,
  probeXtables,
  RestorePipe,
  type SetDescription,
  save,
  type XtablesHost,
} from '@chainmail/kernel'
import { readKernel, type Table } from '../text/save.ts'
import { Bans } from './bans.ts'
import { ChainHandle } from './chain.ts'
import { execute } from './execute.ts'
import type { Place } from './operation.ts'
import { createOptionsOf, SetHandle, type SetOptions } from './set.ts'
import { describeSet } from './set-content.ts'
import { type PlaceOptions, placeOf, Transaction } from './transaction.ts'
import { type RuleDoors, RuleWriter } from './writer.ts'

export interface FirewallOptions {
  /** The backend to work on; the one that this host really uses if not said. */
  readonly backend?: Backend
}

/**
 * Opens the firewall of this network namespace.
 *
 * @throws XtablesError `iptables-not-installed`, `not-permitted`; KernelError `no-ipset-support`
 */
export async function openFirewall({ backend }: FirewallOptions = {}): Promise<Firewall> {
  const host = await probeXtables()
  return new Firewall(host, backend ?? host.chosen)
}

/** The firewall of one network namespace: its rules, its sets, its bans. */
export class Firewall implements AsyncDisposable {
  /** What the probe found on this host. */
  readonly host: XtablesHost
  /** The backend that is worked on. */
  readonly backend: Backend
  readonly bans: Bans
  readonly #ipset: Ipset
  readonly #pipes: XtablesPipes
  readonly #writer: RuleWriter
  readonly #generation: NftablesGeneration | undefined

  constructor(host: XtablesHost, backend: Backend) {
    this.host = host
    this.backend = backend
    this.#ipset = new Ipset()
    this.#pipes = new XtablesPipes(backend)
    this.#writer = new RuleWriter(this.#pipes)
    this.#generation = backend === 'nft' ? new NftablesGeneration() : undefined
    const served = host.states.filter((state) => state.backend === backend && state.unavailable === undefined)
    this.bans = new Bans(
      this.#ipset,
      this.#writer,
      served.map(({ family }) => family),
    )
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
    await execute(transaction, this.#writer, this.#ipset)
  }

  /**
   * A set. With options it is made unless it is there with the same ones; without, it has to be there.
   *
   * @throws KernelError `set-not-found`, `set-exists`, `set-type-unsupported`; InputError `bad-set-name`, `bad-set-option`
   */
  async set(name: string, options?: SetOptions): Promise<SetHandle> {
    if (options === undefined) describeSet(this.#ipset, name)
    else this.#ipset.create(name, options.type, createOptionsOf(options), { exists: 'ignore' })
    return new SetHandle(name, this.#ipset)
  }

  /** The names of all sets of this network namespace; takes microseconds. */
  setNames(): string[] {
    return this.#ipset.names()
  }

  /** All sets of this network namespace, without their entries, which the kernel counts for it. */
  sets(): SetDescription[] {
    return this.#ipset.list()
  }

  /** Bans an address or network; see {@link Bans.add}. */
  ban(...[address, options]: Parameters<Bans['add']>): ReturnType<Bans['add']> {
    return this.bans.add(address, options)
  }

  /** Takes a ban back; see {@link Bans.remove}. */
  unban(address: string): Promise<void> {
    return this.bans.remove(address)
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
    await this.#writer.close()
    await this.#pipes.close()
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
    return readKernel(await save({ family, backend: this.#backend, counters: true, ...one }), { family })
  }

  async close(): Promise<void> {
    await Promise.all([this.#pipes.ipv4[Symbol.asyncDispose](), this.#pipes.ipv6[Symbol.asyncDispose]()])
  }
}
