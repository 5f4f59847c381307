import { type Family, gateways, type Ipset, interfaceAddresses, nameServers } from '@chainmail/kernel'
import { contains, networkBlock } from '../../network.ts'
import { OWNED_PREFIX } from '../ownership.ts'
import { isAbsence } from '../sets/entry-batches.ts'
import { type AllowedBlock, AllowSnapshot } from './allow-snapshot.ts'

interface DefaultNetwork {
  readonly address: string
  readonly reason: string
}

/** What a host cuts itself off with, when it is banned; read anew each time, since addresses and routes change. */
const defaults = {
  loopback: (): DefaultNetwork[] =>
    ['127.0.0.0/8', '::1'].map((address) => ({ address, reason: 'loopback' })),
  'own-addresses': (): DefaultNetwork[] =>
    interfaceAddresses().map(({ address, interface: name }) => ({
      address,
      reason: `an address of this host, on ${name}`,
    })),
  gateways: (): DefaultNetwork[] =>
    gateways().map((address) => ({ address, reason: 'a gateway of this host' })),
  'name-servers': (): DefaultNetwork[] =>
    nameServers().map((address) => ({ address, reason: 'a name server of this host' })),
} as const

/** A group of addresses that are allowed without being asked for. */
export type AllowedByDefault = keyof typeof defaults

export const allowedByDefault: readonly AllowedByDefault[] = [
  'loopback',
  'own-addresses',
  'gateways',
  'name-servers',
]

const setNames: Readonly<Record<Family, string>> = {
  ipv4: `${OWNED_PREFIX}allow4`,
  ipv6: `${OWNED_PREFIX}allow6`,
}

/** The owned set that holds the allowlist of a family. */
export function allowSetName(family: Family): string {
  return setNames[family]
}

/** Milliseconds after which the list is read anew: another process may have changed it. */
const FRESH = 500

/** A list that takes long to read is read less often: at most this share of the time goes into it. */
const READING_SHARE = 1 / 100

/**
 * What nothing may ban: the entries of two owned sets, which every process of this host sees, and what this host
 * needs itself. Changes of this process are seen at once, those of others within half a second.
 */
export class AllowedNetworks {
  readonly #ipset: Ipset
  readonly #families: readonly Family[]
  readonly #groups: readonly AllowedByDefault[]
  #snapshot: AllowSnapshot | undefined
  #staleAt = 0

  constructor(ipset: Ipset, families: readonly Family[], groups: readonly AllowedByDefault[]) {
    this.#ipset = ipset
    this.#families = families
    this.#groups = groups
  }

  /** The list as it is, or was half a second ago. */
  snapshot(): AllowSnapshot {
    const now = performance.now()
    if (this.#snapshot !== undefined && now < this.#staleAt) return this.#snapshot
    const snapshot = new AllowSnapshot([...this.#entries(), ...this.#defaults()])
    const after = performance.now()
    this.#staleAt = after + Math.max(FRESH, (after - now) / READING_SHARE)
    this.#snapshot = snapshot
    return snapshot
  }

  /** The next question reads the list anew. */
  forget(): void {
    this.#snapshot = undefined
  }

  #entries(): AllowedBlock[] {
    return this.#families.flatMap((family) => {
      try {
        return this.#ipset.allEntries(setNames[family]).map(
          ({ element, comment }): AllowedBlock => ({
            ...networkBlock(element),
            reason: comment === '' ? undefined : comment,
            origin: 'entry',
          }),
        )
      } catch (error) {
        if (isAbsence(error)) return []
        throw error
      }
    })
  }

  /** An address that is there for two reasons is listed for the first. */
  #defaults(): AllowedBlock[] {
    const found: AllowedBlock[] = []
    for (const group of this.#groups) {
      for (const { address, reason } of defaults[group]()) {
        const block = networkBlock(address)
        if (!found.some((known) => contains(known, block)))
          found.push({ ...block, reason, origin: 'default' })
      }
    }
    return found
  }
}
