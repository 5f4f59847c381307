import type { FastifyRequest } from 'fastify'
import type { Need } from './needs.ts'

/**
 * What a route needs of its callers.
 *
 * The kind is looked at before the body of the request is read; `exactly` is asked when all of it was read and matches
 * the schema, and only for callers who may not everything. Where what is needed stands in the lines of a stream, `lines`
 * says so, and the route reads them by `checkedLines`.
 */
export type RouteNeeds =
  | { readonly kind: 'nothing' | 'anyone' | 'read' }
  | { readonly kind: 'everything'; readonly of: string; readonly reads?: true }
  | {
      readonly kind: 'anyone' | 'ban' | 'unban' | 'entries' | 'edit'
      /** @throws what the route itself refuses the request with */
      exactly(request: FastifyRequest): readonly Need[] | Promise<readonly Need[]>
    }
  | { readonly kind: 'ban' | 'unban'; readonly lines: true }

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route has it: the daemon does not start otherwise. */
    readonly needs?: RouteNeeds
  }
}

/** It tells nothing of this host: whoever asks is answered. */
export const needsNothing = { needs: { kind: 'nothing' } } as const satisfies { readonly needs: RouteNeeds }

/** It tells nothing of this host, but is work: whoever is known is answered. */
export const needsAnyone = { needs: { kind: 'anyone' } } as const satisfies { readonly needs: RouteNeeds }

/** It shows what there is, and changes nothing. */
export const needsRead = { needs: { kind: 'read' } } as const satisfies { readonly needs: RouteNeeds }

/** @param of what it is, for the refusal: `the permission everything is missing, which … needs` */
export function needsEverything(of: string): { readonly needs: RouteNeeds } {
  return { needs: { kind: 'everything', of } }
}

/** As {@link needsEverything}, of what changes nothing and is not for everybody's eyes. */
export function readsEverything(of: string): { readonly needs: RouteNeeds } {
  return { needs: { kind: 'everything', of, reads: true } }
}
