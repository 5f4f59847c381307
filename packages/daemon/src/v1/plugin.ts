import type { Firewall } from 'chainmail'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { AllowBook } from '../bans/allow-book.ts'
import type { History } from '../history/history.ts'
import type { ProgramFirewall } from '../history/program-runs.ts'
import type { Rollback } from '../history/rollback.ts'
import { SetChanges } from '../history/set-changes.ts'
import { allowlistRoutes } from './allowlist.ts'
import { type BanFirewall, banRoutes } from './bans.ts'
import { eventRoutes } from './events.ts'
import { watchMethods } from './methods.ts'
import { planSchemas } from './plan-schemas.ts'
import { type PlanFirewall, planRoutes } from './plans.ts'
import { problemRoutes } from './problems.ts'
import { programRoutes } from './programs.ts'
import { type RecentFirewall, recentRoutes } from './recent.ts'
import { revisionRoutes } from './revisions.ts'
import { revisionSchemas } from './revisions-schemas.ts'
import { type RuleFirewall, ruleRoutes } from './rules.ts'
import { schemas } from './schemas.ts'
import { setRoutes } from './sets.ts'
import type { SetFirewall } from './sets-firewall.ts'
import { setSchemas } from './sets-schemas.ts'
import { type StatusSources, statusRoutes } from './status.ts'

/** What version 1 of the interface speaks for. */
export interface V1Sources extends StatusSources {
  readonly firewall: StatusSources['firewall'] &
    RuleFirewall &
    RecentFirewall &
    SetFirewall &
    BanFirewall &
    PlanFirewall &
    ProgramFirewall &
    Pick<Firewall, 'events'>
  readonly allowlist: AllowBook
  readonly history: History
  readonly rollback: Rollback
  readonly log: Pick<Logger, 'error'>
}

const PREFIX = '/v1'

/** Adds every path below /v1. */
export async function addV1(app: FastifyInstance, sources: V1Sources): Promise<void> {
  for (const schema of [...schemas, ...setSchemas, ...revisionSchemas, ...planSchemas]) app.addSchema(schema)
  await app.register(
    async (v1) => {
      const refuseOtherMethods = watchMethods(v1, PREFIX)
      await banRoutes(v1, sources.book, sources.firewall, sources)
      allowlistRoutes(v1, sources.allowlist)
      ruleRoutes(v1, sources.firewall, sources.history)
      programRoutes(v1, sources.firewall, sources.history)
      const { firewall, book, allowlist, history, rollback } = sources
      const verifyDoors = { firewall, bans: book.kernel, allowlist }
      revisionRoutes(v1, { history, rollback, verifyDoors })
      const onFault = (error: unknown, about: string): void => sources.log.error({ err: error }, about)
      await planRoutes(v1, { firewall, history, onFault })
      eventRoutes(v1, { history: sources.history, events: sources.firewall.events })
      await setRoutes(v1, firewall, { log: sources.log, changes: new SetChanges(firewall, history) })
      recentRoutes(v1, sources.firewall)
      statusRoutes(v1, sources)
      problemRoutes(v1)
      v1.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
      refuseOtherMethods()
    },
    { prefix: PREFIX },
  )
}
