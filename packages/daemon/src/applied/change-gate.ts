/**
 * Lets changes through together, and what must not meet any of them alone: a change that waits to be alone is not
 * overtaken by those that come later.
 */
export class ChangeGate {
  #under = 0
  #waiting: (() => void)[] = []
  #alone: Promise<void> = Promise.resolve()
  #closed = 0

  /** Runs a change, beside others. A change never asks for another within itself. */
  async enter<Result>(work: () => Promise<Result>): Promise<Result> {
    while (this.#closed > 0) await this.#alone
    this.#under += 1
    try {
      return await work()
    } finally {
      this.#under -= 1
      if (this.#under === 0) for (const resolve of this.#waiting.splice(0)) resolve()
    }
  }

  /** Runs some work while no change is under way. */
  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#closed += 1
    const turn = this.#alone.then(async () => {
      if (this.#under > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
      return work()
    })
    this.#alone = turn.then(
      () => this.#open(),
      () => this.#open(),
    )
    return turn
  }

  #open(): void {
    this.#closed -= 1
  }
}
