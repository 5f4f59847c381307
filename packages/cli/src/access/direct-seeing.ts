import { release } from 'node:os'
import type { Firewall } from 'chainmail'
import { daemonOnly } from '../refusal.ts'
import { told } from './direct-told.ts'
import type { SeeingAccess } from './seeing.ts'

/** What is to be seen of a kernel without a daemon: little, since nobody has counted. */
export function directSeeing(firewall: Firewall, bans: () => Promise<number>): SeeingAccess {
  return {
    status: () =>
      told(async () => {
        const { backend, host } = firewall
        const { mixed, report } = host
        const kernel = release()
        const amount = await bans()
        return {
          document: { kernel, backend, mixed, report, bans: amount },
          value: {
            healthy: true,
            facts: [
              { name: 'daemon', value: 'not asked, by --direct' },
              { name: 'kernel', value: `Linux ${kernel}` },
              { name: 'iptables', value: `${backend} backend` },
              { name: 'host', value: report, bad: mixed },
              { name: 'bans', value: String(amount) },
            ],
          },
        }
      }),
    metrics: needsDaemon,
    newestBans: needsDaemon,
  }
}

async function needsDaemon(): Promise<never> {
  throw daemonOnly('The daemon counts what happens; by --direct nobody does.')
}
