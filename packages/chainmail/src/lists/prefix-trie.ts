/**
 * Networks of one family and the fewest networks that cover them, kept up to date.
 *
 * Goals, and how each is reached:
 * 1. Taking one network out re-derives its neighbourhood only: in a path-compressed binary trie every node knows
 *    whether the networks in it cover it as a whole. The cover is the topmost such nodes, and one change concerns
 *    the path from the root to the network alone.
 * 2. A million networks take some 50 MB: nodes are rows of typed arrays, at most two for each network.
 */

/** The highest bits first, in one word of 32 bits for IPv4 and four for IPv6. */
export type PrefixBits = readonly number[]

/** What a change of the networks changes of their cover. */
export interface PrefixChange {
  readonly added: readonly Prefix[]
  readonly deleted: readonly Prefix[]
}

export interface Prefix {
  readonly bits: PrefixBits
  readonly length: number
}

const NONE = -1
const ORIGINAL = 1
const FULL = 2

const nothing: PrefixChange = { added: [], deleted: [] }

export class PrefixTrie {
  readonly #words: number
  #bits: Uint32Array<ArrayBuffer>
  #lengths = new Uint8Array(64)
  #flags = new Uint8Array(64)
  /** Two for each node: where the next bit is 0, and where it is 1. */
  #children = new Int32Array(128).fill(NONE)
  #used = 0
  #free: number[] = []
  #root = NONE
  #size = 0

  /** @param words how many words of 32 bits an address has */
  constructor(words: 1 | 4) {
    this.#words = words
    this.#bits = new Uint32Array(64 * words)
  }

  /** How many networks there are. */
  get size(): number {
    return this.#size
  }

  has({ bits, length }: Prefix): boolean {
    const node = this.#pathTo(bits, length).at(-1)
    return node !== undefined && this.#isAt(node, length) && this.#is(node, ORIGINAL)
  }

