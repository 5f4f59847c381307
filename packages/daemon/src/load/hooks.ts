import type { FastifyInstance, FastifyRequest, RouteHandlerMethod } from 'fastify'
import { changing, isChange } from '../audit/audited-requests.ts'
import { DoorRequest } from '../doors/http-server.ts'
import type { LoadLimits } from './limits.ts'
import { type Admitted, RequestsUnderWay } from './under-way.ts'

declare module 'fastify' {
  interface FastifyRequest {
    change: Change | undefined
  }
}

/** A change that was let in. Who goes away does not end it: it is under way until its handler has ended. */
class Change implements Admitted {
  readonly #request: FastifyRequest
  isHandled = false

  constructor(request: FastifyRequest) {
    this.#request = request
  }

  get isStream(): boolean {
    const { raw } = this.#request
    return raw instanceof DoorRequest && raw.isStream
  }
}

/**
 * Refuses requests with 429 `too-busy` while too much is under way. Added behind what finds out who asks: who is turned
 * away for that takes up no room.
 */
export function addBackPressure(
  app: FastifyInstance,
  limits: Pick<LoadLimits, 'changes' | 'wait'>,
): RequestsUnderWay {
  const underWay = new RequestsUnderWay(limits)
  app.decorateRequest('change', undefined)
  app.addHook('onRequest', (request, reply, done) => {
    try {
      if (isChange(request)) {
        const change = new Change(request)
        underWay.beginChange(change)
        request.change = change
        reply.raw.once('close', () => {
          if (!change.isHandled) underWay.endChange(change)
        })
      } else {
        underWay.beginRead()
        reply.raw.once('close', () => underWay.endRead())
      }
      done()
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  })
  app.addHook('onRoute', (route) => {
    const isChanging = [route.method].flat().some((method) => changing.has(method))
    if (isChanging || route.config?.alsoChanges !== undefined)
      route.handler = counted(route.handler, underWay)
  })
  return underWay
}

function counted(handler: RouteHandlerMethod, underWay: RequestsUnderWay): RouteHandlerMethod {
  return function handle(request, reply) {
    const { change } = request
    if (change === undefined) return handler.call(this, request, reply)
    change.isHandled = true
    const end = (): void => underWay.endChange(change)
    try {
      const handled = handler.call(this, request, reply)
      if (handled instanceof Promise) handled.then(end, end)
      else reply.raw.once('close', end)
      return handled
    } catch (error) {
      end()
      throw error
    }
  }
}
