import type { Client } from '@chainmail/daemon/client'
import { bytes, duration, plural } from '../terminal/quantity.ts'
import type { Fact } from './access.ts'
import { daemonHistory } from './daemon-history.ts'
import { told } from './daemon-told.ts'
import { flagOf, list, type Members, members, numberOf, optional, textOf } from './document.ts'
import type { ShownRevision } from './history.ts'
import type { Histogram, Sample, SeeingAccess } from './seeing.ts'

/** Sets that are told of, the fullest first. */
const MOST_SETS = 8

/** A set that is as full as this wants somebody's eye. */
const NEARLY_FULL = 0.9

/** Days before the end of a certificate. */
const ENDS_SOON = 14
const DAY = 86_400_000

/** Revisions that are looked through for bans. */
const LOOKED_THROUGH = 100

/** A change of more bans than this is told by their number. */
const MANY = 20

/** What is to be seen of a daemon. */
export function daemonSeeing(client: Client): SeeingAccess {
  const ask = (path: string): Promise<unknown> => told(() => client.request('GET', path))
  const history = daemonHistory(client)
  const shown = new Map<number, ShownRevision>()
  return {
    async status() {
      const document = await ask('/v1/status')
      const facts = factsOf(members(document, 'status'), client.place)
      const problems = problemsOf(members(document, 'status'))
      const value = { facts: [...problems, ...facts], healthy: problems.length === 0 }
      return { document, value }
    },
    async metrics(counters) {
      const document = await ask(counters ? '/v1/metrics?counters=rules,sets' : '/v1/metrics')
      const metrics = list(members(document, 'the answer').metrics, 'metrics', (item, path) => {
        const { name, samples } = members(item, path)
        return [textOf(name, `${path}.name`), list(samples, `${path}.samples`, readSample)] as const
      })
      return new Map(metrics)
    },
    async newestBans(most) {
      const heads = (await history.list(LOOKED_THROUGH)).value.filter(({ summary }) => summary.banned)
      const newest: ShownRevision[] = []
      for (const head of heads.slice(0, most)) {
        const known = shown.get(head.number)
        const few = (head.summary.banned ?? 0) <= MANY
        const revision =
          known ??
          (few
            ? (await history.show(head.number)).value
            : { ...head, changes: [], irreversible: [], repaired: [] })
        newest.push(revision)
      }
      shown.clear()
      for (const revision of newest) shown.set(revision.number, revision)
      return newest
    },
  }
}

function readSample(item: unknown, path: string): Sample {
  const { labels, value, buckets, count } = members(item, path)
  const words = Object.entries(members(labels, `${path}.labels`))
  return {
    labels: Object.fromEntries(words.map(([name, word]) => [name, textOf(word, `${path}.labels.${name}`)])),
    value: optional(value, `${path}.value`, numberOf) ?? 0,
    histogram: optional(buckets, `${path}.buckets`, (all, place): Histogram => {
      const read = list(all, place, members)
      return {
        bounds: read.map(({ upTo }) => numberOf(upTo, `${place}.upTo`)),
        counts: [
          ...read.map((bucket) => numberOf(bucket.count, `${place}.count`)),
          numberOf(count, `${path}.count`),
        ],
      }
    }),
  }
}

/** What somebody should do something about. */
function problemsOf(status: Members): readonly Fact[] {
  const problem = (value: string): Fact => ({ name: 'PROBLEM', value, bad: true })
  const checks = optional(status.checks, 'status.checks', (all, path) => list(all, path, members)) ?? []
  const wrong = checks.filter(({ ok }) => !flagOf(ok, 'ok'))
  const sets = setsOf(status).filter(({ share }) => share >= NEARLY_FULL)
  const certificates = certificatesOf(status).filter(({ left }) => left < ENDS_SOON * DAY)
  return [
    ...wrong.map(({ name, detail }) =>
      problem(optional(detail, 'detail', textOf) ?? `The check ${textOf(name, 'name')} fails.`),
    ),
    ...sets.map(({ words }) => problem(`A set is nearly full: ${words}.`)),
    ...certificates.map(({ words }) => problem(`A certificate has to be renewed: ${words}.`)),
  ]
}

