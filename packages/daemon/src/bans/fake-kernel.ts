import { type Ban, ChainmailError, network } from 'chainmail'
import type { KernelBan, KernelBans } from './kernel-bans.ts'

/** An entry of the fake. */
export interface FakeEntry {
  seconds: number | undefined
  reason: string | undefined
}

/** The ban sets of a kernel that a test can look into and break. Time stands still in it. */
export class FakeKernel implements KernelBans {
  readonly entries = new Map<string, FakeEntry>()
  /** False after somebody else destroyed the sets. */
  present = false
  /** Addresses that the kernel refuses. */
  readonly refused = new Set<string>()
  restores = 0
  /** What the next restore fails with. */
  failure: Error | undefined

  inPlace(): boolean {
    return this.present
  }

  addManyNow(bans: readonly KernelBan[], refused: (index: number, error: unknown) => void): void {
    this.#mustBePresent()
    for (const [index, { address, seconds, reason }] of bans.entries()) {
      if (this.refused.has(address)) refused(index, new ChainmailError('set-full', 'The set is full.'))
      else this.entries.set(address, { seconds, reason })
    }
  }

  removeNow(address: string): void {
    this.#mustBePresent()
    if (!this.entries.delete(address)) throw new ChainmailError('not-banned', `${address} is not banned.`)
  }

  *list(): Generator<Ban> {
    for (const [address, { seconds, reason }] of this.entries) {
      yield {
        ...network(address),
        scope: 'everything',
        packets: 0,
        bytes: 0,
        ...(seconds === undefined ? {} : { expiresIn: seconds }),
        ...(reason === undefined ? {} : { reason }),
      }
    }
  }

  async restore(bans: Iterable<KernelBan>): Promise<void> {
    this.restores += 1
    const { failure } = this
    if (failure !== undefined) {
      this.failure = undefined
      throw failure
    }
    this.entries.clear()
    for (const { address, seconds, reason } of bans) this.entries.set(address, { seconds, reason })
    this.present = true
  }

  #mustBePresent(): void {
    if (!this.present) throw new ChainmailError('set-not-found', 'There is no set chainmail-ban4.')
  }
}
