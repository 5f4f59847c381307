import type { Family } from '@chainmail/kernel'
import { contains, type Network, type NetworkBlock } from '../../network.ts'
import { type Span, spanOf } from '../../network-span.ts'

/** An address or network that nothing may ban. */
export interface AllowedNetwork extends Network {
  /** Why it is there. */
  readonly reason?: string
  /** `entry`: somebody put it there. `default`: it is what this host itself needs. */
  readonly origin: 'entry' | 'default'
}

/** An allowed network with its numbers. */
export interface AllowedBlock extends NetworkBlock {
  readonly reason: string | undefined
  readonly origin: AllowedNetwork['origin']
}

/**
 * What nothing may ban, as it was at one moment. Asked before every ban, so that a question is one binary search:
 * of networks that lie in each other the outermost are enough to find out that there is an overlap.
 */
export class AllowSnapshot {
  readonly blocks: readonly AllowedBlock[]
  readonly #outermost: Readonly<Record<Family, readonly Span[]>>

  constructor(blocks: readonly AllowedBlock[]) {
    this.blocks = blocks
    this.#outermost = { ipv4: outermost(blocks, 'ipv4'), ipv6: outermost(blocks, 'ipv6') }
  }

  /** Whether any address of the network is allowed. */
  overlaps(block: NetworkBlock): boolean {
    const spans = this.#outermost[block.family]
    if (spans.length === 0) return false
    const { first, last } = spanOf(block)
    let low = 0
    let high = spans.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((spans[middle]?.first ?? 0) <= last) low = middle + 1
      else high = middle
    }
    const candidate = spans[low - 1]
    return candidate !== undefined && candidate.last >= first
  }

  /** The allowed networks that hold any address of the network, the narrowest first. */
  overlapping(block: NetworkBlock): AllowedBlock[] {
    return this.blocks
      .filter((allowed) => contains(allowed, block) || contains(block, allowed))
      .toSorted((one, other) => other.prefix - one.prefix)
  }

  /** The narrowest allowed network that holds the whole of the network. */
  covering(block: NetworkBlock): AllowedBlock | undefined {
    return this.overlapping(block).find((allowed) => contains(allowed, block))
  }
}

function outermost(blocks: readonly AllowedBlock[], family: Family): Span[] {
  const spans = blocks
    .filter((block) => block.family === family)
    .toSorted((one, other) => one.prefix - other.prefix)
    .map(spanOf)
    .toSorted((one, other) => (one.first < other.first ? -1 : one.first > other.first ? 1 : 0))
  const outer: Span[] = []
  for (const span of spans) {
    const before = outer.at(-1)
    if (before === undefined || before.last < span.first) outer.push(span)
  }
  return outer
}
