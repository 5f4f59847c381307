/**
 * Which elements of a sequence stay when it is to become another one.
 *
 * 1. As many as possible stay, in order: the heaviest increasing chain of pairs of equal elements, by a tree of
 *    prefix maxima, in O(p log n) for p pairs.
 * 2. Equal beginnings and ends are taken off first; two sequences that differ in a few places cost little.
 * 3. Never O(n²): an element that stands very often in both is paired only with its counterparts by number.
 */

/** Pairs of one element above which it is paired by number: this many times the longer of its two lists. */
const PAIRS_EACH = 64

/** An element of the actual sequence. */
export interface Candidate {
  /** Equal elements have equal numbers; none is negative. */
  readonly id: number
  /** Whether it has to go where nothing is paired with it: such are paired before others that may stay anyway. */
  readonly ours: boolean
}

/**
 * @param desired the numbers of the desired elements
 * @returns for each desired element the index of the actual one that stays for it, or -1; increasing
 */
export function align(desired: readonly number[], actual: readonly Candidate[]): number[] {
  const kept = new Array<number>(desired.length).fill(-1)
  let begin = 0
  while (isOurs(actual[begin], desired[begin])) kept[begin] = begin++
  let end = desired.length
  let actualEnd = actual.length
  while (end > begin && actualEnd > begin && isOurs(actual[actualEnd - 1], desired[end - 1]))
    kept[--end] = --actualEnd
  if (end > begin && actualEnd > begin) heaviest(desired, actual, begin, end, actualEnd, kept)
  return kept
}

function isOurs(candidate: Candidate | undefined, id: number | undefined): boolean {
  return candidate?.ours === true && candidate.id === id
}

function heaviest(
  desired: readonly number[],
  actual: readonly Candidate[],
  begin: number,
  end: number,
  actualEnd: number,
  kept: number[],
): void {
  const places = placesOf(actual, begin, actualEnd)
  const amounts = new Map<number, number>()
  for (let at = begin; at < end; at++)
    amounts.set(desired[at] ?? -1, (amounts.get(desired[at] ?? -1) ?? 0) + 1)
  const met = new Map<number, number>()
  const chains = new Chains(actualEnd - begin, desired.length + 1)
  for (let at = begin; at < end; at++) {
    const id = desired[at] ?? -1
    const found = places.get(id)
    if (found === undefined) continue
    const number = met.get(id) ?? 0
    met.set(id, number + 1)
    if (Math.min(found.length, amounts.get(id) ?? 0) <= PAIRS_EACH) {
      // From the end on, so that one desired element never continues a chain with itself.
      for (const place of found.toReversed()) chains.pair(at, place - begin, actual[place]?.ours === true)
    } else {
      const place = found[number]
      if (place !== undefined) chains.pair(at, place - begin, actual[place]?.ours === true)
    }
  }
  for (const [at, place] of chains.best()) kept[at] = place + begin
}

function placesOf(actual: readonly Candidate[], begin: number, end: number): Map<number, number[]> {
  const places = new Map<number, number[]>()
  for (let place = begin; place < end; place++) {
    const id = actual[place]?.id ?? -1
    const list = places.get(id)
    if (list === undefined) places.set(id, [place])
    else list.push(place)
  }
  return places
}

/** Increasing chains of pairs, and the heaviest that ends before each place: a Fenwick tree of maxima. */
class Chains {
  readonly #tree: Int32Array
  readonly #many: number
  readonly #at: number[] = []
  readonly #place: number[] = []
  readonly #previous: number[] = []
  readonly #weight: number[] = []
  #best = -1

  /** @param many more than there can be pairs in a chain */
  constructor(places: number, many: number) {
    this.#tree = new Int32Array(places + 1).fill(-1)
    this.#many = many
  }

  pair(at: number, place: number, ours: boolean): void {
    const previous = this.#before(place)
    const weight = (previous === -1 ? 0 : (this.#weight[previous] ?? 0)) + this.#many + (ours ? 1 : 0)
    const pair = this.#at.length
    this.#at.push(at)
    this.#place.push(place)
    this.#previous.push(previous)
    this.#weight.push(weight)
    if (this.#isHeavier(pair, this.#best)) this.#best = pair
    for (let node = place + 1; node < this.#tree.length; node += node & -node)
      if (this.#isHeavier(pair, this.#tree[node] ?? -1)) this.#tree[node] = pair
  }

  /** The pairs of the heaviest chain: desired and actual place. */
  *best(): Generator<readonly [number, number], void> {
    for (let pair = this.#best; pair !== -1; pair = this.#previous[pair] ?? -1)
      yield [this.#at[pair] ?? 0, this.#place[pair] ?? 0]
  }

  /** The heaviest chain that ends before a place. */
  #before(place: number): number {
    let best = -1
    for (let node = place; node > 0; node -= node & -node) {
      const pair = this.#tree[node] ?? -1
      if (this.#isHeavier(pair, best)) best = pair
    }
    return best
  }

  #isHeavier(pair: number, other: number): boolean {
    return pair !== -1 && (other === -1 || (this.#weight[pair] ?? 0) > (this.#weight[other] ?? 0))
  }
}
