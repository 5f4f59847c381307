import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DaemonError } from '../errors.ts'
import type { Audit } from './audit.ts'
import { type Audited, isChange } from './audited-requests.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route changes stands in the store, and a start makes the kernel equal to it. */
    readonly isStored?: true
  }
  interface FastifyRequest {
    audited: Audited | undefined
  }
}

/** Records the requests of the routes that are added after it. */
export function addAudit(app: FastifyInstance, audit: Audit): void {
  const { requests } = audit
  app.decorateRequest('audited', undefined)
  app.addHook('onRequest', (request, _reply, done) => {
    const { log } = audit
    if (log.fault === undefined || !isChange(request) || log.flush()) done()
    else done(unwritable(log.fault))
  })
  app.addHook('preHandler', (request, _reply, done) => {
    if (!isChange(request)) {
      done()
      return
    }
    try {
      request.audited = { slot: requests.begin(request), isRecorded: false }
    } catch (error) {
      done(unwritable(error instanceof Error ? error : new Error(String(error))))
      return
    }
    done()
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    if (isStream(payload)) {
      const record = () => writtenRecord(audit, request, reply)
      done(null, request.audited === undefined ? payload : Readable.from(recordedAtEnd(payload, record)))
    } else if (requests.record(request, reply, payload)) audit.log.whenWritten(() => done(null, payload))
    else done(null, payload)
  })
  app.addHook('onResponse', (request, reply, done) => {
    // Of a stream that was given up before any of it was sent.
    if (request.audited?.isRecorded === false) requests.record(request, reply, undefined)
    done()
  })
}

/** A stream that ends when its record is written. */
async function* recordedAtEnd(
  payload: AsyncIterable<unknown>,
  record: () => Promise<void>,
): AsyncGenerator<unknown, void> {
  try {
    yield* payload
  } finally {
    await record()
  }
}

function writtenRecord(audit: Audit, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  return new Promise((resolve) => {
    if (audit.requests.record(request, reply, undefined)) audit.log.whenWritten(resolve)
    else resolve()
  })
}

function isStream(payload: unknown): payload is AsyncIterable<unknown> {
  return typeof payload === 'object' && payload !== null && Symbol.asyncIterator in payload
}

function unwritable(fault: Error): DaemonError {
  return new DaemonError(
    'audit-failed',
    `Nothing is changed as long as the audit log cannot be written: ${fault.message}.`,
    fault,
  )
}
