import { ChainmailError, parseDuration } from 'chainmail'
import type { FastifyInstance } from 'fastify'
import type { KeyBook, ListedKey } from '../identity/key-book.ts'
import { keyKinds } from '../identity/key-store.ts'
import { readPermissions } from '../identity/permissions.ts'
import { needsEverything, readsEverything } from '../identity/route-needs.ts'
import type { TotpBook } from '../identity/totp-book.ts'
import { timeText } from './ban-words.ts'
import { type JsonSchema, refusals } from './schemas.ts'
import { totpRoutes } from './totp.ts'

interface KeyWords {
  readonly name: string
  readonly permissions: unknown
  readonly expires?: string | number
  readonly certificate?: string
  readonly password?: string
}

const time: JsonSchema = { type: 'string', format: 'date-time' }

const patterns: JsonSchema = { type: 'array', items: { type: 'string' }, maxItems: 256 }

/** The named schemas of keys. */
export const keySchemas: readonly (JsonSchema & { readonly $id: string })[] = [
  {
    $id: 'Permissions',
    description: 'What a key may do; what is not said is not allowed. `everything` stands alone.',
    type: 'object',
    additionalProperties: false,
    properties: {
      everything: { type: 'boolean' },
      read: { type: 'boolean', description: 'Everything that changes nothing.' },
      ban: {
        type: 'object',
        additionalProperties: false,
        description: 'Bans, within these limits; without any of them every ban.',
        properties: {
          longest: {
            type: ['string', 'integer'],
            description: 'How long a ban lasts at most, such as 1d or a number of seconds.',
            examples: ['1d'],
          },
          widest: {
            type: 'object',
            additionalProperties: false,
            description: 'The shortest prefix of each family; a range counts by its addresses.',
            properties: {
              ipv4: { type: 'integer', minimum: 0, maximum: 32 },
              ipv6: { type: 'integer', minimum: 0, maximum: 128 },
            },
          },
          scopes: {
            ...patterns,
            description: 'In one word each: everything, input, interface:eth0, tcp:22. Empty for none.',
          },
          sets: {
            ...patterns,
            description:
              'Sets to which entries may be added within the same limits; with unban, an entry that is there gets its time anew.',
          },
          perMinute: { type: 'integer', minimum: 1, maximum: 1_000_000 },
          unban: { type: 'boolean', description: 'Whether bans may be taken back and made shorter.' },
        },
      },
      secondFactor: {
        type: 'boolean',
        description:
          'Whether all that changes more than bans takes a one-time password, whoever has none yet included.',
      },
      edit: {
        type: 'object',
        additionalProperties: false,
        description: 'Chains and sets that may be changed; a * at the end stands for any rest.',
        properties: {
          chains: { ...patterns, examples: [['filter/app-*', 'ipv6/raw/PREROUTING']] },
          sets: { ...patterns, examples: [['customers', 'recent:*']] },
        },
      },
    },
  },
  {
    $id: 'Key',
    description: 'Who may do what. The credential itself is told once, when an API key is made.',
    type: 'object',
    required: ['name', 'kind', 'permissions', 'created'],
    additionalProperties: false,
    properties: {
      name: { type: 'string' },
      kind: { type: 'string', enum: [...keyKinds] },
      permissions: { $ref: 'Permissions#' },
      created: time,
      expires: { ...time, description: 'Absent: it does not expire.' },
      totp: {
        type: 'boolean',
        const: true,
        description: 'It has one-time passwords, and is asked for one; absent: it has none.',
      },
      used: { ...time, description: 'When it was last used; absent: not yet.' },
      revoked: { ...time, description: 'Absent: it was not.' },
      certificate: { type: 'string', description: 'The SHA-256 of the certificate.' },
      key: { type: 'string', description: 'The API key, in the answer to its making only.' },
    },
  },
]

const body: JsonSchema = {
  type: 'object',
  required: ['name', 'permissions'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', examples: ['fail2ban-web1'] },
    permissions: { $ref: 'Permissions#' },
    expires: {
      type: ['string', 'integer'],
      description:
        'How long it is good for, such as 90d or a number of seconds. Absent: until it is revoked.',
      examples: ['90d'],
    },
    certificate: {
      type: 'string',
      description: 'The SHA-256 of a client certificate, which is then the credential.',
    },
    password: {
      type: 'string',
      description: 'A password for Basic, which is then the credential: for clients of rfw.',
    },
  },
}

/** Who may do what: API keys, passwords and client certificates. */
export function keyRoutes(app: FastifyInstance, keys: KeyBook, totp: TotpBook): void {
  const administration = 'the administration of keys'
  const config = needsEverything(administration)
  app.get(
    '/keys',
    {
      config: readsEverything(administration),
      schema: {
        operationId: 'listKeys',
        tags: ['keys'],
        summary: 'Everybody who may do something, those that were revoked too',
        response: {
          200: {
            description: 'The oldest first.',
            type: 'object',
            required: ['keys'],
            additionalProperties: false,
            properties: { keys: { type: 'array', items: { $ref: 'Key#' } } },
          },
          ...refusals,
        },
      },
    },
    async (_request, reply) =>
      reply
        .header('cache-control', 'no-store')
        .send({ keys: keys.list().map((key) => keyDocument(key, totp)) }),
  )

  app.post<{ Body: KeyWords }>(
    '/keys',
    {
      config: { ...config, secret: true, documented: { body } },
      schema: {
        operationId: 'createKey',
        tags: ['keys'],
        summary: 'Let somebody do something',
        description:
          'Without a certificate and a password an API key is made, and told in this answer and never again: the store has its hash. It is sent as "authorization: Bearer cm_…".',
        body,
        response: { 201: { description: 'The key.', $ref: 'Key#' }, ...refusals },
      },
    },
    async ({ body: { name, permissions, expires, certificate, password } }, reply) => {
      const { record, key } = await keys.create({
        name,
        permissions: readPermissions(permissions),
        expires: expires === undefined ? undefined : endOf(expires),
        certificate,
        password,
      })
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ...keyDocument({ ...record, used: undefined }, totp), key })
    },
  )

  app.delete<{ Params: { readonly name: string } }>(
    '/keys/:name',
    {
      config,
      schema: {
        operationId: 'revokeKey',
        tags: ['keys'],
        summary: 'Take a key back, from the next request on',
        params: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
        response: { 204: { description: 'It is good for nothing.', type: 'null' }, ...refusals },
      },
    },
    async ({ params: { name } }, reply) => {
      keys.revoke(name)
      totp.remove(name)
      return reply.code(204).send()
    },
  )
  totpRoutes(app, keys, totp)
}

function endOf(expires: string | number): number {
  try {
    return Date.now() + parseDuration(expires) * 1000
  } catch (error) {
    const words = error instanceof Error ? error.message : 'it is no duration.'
    throw new ChainmailError('bad-duration', `expires: ${words}`, { path: 'expires', cause: error })
  }
}

function keyDocument(
  { name, kind, secret, permissions, ...times }: ListedKey,
  totp: Pick<TotpBook, 'has'>,
): Record<string, unknown> {
  const { created, expires, used, revoked } = times
  return {
    name,
    kind,
    permissions,
    created: timeText(created),
    expires: expires === undefined ? undefined : timeText(expires),
    used: used === undefined ? undefined : timeText(used),
    revoked: revoked === undefined ? undefined : timeText(revoked),
    certificate: kind === 'certificate' ? secret : undefined,
    totp: revoked === undefined && totp.has(name) ? true : undefined,
  }
}
