import { setTimeout } from 'node:timers/promises'
import type { Client } from '@chainmail/daemon/client'
import { refusal } from '../refusal.ts'
import { colours, plain } from '../terminal/style.ts'
import { told } from './daemon-told.ts'
import { flagOf, list, members, numberOf, optional, textOf } from './document.ts'
import type { ApplyOptions, DesiredRules, PlansAccess, ProbationAccess, ShownPlan } from './plans.ts'

/** Milliseconds between two questions whether a change on probation was decided. */
const ASKED_EVERY = 500

/** Plans by way of a daemon. */
export function daemonPlans(client: Client): PlansAccess {
  const send = (
    path: string,
    { text, ...desired }: DesiredRules,
    more: Query,
    why?: string,
  ): Promise<unknown> => {
    const { language, family, scope, owner } = desired
    const query = queryOf({ language, family, scope, owner, ...more })
    return told(() => client.request('POST', `${path}?${query}`, text, { contentType: 'text/plain', why }))
  }
  const plan = async (desired: DesiredRules): Promise<ShownPlan & { readonly token: string }> =>
    readPlan(await send('/v1/plan', desired, {}), desired)
  return {
    plan,
    async apply(desired, { confirmWithin, force, sender, why, onPlan }: ApplyOptions) {
      const { token, ...shown } = await plan(desired)
      onPlan?.(shown)
      // What was shown is made, or nothing.
      const asked = { expect: token, ...safetyQuery({ confirmWithin, force, sender }) }
      const applied = await send('/v1/apply', desired, asked, why)
      const probation = probationIn(client, applied)
      return { ...shown, document: { plan: shown.document, applied }, probation }
    },
    async confirm(id = undefined) {
      const wanted = id ?? (await onlyProbation(client))
      await told(() => client.request('POST', `/v1/probations/${encodeURIComponent(wanted)}/confirm`))
      return wanted
    },
    async revert(id = undefined) {
      const wanted = id ?? (await onlyProbation(client))
      const document = await told(() =>
        client.request('POST', `/v1/probations/${encodeURIComponent(wanted)}/revert`),
      )
      return { document, id: wanted, left: list(members(document, 'the answer').left, 'left', textOf) }
    },
  }
}

type Query = Readonly<Record<string, string | undefined>>

/** What a change is kept from doing harm by. */
export function safetyQuery({
  confirmWithin,
  force,
  sender,
}: Pick<ApplyOptions, 'confirmWithin' | 'force' | 'sender'>): Query {
  return {
    confirmWithin,
    force: force === true ? 'true' : undefined,
    sender: sender?.sender,
    local: sender?.local,
    port: sender?.ports[0]?.toString(),
  }
}

/** The probation of an answer, if the change is on one. */
export function probationIn(client: Client, answer: unknown): ProbationAccess | undefined {
  return optional(members(answer, 'the answer').probation, 'probation', (value) =>
    readProbation(client, value),
  )
}

export function queryOf(query: Query): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, value)
  return given.toString()
}

function readPlan(document: unknown, { family }: DesiredRules): ShownPlan & { readonly token: string } {
  const plan = members(document, 'plan')
  const diff = textOf(plan.diff, 'plan.diff')
  return {
    document,
    token: textOf(plan.token, 'plan.token'),
    isEmpty: flagOf(plan.empty, 'plan.empty'),
    diff: (colour) => coloured(diff, colour),
    restoreText: textOf(members(plan.restore, 'plan.restore')[family], `plan.restore.${family}`),
  }
}

/** A diff as it came, with the colours of its marks. */
function coloured(diff: string, colour: boolean): string {
  const { good, bad, dim } = colour ? colours : plain
  const styles: Readonly<Record<string, (text: string) => string>> = {
    '+': good,
    '-': bad,
    '>': dim,
    '~': dim,
  }
  return diff
    .split('\n')
    .map((line) => styles[line.slice(0, 1)]?.(line) ?? line)
    .join('\n')
}

function readProbation(client: Client, value: unknown): ProbationAccess {
  const probation = members(value, 'probation')
  const id = textOf(probation.id, 'probation.id')
  const deadline = new Date(textOf(probation.deadline, 'probation.deadline')).getTime()
  return {
    id,
    remaining: () => Math.max(0, deadline - Date.now()),
    async decided() {
      for (;;) {
        const pending = await pendingProbations(client)
        if (!pending.includes(id)) return outcomeOf(client, id)
        await setTimeout(ASKED_EVERY)
      }
    },
  }
}

/** A change that was kept can be confirmed again without an error, one that was taken back cannot. */
async function outcomeOf(client: Client, id: string): Promise<'confirmed' | 'reverted'> {
  try {
    await client.request('POST', `/v1/probations/${encodeURIComponent(id)}/confirm`)
    return 'confirmed'
  } catch {
    return 'reverted'
  }
}

async function pendingProbations(client: Client): Promise<readonly string[]> {
  const document = await told(() => client.request('GET', '/v1/probations'))
  return list(members(document, 'the answer').probations, 'probations', (value, path) => {
    numberOf(members(value, path).remaining, `${path}.remaining`)
    return textOf(members(value, path).id, `${path}.id`)
  })
}

/** @throws Refusal `probation-unknown` */
async function onlyProbation(client: Client): Promise<string> {
  const [only, ...more] = await pendingProbations(client)
  if (only !== undefined && more.length === 0) return only
  throw refusal(
    'probation-unknown',
    'No such change',
    only === undefined
      ? 'No change is on probation.'
      : `Several changes are on probation: ${[only, ...more].join(', ')}. Name one of them.`,
  )
}
