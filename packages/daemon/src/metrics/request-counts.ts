import { Distribution } from 'chainmail'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Samples } from './exposition.ts'

/** Seconds. */
const bounds: readonly number[] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 5]

interface RouteCounts {
  readonly method: string
  readonly route: string
  readonly duration: Distribution
  readonly statuses: Map<number, number>
}

/**
 * What was asked for, and how it went. Its size is bounded by the routes that there are: what no route has counts as one,
 * and so do the methods that a path does not have.
 */
export class RequestCounts {
  /** By the configuration of the route, of which each has its own. */
  readonly #routes = new Map<unknown, RouteCounts>()

  /** Counts every answer. */
  watch(app: FastifyInstance): void {
    app.addHook('onResponse', (request, reply, done) => {
      this.count(request, reply.statusCode, reply.elapsedTime / 1_000)
      done()
    })
  }

  count(request: Pick<FastifyRequest, 'routeOptions'>, status: number, seconds: number): void {
    const { config } = request.routeOptions
    const { duration, statuses } = this.#routes.get(config) ?? this.#made(config)
    duration.observe(seconds)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }

  collect(samples: Samples): void {
    for (const { method, route, duration, statuses } of this.#routes.values()) {
      for (const [status, count] of statuses)
        samples.add('chainmail_http_requests_total', count, method, route, String(status))
      samples.add('chainmail_http_request_duration_seconds', duration, method, route)
    }
  }

  #made(config: FastifyRequest['routeOptions']['config']): RouteCounts {
    const { url = 'none', method } = config
    const made: RouteCounts = {
      method: typeof method === 'string' ? method : 'other',
      route: url,
      duration: new Distribution(bounds),
      statuses: new Map(),
    }
    this.#routes.set(config, made)
    return made
  }
}