function factsOf(status: Members, place: string): readonly Fact[] {
  const text = (name: string): string => textOf(status[name], `status.${name}`)
  const iptables = optional(status.iptables, 'status.iptables', textOf)
  const since = optional(status.since, 'status.since', textOf)
  const up = `version ${text('version')}, up ${duration(numberOf(status.uptime, 'status.uptime'))}`
  const store = optional(status.storeBytes, 'status.storeBytes', numberOf)
  return [
    ...probationFacts(status),
    { name: 'daemon', value: since === undefined ? up : `${up} since ${since}` },
    { name: place.startsWith('/') ? 'socket' : 'URL', value: place },
    { name: 'kernel', value: `Linux ${text('kernel')}` },
    { name: 'iptables', value: `${iptables === undefined ? '' : `${iptables}, `}${text('backend')} backend` },
    { name: 'host', value: text('report'), bad: flagOf(status.mixed, 'status.mixed') },
    { name: 'bans', value: String(numberOf(status.bans, 'status.bans')) },
    ...setFacts(status),
    ...(status.drift === undefined ? [] : [driftFact(status.drift)]),
    ...revisionFacts(status),
    ...(store === undefined ? [] : [{ name: 'store', value: bytes(store) }]),
    ...certificatesOf(status).map(({ words }) => ({ name: 'certificate', value: words })),
  ]
}

function probationFacts(status: Members): readonly Fact[] {
  const pending = optional(status.probations, 'status.probations', (all, path) => list(all, path, members))
  return (pending ?? []).map(({ id, remaining, touches }) => {
    const left = duration(numberOf(remaining, 'remaining') / 1_000)
    const what = list(touches, 'touches', textOf).join(', ')
    return {
      name: 'probation',
      value: `${textOf(id, 'id')} is taken back in ${left} unless it is confirmed: ${what}`,
    }
  })
}

/** The fullest first. */
function setsOf(status: Members): readonly { readonly share: number; readonly words: string }[] {
  const sets = optional(status.sets, 'status.sets', (all, path) => list(all, path, members)) ?? []
  return sets
    .map(({ name, entries, limit }) => {
      const held = numberOf(entries, 'entries')
      const most = optional(limit, 'limit', numberOf)
      const share = most === undefined || most === 0 ? 0 : held / most
      const full = most === undefined ? '' : ` of ${most} entries, ${Math.floor((100 * held) / most)} %`
      return { share, held, words: `${textOf(name, 'name')} has ${held}${full}` }
    })
    .toSorted((one, other) => other.share - one.share || other.held - one.held)
}

function setFacts(status: Members): readonly Fact[] {
  const sets = setsOf(status)
  const more = sets.length - MOST_SETS
  const lines = sets.slice(0, MOST_SETS).map(({ words }) => words)
  if (more > 0) lines.push(`and ${plural(more, 'set')} more`)
  return lines.map((value, index) => ({ name: index === 0 ? 'sets' : '', value }))
}

function driftFact(value: unknown): Fact {
  const drift = members(value, 'status.drift')
  const times = (name: string): string => {
    const number = numberOf(drift[name], `status.drift.${name}`)
    return number === 1 ? 'once' : `${number} times`
  }
  return {
    name: 'drift',
    value: `others changed rules ${times('changes')} and what is chainmail's ${times('drifts')}; repaired ${times('repairs')}`,
  }
}

function revisionFacts(status: Members): readonly Fact[] {
  const last = optional(status.lastRevision, 'status.lastRevision', members)
  if (last === undefined) return []
  const { number, time, what, who } = last
  const words = [
    `revision ${numberOf(number, 'number')}, ${textOf(what, 'what')} by ${textOf(who, 'who')}`,
    textOf(time, 'time'),
  ]
  return [{ name: 'changed', value: words.join(', ') }]
}

function certificatesOf(status: Members): readonly { readonly left: number; readonly words: string }[] {
  const all = optional(status.certificates, 'status.certificates', (found, path) =>
    list(found, path, members),
  )
  return (all ?? []).map(({ name, until }) => {
    const end = textOf(until, 'until')
    const left = new Date(end).getTime() - Date.now()
    const when = left < 0 ? 'has ended' : `ends in ${duration(left / 1_000)}`
    return { left, words: `${textOf(name, 'name')} ${when}, ${end}` }
  })
}
