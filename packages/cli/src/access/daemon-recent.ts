import type { Client } from '@chainmail/daemon/client'
import { refusal } from '../refusal.ts'
import { told } from './daemon-told.ts'
import { list, members, numberOf, optional, textOf } from './document.ts'
import type { RecentAccess, RecentSighting } from './recent.ts'

/** The lists of the match `recent` by way of a daemon. */
export function daemonRecent(client: Client): RecentAccess {
  const ask = (method: string, path: string, body?: unknown): Promise<unknown> =>
    told(() => client.request(method, path, body))
  return {
    async list() {
      const document = await ask('GET', '/v1/recent')
      const { lists, limit } = members(document, 'the answer')
      const names = list(lists, 'lists', textOf)
      return { document, value: { names, limit: optional(limit, 'limit', numberOf) } }
    },
    async entries(name) {
      const document = await ask('GET', listPath(name))
      return { document, value: list(members(document, 'list').entries, 'list.entries', readSighting) }
    },
    async add(name, address) {
      await ask('POST', `${listPath(name)}/entries`, { address })
    },
    async delete(name, address) {
      await ask('DELETE', `${listPath(name)}/entries/${encodeURIComponent(address)}`)
    },
    async flush(name) {
      await ask('POST', `${listPath(name)}/flush`)
    },
  }
}

function listPath(name: string): string {
  // The names of the kernel may hold bytes that no URL carries as they are.
  if (name.isWellFormed()) return `/v1/recent/${encodeURIComponent(name)}`
  throw refusal('bad-recent-name', 'Bad name', 'The name of the list is not UTF-8: use --direct for it.')
}

function readSighting(value: unknown, path: string): RecentSighting {
  const { address, ttl, lastSeen, seen } = members(value, path)
  return {
    address: textOf(address, `${path}.address`),
    ttl: numberOf(ttl, `${path}.ttl`),
    lastSeen: new Date(textOf(lastSeen, `${path}.lastSeen`)),
    times: list(seen, `${path}.seen`, textOf).length,
  }
}
