import type { Client } from '@chainmail/daemon/client'
import { probationIn, queryOf, safetyQuery } from './daemon-plans.ts'
import { told, toldEach } from './daemon-told.ts'
import { flagOf, list, type Members, members, numberOf, optional, textOf } from './document.ts'
import type { HistoryAccess, RevisionHead, ShownChange, WatchedEvent } from './history.ts'

/** The history by way of a daemon. */
export function daemonHistory(client: Client): HistoryAccess {
  const ask = (method: string, path: string, why?: string): Promise<unknown> =>
    told(() => client.request(method, path, undefined, { why }))
  return {
    async list(most, before) {
      const rest = before === undefined ? '' : `&before=${before}`
      const document = await ask('GET', `/v1/revisions?limit=${most}${rest}`)
      return { document, value: list(members(document, 'the answer').revisions, 'revisions', readHead) }
    },
    async show(number) {
      const document = await ask('GET', `/v1/revisions/${number}`)
      const operations = members(members(document, 'revision').operations, 'operations')
      const irreversible = optional(operations.irreversible, 'irreversible', texts) ?? []
      const repaired = optional(operations.repaired, 'repaired', texts) ?? []
      const value = {
        ...readHead(document, 'revision'),
        changes: changesOf(operations),
        irreversible,
        repaired,
      }
      return { document, value }
    },
    async diff(from, to) {
      const end = to ?? (await latest(ask))
      const document = await ask('GET', `/v1/revisions/${from}/diff/${end}`)
      return { document, value: changesOf(members(document, 'difference')) }
    },
    async rollback(number, { why, ...options }) {
      const query = queryOf(safetyQuery(options))
      const document = await ask('POST', `/v1/revisions/${number}/rollback?${query}`, why)
      const { to, revisions, left } = members(document, 'the answer')
      return {
        document,
        value: {
          to: numberOf(to, 'to'),
          revisions: list(revisions, 'revisions', numberOf),
          left: texts(left, 'left'),
        },
        probation: probationIn(client, document),
      }
    },
    async verify(number) {
      const document = await ask('GET', `/v1/revisions/${number}/verify`)
      const { holds, differences } = members(document, 'the answer')
      return {
        document,
        value: { holds: flagOf(holds, 'holds'), differences: texts(differences, 'differences') },
      }
    },
    watch: (after) => toldEach(() => watch(client, after)),
  }
}

async function* watch(client: Client, after: number | undefined): AsyncGenerator<WatchedEvent, void> {
  for await (const { event, data } of client.watch(after)) yield watched(event, data)
}

function watched(event: string, data: unknown): WatchedEvent {
  if (event === 'change')
    return { event, document: { event, ...members(data, 'event') }, revision: readHead(data, 'event') }
  const { detail, count, id, outcome, ...rest } = members(data, 'event')
  const words =
    optional(detail, 'detail', textOf) ??
    (event === 'missed'
      ? `${numberOf(count, 'count')} events were missed.`
      : [id, outcome].filter((word) => typeof word === 'string').join(' '))
  return { event, document: { event, detail, count, id, outcome, ...rest }, detail: words }
}

async function latest(ask: (method: string, path: string) => Promise<unknown>): Promise<number> {
  return numberOf(members(await ask('GET', '/v1/revisions?limit=1'), 'the answer').latest, 'latest')
}

function readHead(value: unknown, path: string): RevisionHead {
  const { number, time, what, who, door, why, summary } = members(value, path)
  const counts = Object.entries(members(summary, `${path}.summary`))
  return {
    number: numberOf(number, `${path}.number`),
    time: new Date(textOf(time, `${path}.time`)),
    what: textOf(what, `${path}.what`),
    who: textOf(who, `${path}.who`),
    door: textOf(door, `${path}.door`),
    why: optional(why, `${path}.why`, textOf),
    summary: Object.fromEntries(counts.map(([name, count]) => [name, numberOf(count, `summary.${name}`)])),
  }
}

function texts(value: unknown, path: string): readonly string[] {
  return list(value, path, textOf)
}

/** What operations, or a difference, hold, part by part. */
function changesOf(operations: Members): readonly ShownChange[] {
  const books = [
    { name: 'bans', words: banWords },
    { name: 'allowlist', words: allowedWords },
    { name: 'rfw', words: entryWords },
  ] as const
  return [
    ...(optional(operations.chains, 'chains', (value, path) => list(value, path, readChain)) ?? []),
    ...(optional(operations.sets, 'sets', (value, path) => list(value, path, readSet)) ?? []),
    ...books.flatMap(({ name, words }) => {
      const changes = optional(operations[name], name, (value, path) => list(value, path, members)) ?? []
      const lines = changes.flatMap(({ before, after }) => [
        ...(optional(before, name, members) === undefined ? [] : [`-${words(members(before, name))}`]),
        ...(optional(after, name, members) === undefined ? [] : [`+${words(members(after, name))}`]),
      ])
      return lines.length === 0 ? [] : [{ heading: name, lines }]
    }),
  ]
}

function readChain(value: unknown, path: string): ShownChange {
  const { table, family, chain, did, policy, lines } = members(value, path)
  const name = `${textOf(family, `${path}.family`)} ${textOf(table, `${path}.table`)} ${textOf(chain, `${path}.chain`)}`
  const policies = optional(policy, `${path}.policy`, members)
  const verb = textOf(did, `${path}.did`)
  const heading = verb === 'changed' ? name : `${name} (${verb})`
  const words =
    policies === undefined
      ? []
      : [`-policy ${textOf(policies.before, 'before')}`, `+policy ${textOf(policies.after, 'after')}`]
  return { heading, lines: [...words, ...texts(lines, `${path}.lines`)] }
}

/** A set of a revision tells how it becomes what it was; one of a difference tells what was done. */
function readSet(value: unknown, path: string): ShownChange {
  const set = members(value, path)
  const name = textOf(set.name, `${path}.name`)
  const way = optional(set.do, `${path}.do`, textOf)
  const did =
    way === undefined
      ? textOf(set.did, `${path}.did`)
      : way === 'destroy'
        ? 'created'
        : way === 'create'
          ? 'destroyed'
          : 'changed'
  const came = optional(set.take ?? set.added, `${path}.added`, texts) ?? []
  const went = optional(set.put ?? set.removed, `${path}.removed`, texts) ?? []
  return {
    heading: did === 'changed' ? `set ${name}` : `set ${name} (${did})`,
    lines: [
      ...went.map((line) => `-${line.replace(/^add \S+ /, '')}`),
      ...came.map((element) => `+${element}`),
    ],
  }
}

function banWords({ address, scope, until, reason, exempt }: Members): string {
  const place = scope === 'everything' ? '' : ` ${textOf(scope, 'scope')}`
  const end = optional(until, 'until', textOf)
  const why = optional(reason, 'reason', textOf)
  return [
    `${textOf(address, 'address')}${place}`,
    ...(exempt === true ? ['exempt from wider bans'] : []),
    end === undefined ? 'for ever' : `until ${end}`,
    ...(why === undefined ? [] : [JSON.stringify(why)]),
  ].join(' ')
}

function allowedWords({ address, reason }: Members): string {
  const why = optional(reason, 'reason', textOf)
  return why === undefined
    ? textOf(address, 'address')
    : `${textOf(address, 'address')} ${JSON.stringify(why)}`
}

function entryWords({ path, until }: Members): string {
  const end = optional(until, 'until', textOf)
  return end === undefined ? textOf(path, 'path') : `${textOf(path, 'path')} until ${end}`
}
