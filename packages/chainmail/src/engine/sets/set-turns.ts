/** One change of a set, made to the set of the name that it is told. */
export type SetChange = (set: string) => void

/**
 * The changes of sets within one process.
 *
 * 1. What takes long (a replace, a bulk, a transaction) has the set to itself; who comes later waits its turn.
 * 2. Single entries do not wait: they go into the set at once. While new content is prepared for it they are noted as
 *    well, and made to the new content before it is swapped in, so that nothing that was acknowledged is lost.
 * 3. A source of entries may itself add single entries to the set, and these may find it full; so growth has a turn of
 *    its own, which whoever has the set's turn takes only to swap or to grow. The one for the set always comes first.
 */
export class SetTurns {
  readonly #last = new Map<string, Promise<void>>()
  readonly #journals = new Map<string, Set<SetChange[]>>()

  /** Does some work on sets when all that came before is done. What has a turn must not take another of its sets. */
  async take<Result>(sets: readonly string[], work: () => Promise<Result>): Promise<Result> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const before = sets.map((set) => this.#last.get(set))
    for (const set of sets) this.#last.set(set, promise)
    await Promise.all(before)
    try {
      return await work()
    } finally {
      for (const set of sets) if (this.#last.get(set) === promise) this.#last.delete(set)
      resolve()
    }
  }

  /** Does what swaps or grows sets. */
  takeContent<Result>(sets: readonly string[], work: () => Promise<Result>): Promise<Result> {
    // No name of a set holds a NUL.
    return this.take(
      sets.map((set) => `\0${set}`),
      work,
    )
  }

  /** Takes both turns of sets, for what changes their names or contents within one step. */
  takeWhole<Result>(sets: readonly string[], work: () => Promise<Result>): Promise<Result> {
    const each = [...new Set(sets)]
    return this.take(each, () => this.takeContent(each, work))
  }

  /**
   * Changes a set at once.
   * @param again makes the same change to new content, where the entry may be there already, or not
   */
  change(set: string, apply: SetChange, again: SetChange = apply): void {
    apply(set)
    for (const journal of this.#journals.get(set) ?? []) journal.push(again)
  }

  /** Notes what changes in a set while new content is made for it. */
  async journal<Result>(
    set: string,
    work: (journal: readonly SetChange[]) => Promise<Result>,
  ): Promise<Result> {
    const journal: SetChange[] = []
    const journals = this.#journals.get(set) ?? new Set()
    this.#journals.set(set, journals.add(journal))
    try {
      return await work(journal)
    } finally {
      journals.delete(journal)
      if (journals.size === 0) this.#journals.delete(set)
    }
  }
}
