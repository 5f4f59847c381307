import { release } from 'node:os'
import type { DriftWatch, Firewall } from 'chainmail'
import type { FastifyInstance } from 'fastify'
import type { BanBook } from '../bans/ban-book.ts'
import { refusals } from './schemas.ts'

export interface StatusSources {
  readonly firewall: Pick<Firewall, 'host' | 'backend'>
  readonly book: BanBook
  /** Absent where nothing is watched. */
  readonly drift?: Pick<DriftWatch, 'counts'>
  /** The daemon's. */
  readonly version: string
  /** Milliseconds since 1970. */
  readonly started: number
}

/** What the daemon is and what it found on this host. */
export function statusRoutes(
  app: FastifyInstance,
  { firewall, book, drift, version, started }: StatusSources,
): void {
  app.get(
    '/status',
    {
      schema: {
        operationId: 'getStatus',
        tags: ['daemon'],
        summary: 'What the daemon is and what it found on this host',
        response: { 200: { description: 'The status.', $ref: 'Status#' }, ...refusals },
      },
    },
    async () => {
      const { host, backend } = firewall
      return {
        version,
        uptime: Math.max(0, Math.floor((Date.now() - started) / 1000)),
        kernel: release(),
        backend,
        iptables: host.states.find((state) => state.backend === backend)?.version,
        mixed: host.mixed,
        report: host.report,
        bans: book.count(),
        drift: drift?.counts,
      }
    },
  )
}