  /** Adds a network of length 1 or more, unless it is there. */
  add({ bits, length }: Prefix): PrefixChange {
    const path = this.#pathTo(bits, length)
    const isCovered = path.some((node) => this.#is(node, FULL))
    const node = this.#insert(bits, length, path)
    if (this.#is(node, ORIGINAL)) return nothing
    this.#set(node, ORIGINAL, true)
    this.#size++
    const deleted = isCovered ? [] : this.#covers(node)
    this.#set(node, FULL, true)
    let top = node
    for (let parent = path.pop(); parent !== undefined; parent = path.pop()) {
      if (parent === node) continue
      const wasFull = this.#is(parent, FULL)
      if (wasFull || !this.#isFull(parent)) break
      this.#set(parent, FULL, true)
      deleted.push(this.#prefix(this.#sibling(parent, top)))
      top = parent
    }
    return isCovered ? nothing : { added: [this.#prefix(top)], deleted }
  }

  /** Takes a network out, and returns undefined when it is not there. */
  delete({ bits, length }: Prefix): PrefixChange | undefined {
    const path = this.#pathTo(bits, length)
    const node = path.at(-1)
    if (node === undefined || !this.#isAt(node, length) || !this.#is(node, ORIGINAL)) return undefined
    const top = path.find((above) => this.#is(above, FULL)) ?? node
    const before = this.#prefix(top)
    this.#set(node, ORIGINAL, false)
    this.#size--
    for (const above of path.toReversed()) {
      const isFull = this.#isFull(above)
      if (isFull === this.#is(above, FULL)) break
      this.#set(above, FULL, isFull)
    }
    const change = this.#is(top, FULL) ? nothing : { added: this.#covers(top), deleted: [before] }
    this.#prune(path)
    return change
  }

  /** The networks, by their bits, the wider before the narrower. */
  *originals(): Generator<Prefix, void> {
    for (const node of this.#nodes(() => true)) if (this.#is(node, ORIGINAL)) yield this.#prefix(node)
  }

  /** The cover, by its bits. */
  *cover(): Generator<Prefix, void> {
    for (const node of this.#nodes((above) => !this.#is(above, FULL)))
      if (this.#is(node, FULL)) yield this.#prefix(node)
  }

  /** The nodes in the order of their bits; below a node only if it is entered. */
  *#nodes(enters: (node: number) => boolean, from = this.#root): Generator<number, void> {
    const waiting = [from]
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (node === NONE) continue
      yield node
      if (enters(node)) waiting.push(this.#child(node, 1), this.#child(node, 0))
    }
  }

  /** The topmost full nodes in a subtree. */
  #covers(from: number): Prefix[] {
    const covers: Prefix[] = []
    for (const node of this.#nodes((above) => !this.#is(above, FULL), from))
      if (this.#is(node, FULL)) covers.push(this.#prefix(node))
    return covers
  }

  /** The nodes that hold a network, from the root down, and its own if there is one. */
  #pathTo(bits: PrefixBits, length: number): number[] {
    const path: number[] = []
    let node = this.#root
    while (node !== NONE) {
      const nodeLength = this.#lengths[node] ?? 0
      if (nodeLength > length || this.#common(node, bits) < nodeLength) break
      path.push(node)
      if (nodeLength === length) break
      node = this.#child(node, bitAt(bits, nodeLength))
    }
    return path
  }

  /** The node of a network, made below its path if there is none; the path then leads to it. */
  #insert(bits: PrefixBits, length: number, path: number[]): number {
    const last = path.at(-1)
    if (last !== undefined && this.#isAt(last, length)) return last
    const side = last === undefined ? 0 : bitAt(bits, this.#lengths[last] ?? 0)
    const below = last === undefined ? this.#root : this.#child(last, side)
    const node = this.#create(bits, length)
    const common = below === NONE ? length : Math.min(length, this.#common(below, bits))
    let top = node
    if (common < length) {
      top = this.#create(bits, common)
      path.push(top)
      this.#link(top, bitAt(bits, common), node)
    }
    if (below !== NONE) this.#link(top, this.#bitOf(below, common), below)
    if (last === undefined) this.#root = top
    else this.#link(last, side, top)
    return node
  }

  /** Removes the end of a path, if it no longer stands for a network or a fork. */
  #prune(path: number[]): void {
    for (let node = path.pop(); node !== undefined; node = path.pop()) {
      const left = this.#child(node, 0)
      const right = this.#child(node, 1)
      if (this.#is(node, ORIGINAL) || (left !== NONE && right !== NONE)) return
      const parent = path.at(-1)
      const rest = left === NONE ? right : left
      if (parent === undefined) this.#root = rest
      else this.#link(parent, this.#child(parent, 0) === node ? 0 : 1, rest)
      this.#children.fill(NONE, node * 2, node * 2 + 2)
      this.#free.push(node)
      if (rest !== NONE) return
    }
  }

  /** Whether the networks in a node cover all of it. Nothing covers length 0, which no set of networks holds. */
  #isFull(node: number): boolean {
    if (this.#is(node, ORIGINAL)) return true
    const length = this.#lengths[node] ?? 0
    return (
      length > 0 &&
      this.#isFullHalf(this.#child(node, 0), length) &&
      this.#isFullHalf(this.#child(node, 1), length)
    )
  }

  #isFullHalf(node: number, parentLength: number): boolean {
    return node !== NONE && this.#isAt(node, parentLength + 1) && this.#is(node, FULL)
  }

  #create(bits: PrefixBits, length: number): number {
    const node = this.#free.pop() ?? this.#used++
    if (node >= this.#lengths.length) this.#grow()
    for (let word = 0; word < this.#words; word++)
      this.#bits[node * this.#words + word] = ((bits[word] ?? 0) & maskOf(length, word)) >>> 0
    this.#lengths[node] = length
    this.#flags[node] = 0
    return node
  }

  #grow(): void {
    const capacity = this.#lengths.length * 2
    const bits = new Uint32Array(capacity * this.#words)
    bits.set(this.#bits)
    this.#bits = bits
    const lengths = new Uint8Array(capacity)
    lengths.set(this.#lengths)
    this.#lengths = lengths
    const flags = new Uint8Array(capacity)
    flags.set(this.#flags)
    this.#flags = flags
    const children = new Int32Array(capacity * 2).fill(NONE)
    children.set(this.#children)
    this.#children = children
  }

  #child(node: number, side: number): number {
    return this.#children[node * 2 + side] ?? NONE
  }

  #link(node: number, side: number, child: number): void {
    this.#children[node * 2 + side] = child
  }

  #sibling(parent: number, child: number): number {
    const left = this.#child(parent, 0)
    return left === child ? this.#child(parent, 1) : left
  }

  #is(node: number, flag: number): boolean {
    return ((this.#flags[node] ?? 0) & flag) !== 0
  }

  #set(node: number, flag: number, on: boolean): void {
    const flags = this.#flags[node] ?? 0
    this.#flags[node] = on ? flags | flag : flags & ~flag
  }

  #isAt(node: number, length: number): boolean {
    return this.#lengths[node] === length
  }

  #bitOf(node: number, position: number): number {
    return ((this.#bits[node * this.#words + (position >>> 5)] ?? 0) >>> (31 - (position & 31))) & 1
  }

  /** How many bits a node has in common with others, at most its length. */
  #common(node: number, bits: PrefixBits): number {
    const length = this.#lengths[node] ?? 0
    for (let word = 0; word < this.#words; word++) {
      const difference = (this.#bits[node * this.#words + word] ?? 0) ^ (bits[word] ?? 0)
      if (difference !== 0) return Math.min(length, word * 32 + Math.clz32(difference))
    }
    return length
  }

  #prefix(node: number): Prefix {
    const bits: number[] = []
    for (let word = 0; word < this.#words; word++) bits.push(this.#bits[node * this.#words + word] ?? 0)
    return { bits, length: this.#lengths[node] ?? 0 }
  }
}

function bitAt(bits: PrefixBits, position: number): number {
  return ((bits[position >>> 5] ?? 0) >>> (31 - (position & 31))) & 1
}

/** The bits of a word that a length keeps. */
function maskOf(length: number, word: number): number {
  const kept = Math.max(0, Math.min(32, length - word * 32))
  return kept === 0 ? 0 : -1 << (32 - kept)
}
