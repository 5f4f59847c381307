import type { FastifyInstance } from 'fastify'
import { DaemonError } from '../errors.ts'
import { needsAnyone } from '../identity/route-needs.ts'

const everyMethod = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/**
 * Answers 405 with Allow where a path exists and the method does not. Called before the routes are made, it
 * watches them; what it returns is called after them.
 */
export function watchMethods(app: FastifyInstance, prefix: string): () => void {
  const allowed = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const methods = allowed.get(url) ?? new Set()
    for (const name of [method].flat()) methods.add(name)
    allowed.set(url, methods)
  })
  return () => {
    for (const [url, methods] of [...allowed]) {
      const allow = [...methods].toSorted().join(', ')
      app.route({
        method: everyMethod.filter((method) => !methods.has(method)),
        url: url.slice(prefix.length),
        config: needsAnyone,
        schema: { hide: true },
        // Before the body is read: there is nothing to read it for.
        onRequest: async (request, reply) => {
          reply.header('allow', allow)
          throw new DaemonError('method-not-allowed', `${request.method} is not possible here; ${allow} is.`)
        },
        handler: async () => undefined,
      })
    }
  }
}
