import type { Backend, Family } from '@chainmail/kernel'
import { isNegation } from '../../model/negation.ts'
import type { Compiled } from '../../model/registry.ts'
import type { Spelling } from '../../model/version.ts'
import type { ListedNames } from './names.ts'

/** How a rule is to be listed. */
export interface ListingContext extends Spelling {
  readonly family: Family
  readonly backend: Backend
  /** Numbers instead of the names of hosts, services, protocols and users. */
  readonly numeric: boolean
  readonly names: ListedNames
  /** The protocol of the rule, by whose services ports are named. */
  readonly protocol?: string | undefined
}

/** An option of a rule, ready to be listed. */
export interface ShownOption {
  readonly not: boolean
  /** As iptables-save prints it. */
  readonly text: string
  /** The value itself, where it is text or a number. */
  readonly plain: string
}

/** The options of one match or target of a rule, by their keys. */
export class Shown {
  readonly #options: ReadonlyMap<string, ShownOption>

  constructor({ slots }: Compiled, given: unknown, { family }: ListingContext) {
    const options = new Map<string, ShownOption>()
    const values = new Map<string, unknown>(
      typeof given === 'object' && given !== null ? Object.entries(given) : [],
    )
    for (const { key, option } of slots) {
      const value = values.get(key)
      if (value === undefined) continue
      const not = isNegation(value)
      const bare = not ? value.not : value
      const text = option.kind.words === 0 ? '' : option.kind.render(bare, { family })
      const plain = typeof bare === 'string' || typeof bare === 'number' ? String(bare) : text
      options.set(key, { not, text, plain })
    }
    this.#options = options
  }

  get(key: string): ShownOption | undefined {
    return this.#options.get(key)
  }

  has(key: string): boolean {
    return this.#options.has(key)
  }

  /** What iptables-save prints for the option; the empty text where it is not given. */
  text(key: string): string {
    return this.#options.get(key)?.text ?? ''
  }
}
