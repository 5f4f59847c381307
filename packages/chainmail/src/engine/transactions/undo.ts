import { ChainmailError } from '../../errors.ts'

/** How to take back what has been done so far, one step after another. */
export class Undo {
  readonly #steps: (() => void | Promise<void>)[] = []

  push(step: () => void | Promise<void>): void {
    this.#steps.push(step)
  }

  /**
   * Takes everything back, the last step first, and hands on why.
   *
   * @throws the reason itself; ChainmailError `undo-failed` when a step could not be taken back
   */
  async because(reason: unknown): Promise<never> {
    const failures: unknown[] = []
    for (const step of this.#steps.toReversed()) {
      try {
        await step()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length === 0) throw reason
    throw new ChainmailError(
      'undo-failed',
      `A transaction failed (${messageOf(reason)}), and ${failures.length} of its steps could not be taken back: ${failures.map(messageOf).join(' ')} Read the rules and sets back before going on.`,
      { cause: reason },
    )
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
