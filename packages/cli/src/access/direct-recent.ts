import type { Firewall } from 'chainmail'
import { told } from './direct-told.ts'
import type { RecentAccess } from './recent.ts'

/** The lists of the match `recent` in this network namespace, by the library alone. */
export function directRecent(firewall: Firewall): RecentAccess {
  return {
    list: () =>
      told(async () => {
        const names = firewall.recent()
        const limit = firewall.recentLimit()
        return { document: { lists: names, limit }, value: { names, limit } }
      }),
    entries: (name) =>
      told(async () => {
        const entries = await firewall.recent(name).entries()
        return {
          document: { name, limit: firewall.recentLimit(), entries },
          value: entries.map(({ address, ttl, lastSeen, seen }) => ({
            address,
            ttl,
            lastSeen,
            times: seen.length,
          })),
        }
      }),
    add: (name, address) => told(() => firewall.recent(name).add(address)),
    delete: (name, address) => told(() => firewall.recent(name).delete(address)),
    flush: (name) => told(() => firewall.recent(name).flush()),
  }
}
