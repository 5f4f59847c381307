import { type RequestDefaults, readBan } from 'chainmail'
import type { KernelBans } from '../bans/kernel-bans.ts'
import type { Entry } from './entry.ts'

/** What the book of bans says of what nothing bans. */
export interface AllowedSource {
  readonly kernel: Pick<KernelBans, 'carve' | 'longWork'>
  readonly defaults: RequestDefaults
}

/**
 * Refuses an entry that keeps away what no ban may: the allowlist, and the address that the request comes from. An entry
 * that names no network is about all of them, and is left to who may edit the chain.
 *
 * @param asker the address, where it is not on this host
 * @throws ChainmailError `address-allowed`
 */
export async function refuseAllowed(
  { action, chain, source, destination }: Entry,
  asker: string | undefined,
  { kernel, defaults }: AllowedSource,
): Promise<void> {
  if (action === 'accept') return
  if (kernel.longWork !== undefined) await kernel.longWork
  for (const network of [source, destination])
    if (network !== undefined)
      kernel.carve(readBan(network.text, { scope: chain, ipv6Prefix: 128 }, defaults), asker)
}
