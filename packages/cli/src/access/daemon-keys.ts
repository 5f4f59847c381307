import type { Client } from '@chainmail/daemon/client'
import { told } from './daemon-told.ts'
import { list, members, optional, textOf } from './document.ts'
import type { Key, KeysAccess } from './keys.ts'

/** Who may do something at a daemon. */
export function daemonKeys(client: Client): KeysAccess {
  const ask = (method: string, path: string, body?: unknown): Promise<unknown> =>
    told(() => client.request(method, path, body))
  return {
    async create(wishes) {
      const document = await ask('POST', '/v1/keys', wishes)
      return { document, value: optional(members(document, 'key').key, 'key.key', textOf) }
    },
    async list() {
      const document = await ask('GET', '/v1/keys')
      return { document, value: list(members(document, 'the answer').keys, 'keys', readKey) }
    },
    async revoke(name) {
      await ask('DELETE', `/v1/keys/${encodeURIComponent(name)}`)
    },
    async enrolTotp(name) {
      const document = await ask('POST', totpPath(name))
      return { document, value: textOf(members(document, 'the answer').uri, 'uri') }
    },
    async removeTotp(name) {
      await ask('DELETE', totpPath(name))
    },
  }
}

function totpPath(name: string): string {
  return `/v1/keys/${encodeURIComponent(name)}/totp`
}

function readKey(value: unknown, path: string): Key {
  const { name, kind, permissions, totp, expires, used, revoked } = members(value, path)
  const time = (given: unknown, member: string) => optional(given, `${path}.${member}`, timeOf)
  return {
    name: textOf(name, `${path}.name`),
    kind: textOf(kind, `${path}.kind`),
    permissions,
    totp: totp === true,
    expires: time(expires, 'expires'),
    used: time(used, 'used'),
    revoked: time(revoked, 'revoked'),
  }
}

function timeOf(value: unknown, path: string): Date {
  return new Date(textOf(value, path))
}
