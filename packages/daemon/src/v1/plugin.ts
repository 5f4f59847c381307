import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { banRoutes } from './bans.ts'
import { watchMethods } from './methods.ts'
import { problemRoutes } from './problems.ts'
import { type RecentFirewall, recentRoutes } from './recent.ts'
import { type RuleFirewall, ruleRoutes } from './rules.ts'
import { schemas } from './schemas.ts'
import { setRoutes } from './sets.ts'
import type { SetFirewall } from './sets-firewall.ts'
import { setSchemas } from './sets-schemas.ts'
import { type StatusSources, statusRoutes } from './status.ts'

/** What version 1 of the interface speaks for. */
export interface V1Sources extends StatusSources {
  readonly firewall: StatusSources['firewall'] & RuleFirewall & RecentFirewall & SetFirewall
  readonly log: Pick<Logger, 'error'>
}

const PREFIX = '/v1'

/** Adds every path below /v1. */
export async function addV1(app: FastifyInstance, sources: V1Sources): Promise<void> {
  for (const schema of [...schemas, ...setSchemas]) app.addSchema(schema)
  await app.register(
    async (v1) => {
      const refuseOtherMethods = watchMethods(v1, PREFIX)
      banRoutes(v1, sources.book)
      ruleRoutes(v1, sources.firewall)
      await setRoutes(v1, sources.firewall, sources)
      recentRoutes(v1, sources.firewall)
      statusRoutes(v1, sources)
      problemRoutes(v1)
      v1.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
      refuseOtherMethods()
    },
    { prefix: PREFIX },
  )
}
