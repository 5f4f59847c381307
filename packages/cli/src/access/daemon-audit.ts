import { setTimeout } from 'node:timers/promises'
import type { Client } from '@chainmail/daemon/client'
import type { AuditAccess, AuditFrom, AuditReading } from './audit.ts'
import { auditText } from './audit-text.ts'
import { told, toldEach } from './daemon-told.ts'
import { flagOf, list, members, numberOf, optional, textOf } from './document.ts'

/** Records that are asked for together. */
const PAGE = 1_000
/** Milliseconds between two questions for new ones. */
const PAUSE = 1_000

/** The audit log by way of a daemon. */
export function daemonAudit(client: Client): AuditAccess {
  return {
    records: (from) => toldEach(() => records(client, from)),
    async verify(head) {
      const query = head === undefined ? '' : `?head=${encodeURIComponent(head)}`
      const document = await told(() => client.request('GET', `/v1/audit/verify${query}`))
      const answer = members(document, 'the answer')
      const sentence = (item: unknown, path: string) => textOf(members(item, path).detail, `${path}.detail`)
      return {
        document,
        value: {
          holds: flagOf(answer.holds, 'holds'),
          records: numberOf(answer.records, 'records'),
          findings: list(answer.findings, 'findings', sentence),
          head: optional(answer.head, 'head', readHead),
        },
      }
    },
    export: () => toldEach(() => client.stream('GET', '/v1/audit/export')),
  }
}

async function* records(
  client: Client,
  { since, count, follow }: AuditFrom,
): AsyncGenerator<AuditReading, void> {
  const latest = `/v1/audit?limit=${Math.min(count, PAGE)}`
  const first = await pageOf(
    client,
    since === undefined ? latest : `/v1/audit?limit=${PAGE}&since=${since.toISOString()}`,
  )
  yield* since === undefined ? first.records.toReversed() : first.records
  let last = since === undefined ? first.head : (first.next ?? first.head)
  while (follow || last < first.head) {
    const page = await pageOf(client, `/v1/audit?limit=${PAGE}&after=${last}`)
    yield* page.records
    last = page.next ?? Math.max(last, page.head)
    if (follow && page.next === undefined) await setTimeout(PAUSE)
  }
}

interface Page {
  readonly records: readonly AuditReading[]
  readonly head: number
  readonly next: number | undefined
}

async function pageOf(client: Client, path: string): Promise<Page> {
  const { records, head, next } = members(await client.request('GET', path), 'the answer')
  return {
    records: list(records, 'records', (document, place) => ({ document, value: auditText(document, place) })),
    head: readHead(head, 'head').number,
    next: optional(next, 'next', numberOf),
  }
}

function readHead(value: unknown, path: string): { number: number; hash: string } {
  const { number, hash } = members(value, path)
  return { number: numberOf(number, `${path}.number`), hash: textOf(hash, `${path}.hash`) }
}
