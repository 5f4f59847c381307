import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { type Adapter, type ClientCredentials, Provider } from 'oidc-provider'

/** An issuer of a test: a real one, which answers on loopback. */
export interface TestIssuer extends AsyncDisposable {
  /** As it calls itself. */
  readonly url: string
  /** How often its keys were asked for. */
  readonly keyQuestions: number
  /** Its public keys. */
  publicKeys(): Promise<readonly JWK[]>
  /** A token by the grant of client credentials. @param resource `urn:chainmail` unless said */
  token(resource?: string): Promise<string>
  /** Signs with a new key from now on, and forgets the old one. */
  rotate(): Promise<void>
  /** Answers nobody, until it is called with false. */
  down(isDown: boolean): void
}

const client = { id: 'deploy', secret: 'a secret of a test, long enough' }

/** Of its tokens: `urn:NAME` is for the audience NAME. */
export const tokenSeconds = 600

/** Counts everybody to the groups that are given. */
export async function openTestIssuer(groups: readonly string[]): Promise<TestIssuer> {
  let handle: ReturnType<Provider['callback']> | undefined
  let keyQuestions = 0
  let isDown = false
  const server = createServer((request, response) => {
    if (isDown || handle === undefined) {
      request.socket.destroy()
      return
    }
    if (request.url === '/jwks') keyQuestions++
    void handle(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${portOf(server.address())}`
  let keys = 0
  const start = async (): Promise<void> => {
    keys++
    handle = (await provider(url, keys, groups)).callback()
  }
  await start()
  return {
    url,
    get keyQuestions() {
      return keyQuestions
    },
    async publicKeys() {
      const told = await (await fetch(`${url}/jwks`)).json()
      return isObject(told) && Array.isArray(told.keys) ? told.keys : []
    },
    async token(resource = 'urn:chainmail') {
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client.id,
        client_secret: client.secret,
        resource,
      })
      const answer = await fetch(`${url}/token`, { method: 'POST', body })
      const told = await answer.json()
      if (isObject(told) && typeof told.access_token === 'string') return told.access_token
      throw new Error(`the issuer gives no token: ${answer.status}`)
    },
    rotate: start,
    down(now) {
      isDown = now
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Its tokens hold all that is to be known of them, so that nothing has to be kept. */
class NoAdapter implements Adapter {
  async upsert(): Promise<void> {}
  async find(): Promise<undefined> {}
  async findByUid(): Promise<undefined> {}
  async findByUserCode(): Promise<undefined> {}
  async consume(): Promise<void> {}
  async destroy(): Promise<void> {}
  async revokeByGrantId(): Promise<void> {}
}

/** By their number: to make one takes a second, and two issuers with the same are told apart by their names alone. */
const keysOfIssuers = new Map<number, Promise<JWK>>()

function keyOf(number: number): Promise<JWK> {
  let key = keysOfIssuers.get(number)
  if (key === undefined) {
    key = generateKeyPair('RS256', { extractable: true }).then(({ privateKey }) => exportJWK(privateKey))
    keysOfIssuers.set(number, key)
  }
  return key
}

async function provider(url: string, number: number, groups: readonly string[]): Promise<Provider> {
  return new Provider(url, {
    adapter: NoAdapter,
    jwks: { keys: [{ ...(await keyOf(number)), kid: `key-${number}`, use: 'sig', alg: 'RS256' }] },
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          scope: '',
          audience: resource.replace('urn:', ''),
          accessTokenFormat: 'jwt',
          accessTokenTTL: tokenSeconds,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    extraTokenClaims: () => ({ groups: [...groups], realm_access: { roles: [...groups] } }),
    ttl: {
      ClientCredentials: (_context, token: ClientCredentials) => token.resourceServer?.accessTokenTTL ?? 60,
    },
  })
}

function portOf(address: string | AddressInfo | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
