import type { FastifyReply } from 'fastify'
import { callerOf } from './caller.ts'

/** Milliseconds between two looks at a credential. */
const LOOK_EVERY = 1_000

/**
 * Breaks off a body that still comes, or an answer that still goes, when the credential with which it was begun is revoked
 * or has expired. What ends so has no proper end, so that nobody takes it for the whole. A request that has come whole
 * is answered.
 */
export function endWithCredential({ request, raw }: FastifyReply): void {
  const isGood = callerOf(request.raw)?.isGood
  if (isGood === undefined) return
  const looks = setInterval(() => {
    if (!isGood() && (raw.headersSent || !request.raw.complete)) raw.destroy()
  }, LOOK_EVERY)
  raw.once('close', () => clearInterval(looks))
}
