import type { Firewall } from 'chainmail'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Audit } from '../audit/audit.ts'
import type { AllowBook } from '../bans/allow-book.ts'
import type { History } from '../history/history.ts'
import type { AppliedStates } from '../history/plan-changes.ts'
import type { ProbationDecisions } from '../history/probation-decisions.ts'
import type { ProgramFirewall } from '../history/program-runs.ts'
import type { Rollback } from '../history/rollback.ts'
import { SetChanges } from '../history/set-changes.ts'
import { type TransactionFirewall, Transactions } from '../history/transactions.ts'
import { addIdempotency } from '../idempotency/hooks.ts'
import type { KeyBook } from '../identity/key-book.ts'
import { needsNothing } from '../identity/route-needs.ts'
import type { TotpBook } from '../identity/totp-book.ts'
import type { MetricSources } from '../metrics/metrics.ts'
import type { Store } from '../store.ts'
import { allowlistRoutes } from './allowlist.ts'
import { auditRoutes } from './audit.ts'
import { type BanFirewall, banRoutes } from './bans.ts'
import { dryRunSchema } from './dry-run.ts'
import { eventRoutes } from './events.ts'
import { healthRoutes, healthSchemas } from './health.ts'
import { keyRoutes, keySchemas } from './keys.ts'
import { watchMethods } from './methods.ts'
import { planSchemas } from './plan-schemas.ts'
import { type PlanFirewall, planRoutes } from './plans.ts'
import { problemRoutes } from './problems.ts'
import { programRoutes } from './programs.ts'
import { type RecentFirewall, recentRoutes } from './recent.ts'
import { revisionRoutes } from './revisions.ts'
import { revisionSchemas } from './revisions-schemas.ts'
import { type RuleFirewall, ruleRoutes } from './rules.ts'
import { addSafety } from './safety.ts'
import { schemas } from './schemas.ts'
import { setRoutes } from './sets.ts'
import type { SetFirewall } from './sets-firewall.ts'
import { setSchemas } from './sets-schemas.ts'
import { type SetTextFirewall, setTextRoutes } from './sets-text.ts'
import { type StatusSources, statusRoutes, statusSchema } from './status.ts'
import { addTerms } from './terms.ts'
import { textRoutes } from './texts.ts'
import { transactionRoutes } from './transactions.ts'

/** What version 1 of the interface speaks for. */
export interface V1Sources extends StatusSources {
  readonly firewall: StatusSources['firewall'] &
    RuleFirewall &
    RecentFirewall &
    SetFirewall &
    SetTextFirewall &
    TransactionFirewall &
    BanFirewall &
    PlanFirewall &
    ProgramFirewall &
    MetricSources['firewall'] &
    Pick<Firewall, 'events'>
  readonly allowlist: AllowBook
  readonly history: History
  /** Keeps what plans have made, where that is to last. */
  readonly applied?: AppliedStates | undefined
  readonly rollback: Rollback
  readonly decisions: ProbationDecisions
  /** Ports of the daemon's own that are reachable from outside: no change may shut everybody out of them. */
  readonly services?: readonly number[]
  readonly audit: Audit
  readonly store: Store
  readonly keys: KeyBook
  readonly totp: TotpBook
  readonly log: Pick<Logger, 'error'>
}

const PREFIX = '/v1'

/** Adds every path below /v1. */
export async function addV1(app: FastifyInstance, sources: V1Sources): Promise<void> {
  for (const schema of [
    ...schemas,
    ...healthSchemas,
    statusSchema,
    ...setSchemas,
    ...revisionSchemas,
    ...planSchemas,
    ...keySchemas,
    dryRunSchema,
  ])
    app.addSchema(schema)
  await app.register(
    async (v1) => {
      addSafety(v1, sources.services)
      addTerms(v1)
      const refuseOtherMethods = watchMethods(v1, PREFIX)
      addIdempotency(v1, sources.store)
      await banRoutes(v1, sources.book, sources.firewall, sources)
      allowlistRoutes(v1, sources.allowlist)
      ruleRoutes(v1, sources.firewall, sources.history, sources.decisions)
      const { firewall, book, allowlist, history, rollback } = sources
      const verifyDoors = { firewall, bans: book.kernel, allowlist }
      revisionRoutes(v1, { history, rollback, verifyDoors })
      const { applied, decisions } = sources
      await planRoutes(v1, { firewall, history, applied, decisions })
      auditRoutes(v1, sources.audit)
      keyRoutes(v1, sources.keys, sources.totp)
      eventRoutes(v1, { history: sources.history, events: sources.firewall.events })
      const setChanges = new SetChanges(firewall, history)
      programRoutes(v1, firewall, history, setChanges)
      const transactions = new Transactions(firewall, history, setChanges, sources.decisions)
      await setRoutes(v1, firewall, { log: sources.log, changes: setChanges, transactions })
      await setTextRoutes(v1, firewall, setChanges)
      transactionRoutes(v1, firewall, transactions)
      textRoutes(v1)
      recentRoutes(v1, sources.firewall)
      statusRoutes(v1, sources)
      healthRoutes(v1, sources.metrics)
      problemRoutes(v1)
      v1.get('/openapi.json', { config: needsNothing, schema: { hide: true } }, () => app.openApi())
      refuseOtherMethods()
    },
    { prefix: PREFIX },
  )
}
