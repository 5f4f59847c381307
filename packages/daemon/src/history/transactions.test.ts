import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openFirewall } from 'chainmail'
import { expect, it } from 'vitest'
import { describeOnKernel } from '../../../../testing/kernel.ts'
import { openStore } from '../store.ts'
import { History } from './history.ts'
import { RuleChanges, unwatched } from './rule-changes.ts'
import { SetChanges } from './set-changes.ts'
import { Transactions } from './transactions.ts'

const anna = { who: 'anna', door: 'socket' } as const
const bert = { who: 'bert', door: 'https' } as const

describeOnKernel('the revision of a transaction', () => {
  it('tells of its own changes, and of none that others make at the same time', async () => {
    await using cleanup = new AsyncDisposableStack()
    const folder = mkdtempSync(join(tmpdir(), 'chainmail-transactions-'))
    cleanup.defer(() => rmSync(folder, { recursive: true }))
    cleanup.defer(() => void execFileSync('nft', ['flush', 'ruleset']))
    const store = cleanup.adopt(openStore(folder), (opened) => opened.close())
    const firewall = cleanup.use(await openFirewall({ backend: 'nft' }))
    const history = new History({ store })
    const transactions = new Transactions(firewall, history, new SetChanges(firewall, history), unwatched)
    const rules = new RuleChanges(firewall, history, unwatched)
    const others = Array.from({ length: 40 }, (_, index) => {
      const [table, chain] = index % 2 === 0 ? ['mangle', 'OUTPUT'] : ['filter', 'INPUT']
      const rule = { source: `192.0.2.${index}`, target: 'ACCEPT' }
      return rules.add(bert, { table, family: 'ipv4' }, chain, rule, undefined)
    })
    const own = Array.from({ length: 10 }, (_, index) =>
      transactions.run(anna, [], (transaction) => {
        transaction.append('INPUT', { source: `198.51.100.${index}`, target: 'DROP' })
        transaction.append('FORWARD', { source: `198.51.100.${index}`, target: 'DROP' })
      }),
    )
    await Promise.all(others)
    for (const [index, { revision }] of (await Promise.all(own)).entries()) {
      const { chains = [] } = history.get(revision ?? 0).operations
      const came = `+-s 198.51.100.${index}/32 -j DROP`
      expect(
        chains.map(({ chain, lines }) => [chain, lines.filter((line) => !line.startsWith(' '))]),
      ).toEqual([
        ['INPUT', [came]],
        ['FORWARD', [came]],
      ])
    }
  })
})
