import type { FastifyInstance, FastifyReply } from 'fastify'
import { needsNothing } from '../identity/route-needs.ts'
import { watchMethods } from '../v1/methods.ts'
import { fileNames, servedFile } from './files.ts'
import { begin, contentSecurityPolicy, page } from './page.ts'

/** Sent with everything that the page is made of. */
const headers = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const

/** The reference that a browser shows, at /docs. Its files are read when somebody asks for them. */
export async function addDocs(app: FastifyInstance): Promise<void> {
  await app.register(async (scope) => {
    const refuseOtherMethods = watchMethods(scope, '')
    const hidden = { config: needsNothing, schema: { hide: true } } as const
    const text = (type: string, body: string) => async (_request: unknown, reply: FastifyReply) =>
      reply
        .headers({ ...headers, 'cache-control': 'no-cache' })
        .type(type)
        .send(body)
    scope.get('/docs', hidden, text('text/html; charset=utf-8', page))
    scope.get('/docs/', hidden, text('text/html; charset=utf-8', page))
    scope.get('/docs/begin.js', hidden, text('text/javascript; charset=utf-8', begin))
    for (const name of fileNames) {
      scope.get(`/docs/${name}`, hidden, async (request, reply) => {
        const { type, bytes, tag, open } = await servedFile(name)
        reply.headers({ ...headers, 'cache-control': 'no-cache', etag: tag })
        if (request.headers['if-none-match'] === tag) return reply.code(304).send()
        return reply.type(type).header('content-length', bytes).send(open())
      })
    }
    refuseOtherMethods()
  })
}
