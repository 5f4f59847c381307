import { release } from 'node:os'
import type { DriftWatch, Firewall } from 'chainmail'
import type { FastifyInstance } from 'fastify'
import type { BanBook } from '../bans/ban-book.ts'
import type { History } from '../history/history.ts'
import { needsRead } from '../identity/route-needs.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { headDocument } from './revision-documents.ts'
import { count, type JsonSchema, refusals } from './schemas.ts'

export interface StatusSources {
  readonly firewall: Pick<Firewall, 'host' | 'backend' | 'probations' | 'sets'>
  readonly book: BanBook
  readonly history: Pick<History, 'before'>
  /** Absent where nothing is watched. */
  readonly drift?: Pick<DriftWatch, 'counts' | 'unrepaired'>
  readonly metrics: Metrics
  /** The daemon's. */
  readonly version: string
  /** Milliseconds since 1970. */
  readonly started: number
}

/** Sets that are told of. */
const MOST_SETS = 1_000

const times = (description: string): JsonSchema => ({ type: 'integer', minimum: 0, description })

export const statusSchema: JsonSchema & { readonly $id: string } = {
  $id: 'Status',
  type: 'object',
  required: ['version', 'uptime', 'since', 'kernel', 'backend', 'mixed', 'report', 'checks', 'bans', 'sets'],
  additionalProperties: false,
  properties: {
    version: { type: 'string', description: "The daemon's." },
    uptime: { type: 'integer', minimum: 0, description: 'Seconds since the daemon started.' },
    since: { type: 'string', format: 'date-time', description: 'When the daemon started.' },
    kernel: { type: 'string', description: 'Its release, as uname(2) tells it.' },
    backend: { type: 'string', enum: ['nft', 'legacy'] },
    iptables: { type: 'string', description: 'The version of the iptables programs.' },
    mixed: { type: 'boolean', description: 'Whether rules of both backends are in force.' },
    report: { type: 'string', description: 'What this host has of iptables, in a sentence.' },
    checks: { type: 'array', items: { $ref: 'Check#' }, description: 'As /v1/ready has them.' },
    bans: { type: 'integer', minimum: 0 },
    sets: {
      type: 'array',
      description: `The first ${MOST_SETS} sets of the kernel.`,
      items: {
        type: 'object',
        required: ['name', 'type', 'entries', 'bytes'],
        additionalProperties: false,
        properties: {
          name: { type: 'string' },
          type: { type: 'string' },
          entries: { type: 'integer', minimum: 0 },
          limit: {
            type: 'integer',
            minimum: 0,
            description: 'How many it can hold; absent where it has no limit.',
          },
          bytes: { ...count, description: "Its size in the kernel's memory." },
        },
      },
    },
    drift: {
      type: 'object',
      description: 'What others have done since the daemon started.',
      required: ['changes', 'drifts', 'repairs', 'unrepaired'],
      additionalProperties: false,
      properties: {
        changes: times('How often they changed rules.'),
        drifts: times('How often they changed what chainmail owns.'),
        repairs: times('How often that was put right.'),
        unrepaired: {
          type: 'array',
          items: { type: 'string' },
          description: 'The parts that are not what they should be.',
        },
      },
    },
    lastRevision: { $ref: 'RevisionHead#', description: 'The latest change; absent where there is none.' },
    probations: {
      type: 'array',
      description: 'Changes that are taken back unless they are confirmed.',
      items: { $ref: 'Probation#' },
    },
    storeBytes: { type: 'integer', minimum: 0, description: 'The size of the store on the disk.' },
    certificates: {
      type: 'array',
      description: 'Those that the daemon uses.',
      items: {
        type: 'object',
        required: ['name', 'until'],
        additionalProperties: false,
        properties: {
          name: { type: 'string' },
          until: { type: 'string', format: 'date-time', description: 'When it ends.' },
        },
      },
    },
  },
}

/** What the daemon is, what it found on this host, and what somebody should look after. */
export function statusRoutes(
  app: FastifyInstance,
  { firewall, book, history, drift, metrics, version, started }: StatusSources,
): void {
  app.get(
    '/status',
    {
      config: needsRead,
      schema: {
        operationId: 'getStatus',
        tags: ['daemon'],
        summary: 'What the daemon is, what it found on this host, and what somebody should look after',
        response: { 200: { description: 'The status.', $ref: 'Status#' }, ...refusals },
      },
    },
    async () => {
      const { host, backend } = firewall
      const [last] = history.before(Number.MAX_SAFE_INTEGER, 1)
      const [checks, sets] = await Promise.all([
        metrics.readiness.checks(),
        // A kernel without ipset is told of by the checks.
        firewall.sets().catch(() => []),
      ])
      return {
        version,
        uptime: Math.max(0, Math.floor((Date.now() - started) / 1000)),
        since: new Date(started).toISOString(),
        kernel: release(),
        backend,
        iptables: host.states.find((state) => state.backend === backend)?.version,
        mixed: host.mixed,
        report: host.report,
        checks,
        bans: book.count(),
        sets: sets.slice(0, MOST_SETS).map(({ name, type, entries, options, memory }) => ({
          name,
          type,
          entries,
          limit: options.maxelem,
          bytes: memory,
        })),
        drift: drift && { ...drift.counts, unrepaired: drift.unrepaired },
        lastRevision: last && headDocument(last),
        probations: firewall.probations(),
        storeBytes: metrics.storeBytes,
        certificates: metrics.certificates.map(({ name, until }) => ({
          name,
          until: new Date(until).toISOString(),
        })),
      }
    },
  )
}
