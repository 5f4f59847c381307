/** How a case ended. */
export interface Outcome {
  readonly passed: boolean
  /** Why it passed although the model and the answer differ, or what of it was not tried. */
  readonly note?: string
  /** What the note does not say of this case alone, such as the words of the kernel. */
  readonly detail?: string
  readonly expected?: string
  readonly got?: string
}

export const passed: Outcome = { passed: true }

export function passedBecause(note: string, detail?: string): Outcome {
  return detail === undefined ? { passed: true, note } : { passed: true, note, detail }
}

export function failed(expected: string, got: string): Outcome {
  return { passed: false, expected, got }
}

/** The first outcome that is a failure, else one that passed. */
export function all(outcomes: Iterable<Outcome>): Outcome {
  let noted: Outcome = passed
  for (const outcome of outcomes) {
    if (!outcome.passed) return outcome
    if (noted.note === undefined) noted = outcome
  }
  return noted
}
