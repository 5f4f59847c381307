import { Pace } from '@chainmail/kernel'
import type { BanOptions, PlacedBan } from './ban.ts'

/** One of many bans that are asked for together. */
export interface BanRequest extends BanOptions {
  readonly address: string
}

/** What became of one of them; `index` counts from 0. */
export type BanOutcome =
  | { readonly index: number; readonly address: string; readonly ban: PlacedBan; readonly error?: undefined }
  | { readonly index: number; readonly address: string; readonly ban?: undefined; readonly error: unknown }

/**
 * Bans one after another and tells of each; one that is refused fails alone. What is asked for is read as fast as the
 * outcomes are taken, and other work of the process gets its turn in between.
 */
export async function* banMany(
  ban: (address: string, options: BanOptions) => Promise<PlacedBan>,
  requests: Iterable<string | BanRequest> | AsyncIterable<string | BanRequest>,
  options: BanOptions,
): AsyncGenerator<BanOutcome, void> {
  const pace = new Pace()
  let index = 0
  for await (const request of requests) {
    const { address, ...own } = typeof request === 'string' ? { address: request } : request
    let outcome: BanOutcome
    try {
      outcome = { index, address, ban: await ban(address, { ...options, ...own }) }
    } catch (error) {
      outcome = { index, address, error }
    }
    yield outcome
    index++
    await pace.step()
  }
}
