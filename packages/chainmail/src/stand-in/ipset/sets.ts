import type {
  EntryRequest,
  RestoreOperation,
  SetDescription,
  SetEntry,
  SetFamily,
  SetHeader,
} from '@chainmail/kernel'

/** What the stand-in for ipset needs of a firewall. */
export interface CommandSets {
  /** The version of ipset's netlink protocol. */
  readonly protocol: number
  names(): readonly string[]
  /** @throws KernelError `set-not-found` */
  header(name: string): SetHeader
  /** @throws KernelError `set-type-unsupported` where the kernel has no sets of a type and family */
  readonly checkType: (type: string, family: SetFamily) => void
  /** All sets, or the one named, in the kernel's order. @throws KernelError `set-not-found` */
  describe(name?: string): Promise<readonly SetDescription[]>
  /** @throws KernelError `set-not-found` */
  entries(name: string): Promise<readonly SetEntry[]>
  /** Whether a packet with the entry would match. */
  test(name: string, entry: EntryRequest): Promise<boolean>
  /**
   * Makes changes one after another; those before one that is refused are made.
   *
   * @throws ChainmailError with the kernel's code and the line of the operation in `line`
   */
  change(operations: Iterable<RestoreOperation>): Promise<void>
}
