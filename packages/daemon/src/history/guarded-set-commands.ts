import type { EntryRequest, RestoreOperation, SetDescription, SetEntry, SetHeader } from '@chainmail/kernel'
import type { CommandSets, SetGuard } from 'chainmail'

/** Sets for a program like ipset, of which what would shut somebody out is refused. */
export class GuardedSetCommands implements CommandSets {
  readonly protocol: number
  readonly checkType: CommandSets['checkType']
  readonly #sets: CommandSets
  readonly #guardOf: (name: string) => SetGuard

  constructor(sets: CommandSets, guardOf: (name: string) => SetGuard) {
    this.#sets = sets
    this.#guardOf = guardOf
    this.protocol = sets.protocol
    this.checkType = sets.checkType
  }

  names(): readonly string[] {
    return this.#sets.names()
  }

  header(name: string): SetHeader {
    return this.#sets.header(name)
  }

  describe(name?: string): Promise<readonly SetDescription[]> {
    return this.#sets.describe(name)
  }

  entries(name: string): Promise<readonly SetEntry[]> {
    return this.#sets.entries(name)
  }

  test(name: string, entry: EntryRequest): Promise<boolean> {
    return this.#sets.test(name, entry)
  }

  /** @throws ChainmailError `would-lock-out` */
  async change(operations: Iterable<RestoreOperation>): Promise<void> {
    const all = [...operations]
    // Of those that belong together, the program sends entries of one set alone.
    for (const [name, some] of Map.groupBy(all, (operation) => operation.name)) {
      for (const one of name === undefined ? this.#sets.names() : [name]) await this.#check(one, some)
    }
    await this.#sets.change(all)
  }

  async #check(name: string, operations: readonly RestoreOperation[]): Promise<void> {
    if (!this.#sets.names().includes(name)) return
    const guard = this.#guardOf(name)
    const entriesOf = (command: 'add' | 'del'): readonly EntryRequest[] =>
      operations.flatMap((operation) => (operation.command === command ? [operation.entry] : []))
    await guard.checkAdd(entriesOf('add'))
    await guard.checkDelete(entriesOf('del'))
    for (const operation of operations) {
      if (operation.command === 'flush') await guard.checkFlush()
      if (operation.command === 'swap') await this.#checkSwap(name, operation.name2)
    }
  }

  async #checkSwap(name: string, name2: string): Promise<void> {
    if (!this.#sets.names().includes(name2)) return
    for (const [set, other] of [
      [name, name2],
      [name2, name],
    ] as const) {
      for await (const _ of this.#guardOf(set).replacing(await this.#sets.entries(other))) {
        // Looked at alone: the sets change by themselves.
      }
    }
  }
}
