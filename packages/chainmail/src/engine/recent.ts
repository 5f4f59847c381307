import type { RecentEntry, RecentLists } from '@chainmail/kernel'

/** One list of `-m recent`: the addresses that its rules have seen, or that were put in. */
export class RecentHandle {
  readonly name: string
  readonly #lists: RecentLists

  constructor(name: string, lists: RecentLists) {
    this.name = name
    this.#lists = lists
  }

  /**
   * The addresses of both families, in no order.
   *
   * @throws KernelError `recent-not-found` while no rule names the list, `no-recent-support`; InputError `bad-recent-name`
   */
  async entries(): Promise<RecentEntry[]> {
    return this.#lists.entries(this.name)
  }

  /**
   * Puts an address in as if a packet of it had been seen now; one that is there is seen once more. A full list (of
   * 100 addresses, unless the module's parameter ip_list_tot says otherwise) forgets the one seen the longest ago.
   *
   * @throws what {@link entries} throws; KernelError `not-permitted`; AddressError `bad-address`
   */
  async add(address: string): Promise<void> {
    this.#lists.add(this.name, address)
  }

  /** @throws KernelError `entry-not-found`, and what {@link add} throws */
  async delete(address: string): Promise<void> {
    this.#lists.delete(this.name, address)
  }

  /** Whether the list holds the address. */
  async has(address: string): Promise<boolean> {
    return this.#lists.has(this.name, address)
  }

  /** Takes all addresses out. Throws what {@link add} throws. */
  async flush(): Promise<void> {
    this.#lists.flush(this.name)
  }
}
