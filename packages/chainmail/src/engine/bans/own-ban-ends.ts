import type { FirewallEvents } from '../events.ts'
import type { PlacedBan } from './ban.ts'
import { BanEnds, type EndingBan } from './ban-ends.ts'
import { type BanScope, parseScope } from './scope.ts'
import { elementScopes } from './scope-text.ts'

/** The ends of the bans that this process has made and nobody keeps a book of, by their networks and scopes. */
export class OwnBanEnds implements Disposable {
  readonly #known = new Map<string, Map<string, EndingBan>>()
  readonly #ends: BanEnds<EndingBan>

  constructor(events: FirewallEvents) {
    this.#ends = new BanEnds({ events, onEnd: ({ address, scope }) => this.#drop(address, scope) })
  }

  /** A ban was made, or renewed. */
  placed({ networks, scope, until, reason }: PlacedBan): void {
    if (until === undefined && this.#known.size === 0) return
    const words = elementScopes(parseScope(scope))
    for (const address of networks)
      for (const word of words) {
        this.#forget(address, word)
        if (until === undefined) continue
        const ban = {
          address,
          scope: word,
          until: until.getTime(),
          ...(reason === undefined ? {} : { reason }),
        }
        const scopes = this.#known.get(address) ?? new Map<string, EndingBan>()
        this.#known.set(address, scopes.set(word, ban))
        this.#ends.expect(ban)
      }
  }

  /** Bans were taken back. @param scope only of this one, of all if not said */
  freed(networks: readonly string[], scope: BanScope | undefined): void {
    if (this.#known.size === 0) return
    const wanted = scope === undefined ? undefined : elementScopes(parseScope(scope))
    for (const address of networks)
      for (const word of wanted ?? [...(this.#known.get(address)?.keys() ?? [])]) this.#forget(address, word)
  }

  [Symbol.dispose](): void {
    this.#ends[Symbol.dispose]()
  }

  #forget(address: string, word: string): void {
    const ban = this.#known.get(address)?.get(word)
    if (ban === undefined) return
    this.#ends.forget(ban)
    this.#drop(address, word)
  }

  #drop(address: string, word: string): void {
    const scopes = this.#known.get(address)
    if (scopes?.delete(word) === true && scopes.size === 0) this.#known.delete(address)
  }
}
