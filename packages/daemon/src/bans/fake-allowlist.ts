import { type AllowedNetwork, ChainmailError, packetBlocks } from 'chainmail'
import type { KernelAllowlist } from './allow-book.ts'

/** The allowlist of a kernel that a test can look into. */
export class FakeAllowlist implements KernelAllowlist {
  readonly entries = new Map<string, AllowedNetwork>()

  async add(text: string, { reason }: { readonly reason?: string } = {}): Promise<readonly AllowedNetwork[]> {
    return packetBlocks(text).map(({ address, family }) => {
      const entry = { address, family, origin: 'entry', ...(reason === undefined ? {} : { reason }) } as const
      this.entries.set(address, entry)
      return entry
    })
  }

  async remove(text: string): Promise<void> {
    for (const { address } of packetBlocks(text))
      if (!this.entries.delete(address))
        throw new ChainmailError('not-in-allowlist', `The allowlist has no entry ${text}.`, {
          path: 'address',
        })
  }

  checkReason(): void {}

  refuseMissing(text: string): never {
    throw new ChainmailError('not-in-allowlist', `The allowlist has no entry ${text}.`, { path: 'address' })
  }

  list(): AllowedNetwork[] {
    const loopback = {
      address: '127.0.0.0/8',
      family: 'ipv4',
      reason: 'loopback',
      origin: 'default',
    } as const
    return [...this.entries.values(), loopback]
  }

  restore(entries: Iterable<{ readonly address: string; readonly reason?: string | undefined }>): void {
    for (const { address, reason } of entries) void this.add(address, reason === undefined ? {} : { reason })
  }
}
