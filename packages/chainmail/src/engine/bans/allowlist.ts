import { checkComment, type Family, type Ipset, KernelError } from '@chainmail/kernel'
import { ChainmailError } from '../../errors.ts'
import { networkBlock, packetBlock } from '../../network.ts'
import { packetBlocks } from '../../network-span.ts'
import type { AllowedBlock, AllowedNetwork } from './allow-snapshot.ts'
import { type AllowedNetworks, allowSetName } from './allowed-networks.ts'
import type { BanExemptions } from './ban-exemptions.ts'

export interface AllowOptions {
  /** Why; at most 255 bytes on one line, without quotation marks. */
  readonly reason?: string
}

/**
 * The addresses and networks that nothing may ban. The entries live in owned sets of the kernel, without an end, and
 * every process of this host heeds them; a restart of the machine takes them away. What this host needs itself
 * (loopback, its own addresses, its gateways and name servers) is allowed without an entry.
 */
export class Allowlist {
  readonly #ipset: Ipset
  readonly #allowed: AllowedNetworks
  readonly #exemptions: BanExemptions

  constructor(ipset: Ipset, allowed: AllowedNetworks, exemptions: BanExemptions) {
    this.#ipset = ipset
    this.#allowed = allowed
    this.#exemptions = exemptions
  }

  /**
   * Allows an address, network or range; one that is there gets the new reason. Bans in place give way: those inside
   * are taken back, wider ones leave it out.
   *
   * @throws AddressError or ChainmailError `bad-address`; InputError `bad-entry-option` for the reason
   */
  async add(text: string, { reason = '' }: AllowOptions = {}): Promise<readonly AllowedNetwork[]> {
    const blocks = packetBlocks(text)
    checkComment(reason)
    for (const { family, address } of blocks) {
      this.#createSet(family)
      this.#ipset.add(allowSetName(family), { element: address, comment: reason }, { exists: 'ignore' })
    }
    this.#allowed.forget()
    await this.#exemptions.admit(blocks)
    return blocks.map((block) => listed({ ...block, reason: reason || undefined, origin: 'entry' }))
  }

  /** @throws InputError `bad-entry-option` where {@link add} would not take the reason */
  checkReason(reason: string | undefined): void {
    if (reason !== undefined) checkComment(reason)
  }

  /** @throws ChainmailError `not-in-allowlist`, as {@link remove} says it */
  refuseMissing(text: string): never {
    throw this.#notThere(text)
  }

  /**
   * Takes an entry away; wider bans that left it out hold it again.
   *
   * @throws ChainmailError `not-in-allowlist` unless exactly this address, network or range was added
   */
  async remove(text: string): Promise<void> {
    let removed = false
    for (const { family, address } of packetBlocks(text)) {
      try {
        this.#ipset.del(allowSetName(family), address)
        removed = true
      } catch (error) {
        const absent =
          error instanceof KernelError && (error.code === 'entry-not-found' || error.code === 'set-not-found')
        if (!absent) throw error
      }
    }
    if (!removed) throw this.#notThere(text)
    this.#allowed.forget()
    await this.#exemptions.settle()
  }

  /**
   * Adds many entries within the call. Bans in place do not give way to them: this comes before bans are restored.
   *
   * @throws KernelError or InputError for the first that is refused
   */
  restore(entries: Iterable<{ readonly address: string; readonly reason?: string | undefined }>): void {
    for (const { address, reason = '' } of entries) {
      const { family } = networkBlock(address)
      this.#createSet(family)
      this.#ipset.add(allowSetName(family), { element: address, comment: reason }, { exists: 'ignore' })
    }
    this.#allowed.forget()
  }

  /** Everything that nothing may ban, what this host needs itself included. */
  list(): AllowedNetwork[] {
    return this.#allowed.snapshot().blocks.map(listed)
  }

  /** The narrowest entry that holds the whole of an address or network. */
  covering(address: string): AllowedNetwork | undefined {
    const block = this.#allowed.snapshot().covering(packetBlock(address))
    return block === undefined ? undefined : listed(block)
  }

  /** The entries that hold any address of an address, network or range, the narrowest first. */
  overlapping(text: string): AllowedNetwork[] {
    const snapshot = this.#allowed.snapshot()
    return [...new Set(packetBlocks(text).flatMap((block) => snapshot.overlapping(block)))].map(listed)
  }

  #createSet(family: Family): void {
    this.#ipset.create(
      allowSetName(family),
      'hash:net',
      { family: family === 'ipv4' ? 'inet' : 'inet6', comment: true },
      { exists: 'ignore' },
    )
  }

  #notThere(text: string): ChainmailError {
    const found = this.overlapping(text).find(({ origin }) => origin === 'default')
    const why =
      found === undefined
        ? ''
        : ` ${found.address} is allowed by default (${found.reason}); openFirewall's allowByDefault says what is.`
    return new ChainmailError('not-in-allowlist', `The allowlist has no entry ${text}.${why}`, {
      path: 'address',
    })
  }
}

function listed({ address, family, reason, origin }: AllowedBlock): AllowedNetwork {
  return { address, family, ...(reason === undefined ? {} : { reason }), origin }
}
