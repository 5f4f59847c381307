import { Random } from '../chaos/random.ts'

/** Random numbers that a seed makes again, and what is chosen by them. */
export class Chance extends Random {
  /** @param share from 0 to 1 */
  comes(share: number): boolean {
    return this.below(10_000) < share * 10_000
  }

  /** A whole number, both ends included. */
  between(first: number, last: number): number {
    return first + this.below(last - first + 1)
  }

  /** @throws RangeError of an empty list */
  one<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new RangeError('There is nothing to choose from.')
    return item
  }

  many<Item>(least: number, most: number, make: () => Item): Item[] {
    return Array.from({ length: this.between(least, most) }, make)
  }

  /** Some digits and letters. */
  word(length = 6): string {
    return Array.from({ length }, () => this.below(36).toString(36)).join('')
  }
}
