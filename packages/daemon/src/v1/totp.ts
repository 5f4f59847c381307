import type { FastifyInstance } from 'fastify'
import { DaemonError } from '../errors.ts'
import type { KeyBook } from '../identity/key-book.ts'
import { needsEverything } from '../identity/route-needs.ts'
import type { TotpBook } from '../identity/totp-book.ts'
import { type JsonSchema, refusals } from './schemas.ts'

/** Keys by their names, and bearers of tokens as the history tells them. */
const OF_TOKEN = /^oidc:[^\p{C}\p{Z}]{1,128}$/u

const params: JsonSchema = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string', examples: ['alice', 'oidc:alice'] } },
}

/** One-time passwords as a second factor. */
export function totpRoutes(app: FastifyInstance, keys: KeyBook, totp: TotpBook): void {
  const config = needsEverything('the administration of keys')
  app.post<{ Params: { readonly name: string } }>(
    '/keys/:name/totp',
    {
      config: { ...config, secret: true },
      schema: {
        operationId: 'enrolTotp',
        tags: ['keys'],
        summary: 'Ask somebody for one-time passwords from now on',
        description:
          'The answer has a new secret for an authenticator application, told now and never again; one that was there before is good for nothing from now on. Of bearers of tokens the name is oidc: and what the token calls them. Whatever changes more than bans then takes a password, RFC 6238, in the header chainmail-otp; each is taken once.',
        params,
        response: {
          201: {
            description: 'The secret.',
            type: 'object',
            required: ['name', 'uri'],
            additionalProperties: false,
            properties: {
              name: { type: 'string' },
              uri: {
                type: 'string',
                description: 'What the application reads, as it is or as a QR code.',
                examples: [
                  'otpauth://totp/chainmail%20web1:alice?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=chainmail%20web1&algorithm=SHA1&digits=6&period=30',
                ],
              },
            },
          },
          ...refusals,
        },
      },
    },
    async ({ params: { name } }, reply) => {
      if (!keys.has(name) && !OF_TOKEN.test(name))
        throw new DaemonError(
          'key-not-found',
          `There is no key ${shown(name)}, and it is not oidc: and the name of a token's bearer.`,
        )
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ name, uri: totp.enrol(name) })
    },
  )

  app.delete<{ Params: { readonly name: string } }>(
    '/keys/:name/totp',
    {
      config,
      schema: {
        operationId: 'removeTotp',
        tags: ['keys'],
        summary: 'Ask somebody for one-time passwords no more',
        description:
          'Whose permissions say secondFactor is still asked, and can do less until there are new ones.',
        params,
        response: { 204: { description: 'The secret is gone.', type: 'null' }, ...refusals },
      },
    },
    async ({ params: { name } }, reply) => {
      if (!totp.remove(name))
        throw new DaemonError('totp-not-found', `${shown(name)} has no one-time passwords.`)
      return reply.code(204).send()
    },
  )
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 70))
}
