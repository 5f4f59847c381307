import type { RouteNeeds } from './route-needs.ts'

/** The credentials that are taken, as OpenAPI 3.1 names them. */
export const securitySchemes = {
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An API key, cm_ and 49 letters and digits, or a token of the issuer that the daemon trusts.',
  },
  password: {
    type: 'http',
    scheme: 'basic',
    description: "A name and a password, as rfw's clients send them.",
  },
  certificate: { type: 'mutualTLS', description: 'A client certificate whose fingerprint the daemon knows.' },
} as const

/** Any one of them. By the unix socket none is needed. */
export function anySecurity(): Record<string, string[]>[] {
  return Object.keys(securitySchemes).map((name) => ({ [name]: [] }))
}

/** What an operation says of it, where it takes none. */
export function securityOf(needs: RouteNeeds | undefined): { readonly security?: [] } {
  return needs?.kind === 'nothing' ? { security: [] } : {}
}
