import { type Family, splitLine } from '@chainmail/kernel'
import type { ChangingCommand } from 'chainmail'

interface Place {
  readonly table: string
  readonly family: Family
}

/**
 * The chains that commands name. What others change between two readings of the rules, in any other chain, is not what
 * the commands have done.
 */
export class TouchedChains {
  /** A whole table, or a chain of one. */
  readonly #places = new Set<string>()

  /** What a command of iptables may change. */
  addCommand({ operation, table, family, chain }: ChangingCommand): void {
    // Rules of other chains follow a chain to its new name.
    this.#add({ table, family }, operation === 'rename-chain' ? undefined : chain)
  }

  /** What lines of iptables-restore may change. */
  addLines(place: Place, lines: readonly string[]): void {
    for (const line of lines) this.#add(place, chainOf(line))
  }

  /** Whether nothing was to be changed at all. */
  get isEmpty(): boolean {
    return this.#places.size === 0
  }

  has({ table, family, chain }: Place & { readonly chain: string }): boolean {
    return this.#places.has(keyOf({ table, family })) || this.#places.has(keyOf({ table, family }, chain))
  }

  #add(place: Place, chain: string | undefined): void {
    this.#places.add(keyOf(place, chain))
  }
}

/** What a line is about; undefined for more than one chain. iptables-restore(8), iptables(8) */
function chainOf(line: string): string | undefined {
  const declared = /^:(\S+)/.exec(line)?.[1]
  if (declared !== undefined) return declared
  const words = splitLine(line) ?? []
  const at = words.findIndex((word) => /^-[ADIRNPFXZ]$/.test(word))
  return at === -1 ? undefined : words[at + 1]
}

function keyOf({ table, family }: Place, chain?: string): string {
  return JSON.stringify([family, table, chain])
}
