/** A difference between the model and the iptables that answered which is meant, and is told with its cases. */
interface Difference {
  /** What the one that refuses says. */
  readonly says: RegExp
  readonly why: string
}

const modelRefuses: readonly Difference[] = [
  {
    says: /--comment: .* is not one line of at most 255 bytes/,
    why: 'iptables cuts a comment behind 255 bytes, and the model refuses what would be cut',
  },
]

const iptablesRefuses: readonly Difference[] = [
  {
    says: /unknown protocol "-p|(?:Chain '|load target `)-j/,
    why: 'iptables-restore reads -p and -j with their value in one word since 1.8.10 only',
  },
]

/** Why the model is meant to refuse what iptables takes; undefined if it is not. */
export function whyModelRefuses(words: string): string | undefined {
  return modelRefuses.find(({ says }) => says.test(words))?.why
}

/** Why the model is meant to take what iptables refuses with these words; undefined if it is not. */
export function whyModelTakes(words: string): string | undefined {
  return iptablesRefuses.find(({ says }) => says.test(words))?.why
}
