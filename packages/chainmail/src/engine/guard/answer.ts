/**
 * Whether a condition holds for a packet that is known in part.
 *
 * `no` and `yes`; `part`: for some of what the packet stands for, because it says nothing about it, such as its port;
 * `sometimes`: for some packets or at some times, such as within a rate; `unknown`: nobody can tell.
 */
export type Answer = 'no' | 'unknown' | 'sometimes' | 'part' | 'yes'

const rank: Readonly<Record<Answer, number>> = { no: 0, unknown: 1, sometimes: 2, part: 3, yes: 4 }

/** Whether all of them hold: what the least certain one says. */
export function all(answers: Iterable<Answer>): Answer {
  let least: Answer = 'yes'
  for (const answer of answers) {
    if (rank[answer] < rank[least]) least = answer
    if (least === 'no') break
  }
  return least
}

/** Whether one of them holds. */
export function any(answers: readonly Answer[]): Answer {
  return answers.reduce((most, answer) => (rank[answer] > rank[most] ? answer : most), 'no')
}

export function not(answer: Answer): Answer {
  if (answer === 'yes') return 'no'
  return answer === 'no' ? 'yes' : answer
}

export function isTrue(holds: boolean): Answer {
  return holds ? 'yes' : 'no'
}
