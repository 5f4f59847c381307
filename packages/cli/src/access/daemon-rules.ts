import type { Client } from '@chainmail/daemon/client'
import type { FirewallAccess, Place, RuleOptions } from './access.ts'
import { probationIn, queryOf, safetyQuery } from './daemon-plans.ts'
import { told } from './daemon-told.ts'
import { members, textOf } from './document.ts'

/** Single rules by way of a daemon. */
export function daemonRules(client: Client): Pick<FirewallAccess, 'addRule' | 'deleteRule'> {
  const send = (method: string, path: string, options: RuleOptions, body?: unknown): Promise<unknown> =>
    told(() => client.request(method, `${path}&${queryOf(safetyQuery(options))}`, body, { why: options.why }))
  return {
    async addRule(chain, place, rule, options) {
      const { position } = options
      const body = position === undefined ? { rule } : { rule, position }
      const document = await send('POST', rulesPath(chain, place), options, body)
      const value = textOf(members(document, 'the answer').text, 'text')
      return { document, value, probation: probationIn(client, document) }
    },
    async deleteRule(chain, place, rule, options) {
      const answer =
        typeof rule === 'number'
          ? await send('DELETE', rulesPath(chain, place, `/${rule}`), options)
          : await send('DELETE', rulesPath(chain, place), options, { rule })
      const document = answer ?? { deleted: true }
      return { document, value: undefined, probation: probationIn(client, document) }
    },
  }
}

function rulesPath(chain: string, { table, family }: Place, number = ''): string {
  const path = [table, 'chains', chain].map(encodeURIComponent).join('/')
  return `/v1/tables/${path}/rules${number}?family=${family}`
}
