/** How a case ended. */
export interface Outcome {
  readonly passed: boolean
  /** Why it passed although the model and the answer differ, or what of it was not tried. */
  readonly note?: string
  readonly expected?: string
  readonly got?: string
}

export const passed: Outcome = { passed: true }

export function passedBecause(note: string): Outcome {
  return { passed: true, note }
}

export function failed(expected: string, got: string): Outcome {
  return { passed: false, expected, got }
}

/** The first outcome that is a failure, else one that passed. */
export function all(outcomes: Iterable<Outcome>): Outcome {
  let note: string | undefined
  for (const outcome of outcomes) {
    if (!outcome.passed) return outcome
    note ??= outcome.note
  }
  return note === undefined ? passed : passedBecause(note)
}
