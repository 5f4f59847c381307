import {
  type EntryRequest,
  type Family,
  type Ipset,
  KernelError,
  maximumTimeout,
  type SetEntry,
} from '@chainmail/kernel'
import { type Duration, parseDuration } from '../duration.ts'
import { ChainmailError } from '../errors.ts'
import { network } from '../network.ts'
import { renderRule } from '../text/render-rule.ts'
import type { Place } from './operation.ts'
import { restoreLines } from './operation.ts'
import { OWNED_COMMENT } from './ownership.ts'
import { replaceContent } from './set-content.ts'
import type { RuleDoors, RuleWriter } from './writer.ts'

/** An address or network whose packets are dropped. */
export interface Ban {
  /** In canonical form: `198.51.100.7`, `203.0.113.0/24`, `2001:db8::/32`. */
  readonly address: string
  readonly family: Family
  /** Seconds that are left; absent for a ban without end. */
  readonly expiresIn?: number
  readonly reason?: string
  /** What was dropped. */
  readonly packets: number | bigint
  readonly bytes: number | bigint
}

export interface BanOptions {
  /** How long, at most 2,147,483 s (24 days), as the kernel holds it; for ever if not said. */
  readonly for?: Duration
  /** At most 255 bytes on one line, without quotation marks. */
  readonly reason?: string
}

const setNames: Readonly<Record<Family, string>> = { ipv4: 'chainmail-ban4', ipv6: 'chainmail-ban6' }

/** A hash:net holds at most this many; it costs no memory before they are there. */
const MAX_ENTRIES = 2 ** 24

/**
 * Bans are entries of an owned set for each family, to which one rule at the head of `raw PREROUTING` refers: there
 * it covers what the host receives and what it forwards, connections that are open and ports that are published by
 * DNAT too. The kernel takes an entry out when its time is over.
 */
export class Bans {
  readonly #ipset: Ipset
  readonly #writer: RuleWriter
  readonly #families: readonly Family[]

  constructor(ipset: Ipset, writer: RuleWriter, families: readonly Family[]) {
    this.#ipset = ipset
    this.#writer = writer
    this.#families = families
  }

  /**
   * Bans an address or network; a ban that is there gets the new time and reason. Resolves when the kernel holds the
   * entry and the rule that looks it up.
   *
   * @throws ChainmailError or AddressError `bad-address`; ChainmailError `bad-duration`; KernelError `set-full`
   */
  async add(address: string, options: BanOptions = {}): Promise<Ban> {
    const { family } = network(address)
    if (!this.inPlace(family)) await this.ensure([family])
    return this.addNow(address, options)
  }

  /** Bans within the call; only the entry, so {@link ensure} has to come before. */
  addNow(address: string, { for: length, reason }: BanOptions = {}): Ban {
    const banned = network(address)
    const entry = banEntry(banned.address, length === undefined ? undefined : parseDuration(length), reason)
    this.#ipset.add(setNames[banned.family], entry, { exists: 'ignore' })
    return banOf({ ...entry, packets: 0n, bytes: 0n }, banned.family)
  }

  /** @throws ChainmailError `not-banned` unless exactly this address or network is banned */
  async remove(address: string): Promise<void> {
    this.removeNow(address)
  }

  /** Takes a ban back within the call. */
  removeNow(text: string): void {
    const { address, family } = network(text)
    try {
      this.#ipset.del(setNames[family], address)
    } catch (error) {
      const absent =
        error instanceof KernelError && (error.code === 'entry-not-found' || error.code === 'set-not-found')
      if (!absent) throw error
      throw new ChainmailError('not-banned', `${address} is not banned.`, { path: 'address', cause: error })
    }
  }

  /** All bans that the kernel holds. */
  list(): Ban[] {
    const sets = new Set(this.#ipset.names())
    return this.#families.flatMap((family) =>
      sets.has(setNames[family])
        ? this.#ipset.allEntries(setNames[family]).map((entry) => banOf(entry, family))
        : [],
    )
  }

  /** Whether the set is there and something refers to it: takes microseconds, whatever the set holds. */
  inPlace(family: Family): boolean {
    try {
      return this.#ipset.isReferenced(setNames[family])
    } catch (error) {
      if (error instanceof KernelError && error.code === 'set-not-found') return false
      throw error
    }
  }

  /** Makes the sets and the rules that refer to them, as far as they are missing. */
  async ensure(families: readonly Family[] = this.#families): Promise<void> {
    await this.#writer.alone(async (doors) => {
      for (const family of families) {
        this.#createSet(family)
        await hook(doors, family)
      }
    })
  }

  /** Makes the kernel hold exactly these bans; no packet sees fewer of those that were and are banned. */
  async restore(
    bans: Iterable<{ readonly address: string; readonly seconds?: number; readonly reason?: string }>,
  ): Promise<void> {
    const entries: Record<Family, EntryRequest[]> = { ipv4: [], ipv6: [] }
    for (const { address, seconds, reason } of bans) {
      const banned = network(address)
      entries[banned.family].push(banEntry(banned.address, seconds, reason))
    }
    for (const family of this.#families) {
      this.#createSet(family)
      replaceContent(this.#ipset, setNames[family], entries[family])
    }
    await this.ensure()
  }

  #createSet(family: Family): void {
    this.#ipset.create(
      setNames[family],
      'hash:net',
      {
        family: family === 'ipv4' ? 'inet' : 'inet6',
        maxelem: MAX_ENTRIES,
        timeout: 0,
        counters: true,
        comment: true,
      },
      { exists: 'ignore' },
    )
  }
}

/** Puts the one rule in front of `raw PREROUTING` unless it stands there already. */
async function hook(doors: RuleDoors, family: Family): Promise<void> {
  const place: Place = { table: 'raw', family }
  const rule = {
    matches: { set: { matchSet: [setNames[family], 'src'] }, comment: { comment: OWNED_COMMENT } },
    target: 'DROP',
  } as const
  const wanted = renderRule(rule, place)
  const [raw] = await doors.read(family, 'raw')
  const prerouting = raw?.chains.find(({ name }) => name === 'PREROUTING')
  if (prerouting?.rules.some(({ text }) => text === wanted) === true) return
  await doors.commit(place, restoreLines([{ do: 'insert', chain: 'PREROUTING', position: 1, rule }], family))
}

function banEntry(address: string, seconds: number | undefined, reason: string | undefined): EntryRequest {
  if (seconds !== undefined && seconds > maximumTimeout) {
    throw new ChainmailError(
      'bad-duration',
      `The kernel holds a ban for at most ${maximumTimeout} s (24 days); leave the duration away for a ban without end.`,
      { path: 'for' },
    )
  }
  const entry = { element: address, timeout: seconds ?? 0 }
  return reason === undefined ? entry : { ...entry, comment: reason }
}

function banOf({ element, timeout = 0, comment, packets = 0n, bytes = 0n }: SetEntry, family: Family): Ban {
  return {
    address: element,
    family,
    ...(timeout === 0 ? {} : { expiresIn: timeout }),
    ...(comment === undefined || comment === '' ? {} : { reason: comment }),
    packets: exact(packets),
    bytes: exact(bytes),
  }
}

function exact(count: bigint): number | bigint {
  return count <= Number.MAX_SAFE_INTEGER ? Number(count) : count
}
