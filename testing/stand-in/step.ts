/** What became of one command line in one of two namespaces. */
export interface TwinStep {
  readonly line: string
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** The rules of its family behind it; all sets behind the last line of a scenario; as the real program prints them. */
  readonly state: string
}

/** Whether two steps differ in nothing but in what no two runs of one program have in common. */
export function sameStep(one: TwinStep, other: TwinStep): boolean {
  const plain = ({ line, code, stdout, stderr, state }: TwinStep): string =>
    JSON.stringify([code, plainOutput(stdout, line), stderr, plainOutput(state, '')])
  return plain(one) === plain(other)
}

/**
 * iptables-save tells when it was called; of a set, its hash has a start value at random, which its entries' order and
 * its memory depend on, and time goes by.
 */
function plainOutput(text: string, line: string): string {
  const timeless = text
    .replace(/^(# (?:Generated|Completed) .*on ).*$/gm, '$1…')
    .replace(/(timeout[ >])(\d{2,7})(?=\D)/g, (_, name: string, seconds: string) => `${name}${tens(seconds)}`)
  if (/initval/.test(line)) return timeless
  const plain = timeless.replace(/(initval[ >])0x[\da-f]+|(Size in memory: |<memsize>)\d+/g, '$1$2…')
  return /\s-(?:s|-?sorted)\b/.test(line) ? plain : withSortedEntries(plain)
}

function tens(seconds: string): number {
  return Math.ceil(Number(seconds) / 10) * 10
}

/** The lines that stand together, of one set's entries. */
const ENTRIES = /(?:^add .*\n)+|(?:^<member>.*\n)+|(?<=^Members:\n)(?:^.+\n)+/gm

function withSortedEntries(text: string): string {
  return text.replace(ENTRIES, (lines) => lines.split('\n').toSorted().join('\n'))
}
